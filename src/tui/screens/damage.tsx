import { Box } from "ink";
import SelectInput from "ink-select-input";
import { useState } from "react";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { cursorAfter } from "../list.ts";
import { Frame } from "../parts/frame.tsx";
import { Line } from "../parts/line.tsx";
import { marked, prose } from "../rows.ts";
import type { PracticeServices } from "../services.ts";

interface ItemProps {
  isSelected?: boolean;
  label: string;
}

function DamageItem({ isSelected = false, label }: ItemProps) {
  const { theme } = useEnv();
  return <Line spans={marked(theme, isSelected, [{ text: label, tone: isSelected ? "strong" : "plain" }])} />;
}

const NoIndicator = () => null;

/** How shall it be broken? */
export function DamageScreen({ practice }: { practice: PracticeServices }) {
  const env = useEnv();
  const { columns, rows } = useBody();
  const [cursor, setCursor] = useState(0);
  const { damages } = practice;
  const current = damages[cursor];
  const items = damages.map((damage) => ({ key: damage.id, label: damage.title, value: damage }));
  const says = current ? prose(current.says, columns, "quiet") : [];
  const limit = Math.max(1, rows - says.length - 2);
  const keys = useKeys("list", {
    ...menuKeys(env, false),
    ...(current
      ? { choose: () => env.move({ type: "restart", screen: { kind: "breaking", damage: current } }) }
      : {}),
    move: (key) => setCursor(cursorAfter(key, cursor, damages.length, limit)),
  });
  return (
    <Frame word="PRACTICE" title="How shall it be broken?" keys={keys} lines={[...says, [""]]}>
      <Box flexDirection="column" flexShrink={0}>
        {/* It only draws: of two keys that arrive in one piece it hears the second alone. */}
        <SelectInput
          key={cursor}
          items={items}
          limit={limit}
          initialIndex={cursor}
          isFocused={false}
          indicatorComponent={NoIndicator}
          itemComponent={DamageItem}
        />
      </Box>
    </Frame>
  );
}

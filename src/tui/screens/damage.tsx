import { Box } from "ink";
import SelectInput from "ink-select-input";
import { useState } from "react";
import { menuKeys } from "../exit-keys.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { useKeys } from "../hooks/use-keys.ts";
import { Frame } from "../parts/frame.tsx";
import { Line } from "../parts/line.tsx";
import { marked, prose } from "../rows.ts";
import type { DamageChoice, PracticeServices } from "../services.ts";

interface ItemProps {
  isSelected?: boolean;
  label: string;
}

function DamageItem({ isSelected = false, label }: ItemProps) {
  const { theme } = useEnv();
  return <Line spans={marked(theme, isSelected, [{ text: label, tone: isSelected ? "strong" : "plain" }])} />;
}

const NoIndicator = () => null;
const noop = (): void => {};

/** How shall it be broken? The one list where a digit chooses: it breaks only what was built to be broken. */
export function DamageScreen({ practice }: { practice: PracticeServices }) {
  const env = useEnv();
  const { columns, rows } = useBody();
  const [current, setCurrent] = useState<DamageChoice | undefined>(practice.damages[0]);
  // The select input hears these two itself; they are named here for the bottom line and the help.
  const keys = useKeys("list", { ...menuKeys(env, false), choose: noop, move: noop });
  const items = practice.damages.map((damage) => ({ key: damage.id, label: damage.title, value: damage }));
  const says = current ? prose(current.says, columns, "quiet") : [];
  const limit = Math.max(1, rows - says.length - 2);
  return (
    <Frame word="PRACTICE" title="How shall it be broken?" keys={keys} lines={[...says, [""]]}>
      <Box flexDirection="column" flexShrink={0}>
        <SelectInput
          items={items}
          limit={limit}
          isFocused={!env.helpOpen}
          indicatorComponent={NoIndicator}
          itemComponent={DamageItem}
          onHighlight={(item) => setCurrent(item.value)}
          onSelect={(item) => env.move({ type: "restart", screen: { kind: "breaking", damage: item.value } })}
        />
      </Box>
    </Frame>
  );
}

import { count } from "../base/size.ts";
import type { Certificate, Row } from "./sweep.ts";

const cells = (row: Row): string[] => [
  row.title,
  String(row.boundaries),
  String(row.resumed),
  String(row.twice),
  String(row.undone),
  row.shortcomings.length === 0 ? "ok" : "FALLS SHORT",
];
const HEAD = ["step", "boundaries", "resumed right", "done twice", "undo complete", "verdict"];

/** The certificate as text: a table, then every shortcoming with its boundary. */
export function certificateLines(certificate: Certificate, now: Date): string[] {
  const { plan, rows, asks, noWayBack, passed, boundaries } = certificate;
  const table = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  const short = rows.flatMap((row) =>
    row.shortcomings.map(({ where, what }) => `  ${row.title}, killed ${where}: ${what}`),
  );
  return [
    `CERTIFICATE  ${plan.system} / ${plan.runbook}, strategy ${plan.strategy}, plan ${plan.hash.slice(0, 12)}, ${now.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    "In a simulated world the engine was killed at every journal boundary, then resumed; and once more, then undone.",
    "",
    ...lines,
    "",
    ...(asks.length > 0 ? [`a resume has to ask about (no probe): ${asks.join(", ")}`] : []),
    ...(noWayBack.length > 0 ? [`no undo takes back: ${noWayBack.join(", ")}`] : []),
    ...(short.length > 0 ? ["falls short:", ...short] : []),
    `${count(boundaries)} boundaries tried: ${passed ? "PASSED" : "FALLS SHORT"}`,
  ];
}

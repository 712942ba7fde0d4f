import type { IBufferCell, Terminal } from "@xterm/headless";

const CELL = { width: 8.4, height: 18 };
const PADDING = 12;
const INK = "#d8dee9";
const PAPER = "#1d2129";
/** The 16 colours a terminal names; screens use no others. */
const COLOURS = [
  "#3b4252",
  "#bf616a",
  "#a3be8c",
  "#ebcb8b",
  "#81a1c1",
  "#b48ead",
  "#88c0d0",
  "#e5e9f0",
  "#7b88a1",
  "#d0747d",
  "#b5d19c",
  "#f2d59b",
  "#9ab8d6",
  "#c7a0c1",
  "#9dd3e2",
  "#ffffff",
];

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

interface Style {
  ink: string;
  paper: string;
  bold: boolean;
}

function styleOf(cell: IBufferCell): Style {
  const ink = cell.isFgPalette() ? (COLOURS[cell.getFgColor()] ?? INK) : INK;
  const paper = cell.isBgPalette() ? (COLOURS[cell.getBgColor()] ?? PAPER) : PAPER;
  const dim = cell.isDim() !== 0 ? "#8893a7" : ink;
  return cell.isInverse() !== 0
    ? { ink: paper, paper: ink, bold: cell.isBold() !== 0 }
    : { ink: dim, paper, bold: cell.isBold() !== 0 };
}

function run(text: string, style: Style, column: number, row: number): string {
  const x = (PADDING + column * CELL.width).toFixed(1);
  const y = PADDING + row * CELL.height;
  const width = (text.length * CELL.width).toFixed(1);
  const box =
    style.paper === PAPER
      ? ""
      : `<rect x="${x}" y="${y}" width="${width}" height="${CELL.height}" fill="${style.paper}"/>`;
  if (text.trim() === "") return box;
  const weight = style.bold ? ' font-weight="bold"' : "";
  return `${box}<text x="${x}" y="${y + 13}" fill="${style.ink}"${weight} textLength="${width}" lengthAdjust="spacingAndGlyphs">${escape(text)}</text>`;
}

function rowSvg(terminal: Terminal, row: number): string {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row);
  if (!line) return "";
  const parts: string[] = [];
  let text = "";
  let start = 0;
  let style: Style | undefined;
  for (let column = 0; column <= terminal.cols; column += 1) {
    const cell = column < terminal.cols ? line.getCell(column) : undefined;
    const next = cell ? styleOf(cell) : undefined;
    if (style && JSON.stringify(next) !== JSON.stringify(style)) {
      parts.push(run(text, style, start, row));
      text = "";
      start = column;
    }
    style = next;
    text += cell?.getChars() || " ";
  }
  return parts.join("");
}

/** What a terminal shows now, as an SVG picture. */
export function svgOf(terminal: Terminal, title: string): string {
  const width = (terminal.cols * CELL.width + 2 * PADDING).toFixed(0);
  const height = terminal.rows * CELL.height + 2 * PADDING;
  const rows = Array.from({ length: terminal.rows }, (_, row) => rowSvg(terminal, row));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">
<title>${escape(title)}</title>
<rect width="100%" height="100%" rx="6" fill="${PAPER}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
${rows.filter((row) => row !== "").join("\n")}
</g>
</svg>
`;
}

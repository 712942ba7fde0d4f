import { execFile } from "node:child_process";

/** A fenced block of a handover with the prose just before it. */
export interface Block {
  says: string;
  script: string;
  /** What the prose after it says it has to print; undefined when only its exit code counts. */
  prints: string | undefined;
}

export interface HandoverStep {
  title: string;
  blocks: Block[];
}

/** The part under a heading that begins so. */
export function sectionOf(text: string, heading: string): string {
  return (text.split(`\n## ${heading}`)[1] ?? "").split("\n## ")[0] ?? "";
}

const FENCE = /^(`{3,})sh\n([\s\S]*?)\n\1$/gm;
const PRINTS = /^It is done only when it\s+has\s+printed\s+`([^`]+)`/;

export function blocksOf(text: string): Block[] {
  const found = [...text.matchAll(FENCE)];
  return found.map((match, at) => {
    const before = text.slice(0, match.index).trimEnd();
    const after = text.slice(match.index + match[0].length, found[at + 1]?.index).trimStart();
    return {
      says: before.slice(before.lastIndexOf("\n\n") + 2).replaceAll("\n", " "),
      script: match[2] ?? "",
      prints: PRINTS.exec(after)?.[1],
    };
  });
}

/** The steps under "What is left", in order. */
export function stepsLeftIn(text: string): HandoverStep[] {
  return sectionOf(text, "What is left")
    .split("\n### ")
    .slice(1)
    .map((part) => ({ title: part.split("\n")[0] ?? "", blocks: blocksOf(part) }));
}

export interface Typed {
  exit: number;
  stdout: string;
  stderr: string;
}

/** As a person types it: into bash, with nothing but a PATH and what the handover asks to export. */
export function type(script: string, env: Record<string, string>): Promise<Typed> {
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { env, cwd: "/", maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const exit = error === null ? 0 : typeof error.code === "number" ? error.code : 128;
      resolve({ exit, stdout, stderr });
    });
  });
}

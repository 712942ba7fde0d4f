import { STEP_MARK } from "../engine/run-command.ts";
import type { Launch, LaunchResult } from "../hosts/launcher.ts";
import type { Plan } from "../plan/plan-schema.ts";
import type { Command } from "../step/command.ts";
import type { Step } from "../step/step.ts";

type Role = "command" | "probe" | "undo" | "check";

interface Place {
  step: Step;
  role: Role;
  index: number;
}

const CONSTANT_SQL = /^\s*SELECT '(DONE|NOT DONE|PARTLY|CANNOT TELL)';\s*$/;

/** A probe that looks at nothing is taken at its word, so that one that lies is found out. */
function constantAnswer(command: Command): string | undefined {
  const [program, ...words] = command.argv;
  if (program === "echo" || program === "printf") return words.join(" ").trim();
  return CONSTANT_SQL.exec(command.stdin ?? "")?.[1];
}

/**
 * A command as the plan has it. What the engine starts bears its step's mark: two steps may say the same to one service,
 * and an undo what another step says. What only asks has none.
 */
function keyOf(command: Command, step = command.env[STEP_MARK]): string {
  const { [STEP_MARK]: _mark, ...env } = command.env;
  return JSON.stringify({ ...command, env, step });
}

/**
 * A world in which every command is answered by a script: effects are remembered, probes are answered from what has really
 * been done, checks are green. It outlives the simulated death of the engine, as servers do.
 */
export class SimulatedWorld {
  readonly #places = new Map<string, Place>();
  readonly #applied = new Map<string, Set<number>>();
  /** Steps whose work was complete and was done once more. */
  readonly twice: string[] = [];
  /** Set when the engine "dies": nothing that is started after it has an effect. */
  frozen = false;

  constructor(plan: Plan) {
    for (const step of plan.steps) {
      const add = (command: Command, role: Role, index: number, mark?: string): void =>
        void this.#places.set(keyOf(command, mark), { step, role, index });
      for (const check of step.checks) if (!("inspect" in check.source)) add(check.source, "check", 0);
      step.commands.forEach((command, index) => add(command, "command", index, step.id));
      step.undo?.commands.forEach((command, index) => add(command, "undo", index, `undo ${step.id}`));
      if (step.probe) add(step.probe, "probe", 0);
    }
  }

  /** How much of a step's work the world has seen. */
  progress(step: Step): "DONE" | "PARTLY" | "NOT DONE" {
    const applied = this.#applied.get(step.id)?.size ?? 0;
    if (applied === 0) return "NOT DONE";
    return applied === step.commands.length ? "DONE" : "PARTLY";
  }

  readonly launch: Launch = async (command, options) => {
    options.onPid?.(1);
    const place = this.#places.get(keyOf(command));
    if (this.frozen || options.signal?.aborted) return result(undefined, "");
    if (!place) return result(0, "");
    const printed = this.#act(place, command);
    const stdout = `${printed}${command.token === undefined ? "" : `${command.token}\n`}`;
    await options.onChunk?.(Buffer.from(stdout), "stdout");
    return result(0, stdout);
  };

  #act({ step, role, index }: Place, command: Command): string {
    if (role === "probe") return `${constantAnswer(command) ?? this.progress(step)}\n`;
    if (role === "command") this.#apply(step, index);
    if (role === "undo" && index === (step.undo?.commands.length ?? 0) - 1) this.#applied.delete(step.id);
    return "";
  }

  #apply(step: Step, index: number): void {
    if (index === 0) {
      const mayRepeat = step.repeatable === true || step.effect === "reads";
      if (this.progress(step) === "DONE" && !mayRepeat) this.twice.push(step.id);
      // Beginning anew clears what an attempt before left half done.
      this.#applied.set(step.id, new Set());
    }
    this.#applied.get(step.id)?.add(index);
  }
}

function result(exit: number | undefined, stdout: string): LaunchResult {
  return { exit, signal: exit === undefined ? "SIGKILL" : undefined, stdout, stderr: "", cut: false, ms: 0 };
}

import { useState } from "react";
import { lineDiff } from "../../base/diff.ts";
import { messageOf } from "../../base/errors.ts";
import type { OfferedChoice } from "../../journal/recovery-events.ts";
import type { RunView } from "../../journal/feed.ts";
import { type Decision, decisionTitle } from "../decision-lines.ts";
import { nameToType } from "../gate-lines.ts";
import { useBody } from "../hooks/use-body.ts";
import { useEnv } from "../hooks/use-env.ts";
import { TypedAsk } from "../parts/typed-ask.tsx";
import { prose } from "../rows.ts";
import type { DecisionAnswer, RunControl } from "../services.ts";
import { ChooseDecision } from "./choose-decision.tsx";
import { EditedCommand } from "./edited-command.tsx";

interface RunDecisionProps {
  control: RunControl;
  view: RunView;
  decision: Decision;
  /** The command as it was edited before, when the operator went back from it. */
  draft: string | undefined;
  onDraft: (text: string | undefined) => void;
  onOutput: () => void;
  /** Look at the run first; the question stays open. */
  onPutOff: () => void;
  onStop: () => void;
}

type Question =
  | { ask: "choice" }
  | { ask: "name"; choice: OfferedChoice; expect: string }
  | { ask: "reason"; choice: OfferedChoice }
  | { ask: "edited"; text: string; diff: string[] }
  | { ask: "nothing" };

/** A step failed, and the run waits to be told what to do. One question after the other, each with its way back. */
export function RunDecision(props: RunDecisionProps) {
  const { control, view, decision, draft, onDraft, onPutOff, onStop } = props;
  const { services, takeDown } = useEnv();
  const { columns } = useBody();
  const [question, setQuestion] = useState<Question>({ ask: "choice" });
  const [said, setSaid] = useState<string>();
  const { plan } = control;

  const answer = (given: DecisionAnswer): void => {
    onPutOff();
    onDraft(undefined);
    control.answerDecision(given);
  };
  const choices = (words?: string): void => {
    setSaid(words);
    setQuestion({ ask: "choice" });
  };
  /** Nothing is asked while another program has the terminal. */
  const away = <T,>(work: () => Promise<T>, then: (result: T) => void): void => {
    setQuestion({ ask: "nothing" });
    takeDown(work).then(then, (error: unknown) => choices(`That did not work: ${messageOf(error)}`));
  };
  const shell = (): void =>
    away(
      () => services.shell(control),
      () => choices("Back from the shell. The step still has to be decided about."),
    );
  const edit = (): void => {
    const command = control.failedCommand();
    if (command === undefined) return choices("No command failed here: there is nothing to edit.");
    away(
      () => services.edit(draft ?? command),
      (edited) => {
        const text = edited ?? draft;
        const diff = text === undefined ? [] : lineDiff(command, text);
        if (text === undefined || diff.length === 0) return choices("Nothing was changed, nothing is run.");
        onDraft(text);
        setQuestion({ ask: "edited", text, diff });
      },
    );
  };
  const go = (choice: OfferedChoice): void => {
    if (choice.choice === "shell") return shell();
    if (choice.choice === "edit") return edit();
    if (choice.choice === "skip") return setQuestion({ ask: "reason", choice });
    answer({ choice: choice.choice });
  };
  const choose = (choice: OfferedChoice): void => {
    const undoes = choice.choice === "undo" && plan.mode === "live";
    const expect = choice.type ?? (undoes ? nameToType(plan) : undefined);
    if (expect === undefined) go(choice);
    else setQuestion({ ask: "name", choice, expect });
  };

  const bar = { mode: plan.mode, title: decisionTitle(plan, view.state, decision) };
  if (question.ask === "nothing") return null;
  if (question.ask === "edited")
    return (
      <EditedCommand
        {...bar}
        diff={question.diff}
        onRun={(because) =>
          answer({ choice: "edit", edited: question.text, ...(because === "" ? {} : { because }) })
        }
        onBack={() => choices("The edited command was not run. Choosing it again goes on editing it.")}
        onStop={onStop}
      />
    );
  if (question.ask === "choice") return <ChooseDecision {...props} {...bar} said={said} onChoose={choose} />;
  const { choice } = question;
  const isName = question.ask === "name";
  return (
    <TypedAsk
      key={question.ask}
      {...bar}
      says={prose(`${choice.title.replace(/ …$/, "")}: ${choice.says}`, columns)}
      ask={
        isName ? `To do this, type: ${question.expect}` : "Why is the step skipped? It goes into the report."
      }
      label={isName ? "type: " : "reason: "}
      expect={isName ? question.expect : undefined}
      onDone={(text) => (isName ? go(choice) : answer({ choice: choice.choice, because: text }))}
      onBack={() => choices()}
      handlers={{ stop: onStop }}
    />
  );
}

import { inWords } from "../base/duration.ts";
import { messageOf } from "../base/errors.ts";

export interface HttpQuestion {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  follow: boolean;
  timeoutMs: number;
  /** The rest of a longer body is not read. */
  keepBytes: number;
}

export interface HttpAnswer {
  /** "200 OK". */
  status: string;
  location: string | undefined;
  body: string;
  /** Something the asker has to know besides. */
  notes: string[];
}

const REDIRECTS = 5;
const LETTERS = "application/octet-stream";

/** Asks once. Any answer of HTTP is an answer. Throws an Error in plain words when there is none. */
export async function askHttp(question: HttpQuestion): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(question.timeoutMs);
  const notes: string[] = [];
  try {
    let next: HttpQuestion = question;
    for (let hops = 0; ; hops += 1) {
      const answer = await send(next, signal);
      const location = answer.headers.get("location") ?? undefined;
      const further =
        question.follow && location !== undefined ? following(next, answer.status, location) : undefined;
      if (further === undefined || "refused" in further || hops === REDIRECTS) {
        if (further !== undefined)
          notes.push(
            "refused" in further ? further.refused : `${REDIRECTS} redirects were followed, no more`,
          );
        const { text, cut } = await readBody(answer, question.keepBytes);
        if (cut) notes.push(`the body is longer than ${question.keepBytes} bytes: the rest was not read`);
        return { status: `${answer.status} ${answer.statusText}`.trim(), location, body: text, notes };
      }
      await answer.body?.cancel();
      next = further;
    }
  } catch (error) {
    throw new Error(inPlainWords(error, question.timeoutMs), { cause: error });
  }
}

function send({ url, method, headers, body }: HttpQuestion, signal: AbortSignal): Promise<Response> {
  const typed =
    body === undefined || Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return fetch(url, {
    method,
    headers: typed ? { ...headers } : { ...headers, "content-type": LETTERS },
    redirect: "manual",
    signal,
    ...(body === undefined ? {} : { body }),
  });
}

/** What a redirect asks for; undefined for an answer that is none. To another place nothing is taken along. */
function following(
  question: HttpQuestion,
  status: number,
  location: string,
): HttpQuestion | { refused: string } | undefined {
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const from = new URL(question.url);
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to === undefined || !/^https?:$/.test(to.protocol) || to.username !== "" || to.password !== "")
    return { refused: "its redirect leads nowhere it could be followed to" };
  const asGet = status === 303 || (status < 303 && question.method === "POST");
  const next = { ...question, url: to.href, ...(asGet ? { method: "GET", body: undefined } : {}) };
  const isSame = to.origin === from.origin;
  const carries = Object.keys(question.headers).length > 0 || next.body !== undefined;
  return isSame || !carries
    ? next
    : { refused: "its redirect leads to another place and was not followed: headers and body may be secret" };
}

async function readBody(answer: Response, keepBytes: number): Promise<{ text: string; cut: boolean }> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    kept.push(chunk.subarray(0, keepBytes - length));
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > keepBytes) break;
  }
  return { text: Buffer.concat(kept).toString("utf8"), cut: length > keepBytes };
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "the host's name is not known",
  EAI_AGAIN: "the host's name cannot be looked up now",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

/** fetch only says "fetch failed"; why lies below it, sometimes two deep. */
function inPlainWords(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `no answer within ${inWords(timeoutMs)}`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const first = cause instanceof AggregateError && cause.errors[0] instanceof Error ? cause.errors[0] : cause;
  const code = first instanceof Error && "code" in first ? String(first.code) : "";
  return WORDS[code] ?? (messageOf(first) || code || "it failed without a word");
}

import { createConnection, type Socket } from "node:net";

export type Reply = string | number | null | Error | Reply[];

export interface RedisClient {
  send(...words: (string | Buffer)[]): Promise<Reply>;
  end(): void;
}

/** A client of the tests' own: what it reads was not read by Lifeboat's commands. Binary text is kept as latin1. */
export function connectRedis(where: { port: number } | { path: string }): Promise<RedisClient> {
  const socket =
    "path" in where ? createConnection(where) : createConnection({ ...where, host: "127.0.0.1" });
  return new Promise((done, failed) => {
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      done(clientOn(socket));
    });
  });
}

function clientOn(socket: Socket): RedisClient {
  const waiting: { done: (reply: Reply) => void; failed: (error: Error) => void }[] = [];
  let text = "";
  const lost = (error: Error): void => waiting.splice(0).forEach(({ failed }) => failed(error));
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
    for (let read = replyAt(text, 0); read !== undefined; read = replyAt(text, 0)) {
      text = text.slice(read.next);
      const { reply } = read;
      const asked = waiting.shift();
      if (reply instanceof Error) asked?.failed(reply);
      else asked?.done(reply);
    }
  });
  socket.on("error", lost);
  socket.on("close", () => lost(new Error("the server closed the connection")));
  return {
    send: (...words) =>
      new Promise((done, failed) => {
        waiting.push({ done, failed });
        const parts = words.map((word) => Buffer.from(word));
        socket.write(
          Buffer.concat([
            Buffer.from(`*${parts.length}\r\n`),
            ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from("\r\n")]),
          ]),
        );
      }),
    end: () => socket.destroy(),
  };
}

/** One reply of the protocol at a place in the text; undefined while it is not there in full. */
function replyAt(text: string, at: number): { reply: Reply; next: number } | undefined {
  const end = text.indexOf("\r\n", at);
  if (end < 0) return undefined;
  const [mark, rest] = [text[at], text.slice(at + 1, end)];
  if (mark === "+") return { reply: rest, next: end + 2 };
  if (mark === "-") return { reply: new Error(rest), next: end + 2 };
  if (mark === ":") return { reply: Number(rest), next: end + 2 };
  const length = Number(rest);
  if (length < 0) return { reply: null, next: end + 2 };
  if (mark === "$") {
    const next = end + 2 + length + 2;
    return text.length < next ? undefined : { reply: text.slice(end + 2, next - 2), next };
  }
  const replies: Reply[] = [];
  let next = end + 2;
  for (let n = 0; n < length; n += 1) {
    const one = replyAt(text, next);
    if (one === undefined) return undefined;
    replies.push(one.reply);
    next = one.next;
  }
  return { reply: replies, next };
}

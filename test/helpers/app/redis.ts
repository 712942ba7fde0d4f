/** Redis of REDIS_PORT, as little of its protocol as the fixture needs: one command, one simple answer. */
import { connect } from "node:net";

const command = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;

export function redis(words: readonly string[]): Promise<string> {
  const { REDIS_PORT, REDIS_PASSWORD } = process.env;
  const commands = [...(REDIS_PASSWORD === undefined ? [] : [["AUTH", REDIS_PASSWORD]]), words];
  return new Promise((done, failed) => {
    const socket = connect(Number(REDIS_PORT), "127.0.0.1", () =>
      socket.write(commands.map(command).join("")),
    );
    let heard = "";
    socket.setTimeout(3000, () => socket.destroy(new Error("redis does not answer")));
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("redis closed the connection")));
    socket.on("data", (data) => {
      heard += data.toString();
      const lines = heard.split("\r\n").slice(0, -1);
      const wrong = lines.find((line) => line.startsWith("-"));
      if (wrong !== undefined) socket.destroy(new Error(wrong.slice(1)));
      else if (lines.length >= commands.length) {
        done((lines.at(-1) ?? "").slice(1));
        socket.end();
      }
    });
  });
}

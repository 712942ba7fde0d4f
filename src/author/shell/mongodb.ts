import type { StoreGuess } from "../store-guess.ts";
import { type Action, UNKNOWN } from "./action.ts";
import { type Options, optionsOf, valueOf } from "./options.ts";
import type { Unwrapped } from "./unwrap.ts";

// --archive takes no word behind it: without "=" it is standard input.
const WITH_VALUE =
  "--host -h --port --username -u --password -p --authenticationDatabase --db -d --uri --collection -c --out -o --eval --nsInclude --nsFrom --nsTo --nsExclude --dir --drop=".split(
    " ",
  );

/** mongorestore, mongodump, mongosh --eval. */
export function mongodbAction(program: Unwrapped, piped: string | undefined): Action | undefined {
  const name = program.program;
  if (!/^(?:mongorestore|mongodump|mongosh|mongo|mongoimport|mongoexport)$/.test(name)) return undefined;
  const options = optionsOf(program.words.slice(1), WITH_VALUE);
  const store = storeOf(program, options);
  const archive = valueOf(options, "--archive", "--dir", "--out", "-o");
  if (name === "mongodump") {
    const file = archive ?? program.output;
    return { kind: "backup", store, ...(file === undefined ? {} : { file }) };
  }
  if (name === "mongorestore") {
    const file = archive ?? options.rest.at(-1) ?? program.input ?? piped;
    return { kind: "restore", store: { ...store, ...(file === undefined ? {} : { file }) } };
  }
  const script = valueOf(options, "--eval");
  if (name === "mongosh" || name === "mongo") {
    if (script === undefined) return { kind: "by-hand", because: `${name} waits for what is typed` };
    if (/dropDatabase|\.drop\(/.test(script)) return { kind: "part", of: "mongodb", does: "drops the data" };
    if (/ping|hello\(|isMaster/.test(script)) return { kind: "wait", names: [], of: "mongodb" };
    const isQuery =
      /count|stats\(|find|getCollectionNames|listDatabases|show /.test(script) &&
      !/insert|update|delete|remove|create|set[A-Z]/.test(script);
    return isQuery ? { kind: "query", store, sql: script.trim(), tables: [] } : UNKNOWN;
  }
  return UNKNOWN;
}

function storeOf(program: Unwrapped, options: Options): StoreGuess {
  const uri = valueOf(options, "--uri");
  const fromUri = uri === undefined ? undefined : /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri)?.[1];
  const variable = /\$\{?(\w+)/.exec(uri ?? "")?.[1];
  const parts = {
    subject: valueOf(options, "--db", "-d") ?? fromUri ?? valueOf(options, "--nsInclude")?.split(".")[0],
    user: valueOf(options, "--username", "-u"),
    server: valueOf(options, "--host", "-h"),
    passwordVariable: /^\$\{?(\w+)\}?$/.exec(valueOf(options, "--password", "-p") ?? "")?.[1],
    port: valueOf(options, "--port"),
    urlVariable: uri?.startsWith("$") ? variable : undefined,
  };
  return {
    kind: "mongodb",
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
    places: program.places,
  };
}

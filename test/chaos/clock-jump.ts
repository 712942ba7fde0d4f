/** A preload: the wall clock is set back by three hours when the tenth line of the journal is written. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const LINE = 10;
const BACK_MS = 3 * 3_600_000;
const { writeSync } = fs;
const Real = Date;
let lines = 0;
let back = 0;

const now = (): number => Real.now() - back;
const jumped = new Proxy(Real, {
  construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});

Object.assign(globalThis, { Date: jumped });
Object.assign(fs, {
  writeSync: (fd: number, bytes: Buffer, ...rest: [number?]) => {
    if (Buffer.isBuffer(bytes) && bytes.includes('"prev":"')) lines += 1;
    if (lines === LINE) back = BACK_MS;
    return writeSync(fd, bytes, ...rest);
  },
});
syncBuiltinESMExports();

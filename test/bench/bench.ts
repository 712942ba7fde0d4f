/**
 * `npm run bench [-- a b c d]`: each figure as a ratio of two sides measured in the same run. Not a test: machines differ,
 * the two sides of a ratio do not.
 */
import { benchOutput } from "./bench-output.ts";
import { benchOverhead } from "./bench-overhead.ts";
import { benchRecover } from "./bench-recover.ts";
import { benchStart } from "./bench-start.ts";

const wanted = process.argv.slice(2);
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (wants("d")) await benchStart();
if (wants("b")) benchOverhead();
if (wants("c")) benchOutput();
if (wants("a")) await benchRecover(Number(process.env["BENCH_ROWS"] ?? 4_000_000));

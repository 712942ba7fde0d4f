import { expect, test } from "vitest";
import { allJudges } from "../../src/stores/registry.ts";

const answers = (kind: string, stdout: string) =>
  allJudges().get("answers")?.({ stdout, stderr: "", exit: 0 }, { kind, store: "cache" }, () => undefined);
const redis = (info: string): string => `@info\nredis_version:7.0.15\nrole:master\n${info}\n`;

test("a Redis that answers is up; one that is stopped or still loads its file is waited for", () => {
  expect(answers("redis", redis("loading:0"))).toMatchObject([{ result: "pass" }]);
  expect(answers("redis", redis("loading:1"))).toMatchObject([
    { result: "fail", found: expect.stringContaining("still loading") },
  ]);
  expect(answers("redis", "@stopped\n")).toMatchObject([
    { result: "fail", found: "it is stopped: nobody listens there" },
  ]);
});

test("an InfluxDB of which only the folders were seen does not answer", () => {
  expect(answers("influxdb", 'metrics\n{"stopped":"db1"}\nmetrics\n')).toMatchObject([{ result: "fail" }]);
});

test("words of something else are no answer, though the program ended well", () => {
  for (const kind of ["postgres", "redis", "mongodb", "clickhouse", "influxdb"])
    expect(answers(kind, "hello\n"), kind).toMatchObject([
      { name: "the server of cache", result: "fail", found: "an answer that is not its own" },
    ]);
});

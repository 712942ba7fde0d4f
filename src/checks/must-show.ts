import { z } from "zod";
import { counted } from "../base/size.ts";
import { type HttpExpectation, httpExpectationSchema } from "../runbook/http-schema.ts";
import { expectationSchema } from "../runbook/runbook-schema.ts";
import type { Check } from "../step/check.ts";
import { expectationInWords } from "./expectation.ts";
import { statusInWords } from "./http-answer.ts";

const artifact = z.object({
  sha256: z.string().nullish(),
  chosen: z.object({ bytes: z.number(), modifiedMs: z.number() }).optional(),
  read: z.boolean().default(true),
});

/** What a person has to see where the check would be green; empty for judges of a store's own. */
export function plainMustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "expectation":
      return [
        `first row, first column: ${expectationInWords(z.object({ expect: expectationSchema }).parse(args).expect)}`,
      ];
    case "exit":
      return ["ends without an error (echo $? gives 0)"];
    case "not-asked":
      return ["nothing to compare: it cannot be looked at from here"];
    case "answers":
      return ["it answers, and says who it is"];
    case "http":
      return httpMustShow(z.object({ expect: httpExpectationSchema }).parse(args).expect);
    case "artifact": {
      const { sha256, chosen, read } = artifact.parse(args);
      const size = chosen === undefined ? [] : [counted(chosen.bytes, "byte")];
      const sum = !read || sha256 === undefined || sha256 === null ? [] : [`sha256 ${sha256}`];
      return [...sum, ...size, ...(read ? ["read to its end without an error"] : [])];
    }
    default:
      return [];
  }
}

function httpMustShow(expect: HttpExpectation): string[] {
  return [
    `status ${statusInWords(expect)}`,
    ...(expect.json === undefined ? [] : [`in the body: ${JSON.stringify(expect.json)}`]),
    ...(expect.matches === undefined ? [] : [`in the body something matching /${expect.matches}/`]),
    ...(expect.absent === undefined ? [] : [`in the body nothing matching /${expect.absent}/`]),
  ];
}

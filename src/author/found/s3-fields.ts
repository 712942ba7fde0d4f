import { guess, type Value } from "../draft.ts";
import { slug } from "../words.ts";
import { type Around, type Fields, UNSURE } from "./around.ts";
import type { Candidate } from "./candidate.ts";
import { publishedPort, reference, saidOf, secretFromService, variableIn } from "./settings.ts";

/** Where a bucket is, and what opens it. */
export function s3(candidate: Candidate, { env, system }: Around): Fields {
  const port = publishedPort(candidate, "9000");
  const endpoint = variableIn(env, [/^(?:S3|MINIO|AWS)_(?:S3_)?ENDPOINT(?:_URL)?$/, /^(?:S3|MINIO)_URL$/]);
  const bucket = variableIn(env, [/^(?:S3|MINIO|AWS)_(?:S3_)?BUCKET(?:_NAME)?$/, /BUCKET/]);
  const access = variableIn(env, [/^(?:S3|MINIO|AWS)_(?:S3_)?ACCESS_KEY(?:_ID)?$/, /^MINIO_ROOT_USER$/]);
  const secret = variableIn(env, [
    /^(?:S3|MINIO|AWS)_(?:S3_)?SECRET(?:_ACCESS)?(?:_KEY)?$/,
    /^MINIO_ROOT_PASSWORD$/,
  ]);
  const said = saidOf(candidate, "subject");
  const key = (
    own: string | undefined,
    spoken: string | undefined,
    names: string[],
    usual: string,
  ): Value => {
    const name = own ?? spoken;
    return (
      secretFromService(candidate, names) ??
      (name === undefined ? guess(`\${${usual}}`, "set this variable") : `\${${name}}`)
    );
  };
  const isAws =
    candidate.service === undefined &&
    endpoint === undefined &&
    saidOf(candidate, "endpoint") === undefined &&
    candidate.said.some(({ file }) => file !== undefined) === false;
  const where =
    endpoint !== undefined && port === undefined
      ? reference(env, endpoint)
      : port === undefined
        ? (saidOf(candidate, "endpoint") ?? guess("http://localhost:9000", UNSURE))
        : `http://localhost:${port}`;
  return {
    ...(isAws && env.length === 0 ? {} : { endpoint: where }),
    bucket: bucket !== undefined ? reference(env, bucket) : (said ?? guess(slug(system), UNSURE)),
    "access-key": key(
      access,
      saidOf(candidate, "accessVariable"),
      ["MINIO_ROOT_USER", "MINIO_ACCESS_KEY"],
      "S3_ACCESS_KEY",
    ),
    "secret-key": key(
      secret,
      saidOf(candidate, "secretVariable"),
      ["MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY"],
      "S3_SECRET_KEY",
    ),
  };
}

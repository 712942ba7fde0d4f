import { shellWord } from "../../base/quote.ts";
import { type Place, rawKeys, type S3Tool, urlOf } from "./tool.ts";

const AWS = "aws --cli-connect-timeout 10";
/** Each call of the program takes half a second: beyond so many keys copying everything is sooner done. */
const FEW = 300;

const at = (place: Place): string => shellWord(`${urlOf(place)}/`);
const where = ({ bucket, prefix }: Place): string =>
  ["--bucket", bucket, ...(prefix === "" ? [] : ["--prefix", prefix])].map(shellWord).join(" ");
/** Runs `work`, a shell script, with each key as its $1, eight at once. */
const eachKey = (work: string): string =>
  `tr '\\n' '\\0' < "$T/keys" | xargs -0 -n 1 -P 8 sh -c ${shellWord(`set -e; ${work}`)} sh`;

/** The AWS command line; version 1 or 2. One endpoint and one pair of keys at a time. */
export const aws: S3Tool = {
  name: "aws",
  env: ([remote]) => ({
    env: {
      ...(remote?.endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: remote.endpoint }),
      AWS_REGION: remote?.region ?? "us-east-1",
      AWS_DEFAULT_REGION: remote?.region ?? "us-east-1",
      AWS_MAX_ATTEMPTS: "3",
      AWS_PAGER: "",
      // What it sends by default since 2025 is unknown to older servers.
      AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
      AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
      ...(remote?.accessKey === undefined ? {} : { AWS_EC2_METADATA_DISABLED: "true" }),
      PYTHONUTF8: "1",
    },
    secrets:
      remote?.accessKey === undefined || remote.secretKey === undefined
        ? {}
        : { AWS_ACCESS_KEY_ID: remote.accessKey, AWS_SECRET_ACCESS_KEY: remote.secretKey },
  }),
  begin: () => [],
  buckets: (_remote, out) =>
    `${AWS} s3api list-buckets --query 'Buckets[].[Name,CreationDate]' --output text > ${out}`,
  list: (place, out) => [
    // Without the empty list it prints "None" for a page without objects.
    `${AWS} s3api list-objects-v2 ${where(place)} --query '(Contents||\`[]\`)[].[Key,Size,ETag]' --output text > "$T/listing"`,
    `sed 's/%/%25/g; s/\\t"\\([^\\t]*\\)"$/\\t\\1/; s/\\t[^\\t]*-[^\\t]*$/\\t-/' "$T/listing" | cut -b ${Buffer.byteLength(place.prefix) + 1}- > ${out}`,
  ],
  make: (place) => [
    `${AWS} s3api head-bucket --bucket ${shellWord(place.bucket)} 2> "$T/absent" || ${AWS} s3 mb ${shellWord(`s3://${place.bucket}`)} > "$T/made"`,
  ],
  remove: (place) => [
    `if ${AWS} s3api head-bucket --bucket ${shellWord(place.bucket)} 2> "$T/absent"; then`,
    place.prefix === ""
      ? `${AWS} s3 rb --force ${shellWord(`s3://${place.bucket}`)} > "$T/removed"`
      : `${AWS} s3 rm --recursive --only-show-errors ${at(place)}`,
    // Anything but "there is none" is an error.
    `elif ! grep -q 404 "$T/absent"; then cat "$T/absent" >&2; exit 1; fi`,
  ],
  upload: (folder, to) => [
    `few ${AWS} s3 cp --recursive --only-show-errors ${shellWord(`${folder}/`)} ${at(to)}`,
  ],
  download: (from, folder) => [
    `few ${AWS} s3 cp --recursive --only-show-errors ${at(from)} ${shellWord(`${folder}/`)}`,
  ],
  copy: (from, to) => [`few ${AWS} s3 cp --recursive --only-show-errors ${at(from)} ${at(to)}`],
  copyListed: (from, to, keys) => [
    rawKeys(keys, '"$T/keys"'),
    `if [ "$(wc -l < "$T/keys")" -gt ${FEW} ]; then`,
    `few ${AWS} s3 cp --recursive --only-show-errors ${at(from)} ${at(to)}`,
    `else`,
    eachKey(`${AWS} s3 cp --only-show-errors ${at(from)}"$1" ${at(to)}"$1"`),
    `fi`,
  ],
  deleteListed: (place, keys) => [
    rawKeys(keys, '"$T/keys"'),
    '[ -s "$T/keys" ]',
    // 1000 keys a request, as JSON. The answer is a success even when some were refused: those are shown.
    `split -l 1000 "$T/keys" "$T/part."`,
    `for part in "$T"/part.*; do`,
    `awk -v prefix=${shellWord(place.prefix)} '{ gsub(/\\\\/, "\\\\\\\\"); gsub(/"/, "\\\\\\""); printf "%s{\\"Key\\":\\"%s%s\\"}", NR == 1 ? "{\\"Quiet\\":true,\\"Objects\\":[" : ",", prefix, $0 } END { print "]}" }' "$part" > "$T/request"`,
    `${AWS} s3api delete-objects --bucket ${shellWord(place.bucket)} --delete "file://$T/request" --query '(Errors||\`[]\`)[].[Key,Message]' --output text > "$T/refused"`,
    `if [ -s "$T/refused" ]; then cat "$T/refused" >&2; exit 1; fi`,
    `done`,
  ],
  sums: (place, keys, out) => [
    rawKeys(keys, '"$T/keys"'),
    `${eachKey(`h=$(${AWS} s3 cp --only-show-errors ${at(place)}"$1" - | sha256sum); printf '%s\\t%s\\n' "$1" "\${h%% *}"`)} > "$T/sums"`,
    `sed 's/%/%25/g' "$T/sums" > ${out}`,
  ],
};

import { shellWord } from "../../base/quote.ts";
import type { S3Remote } from "../../runbook/store-kinds/s3.ts";
import { pathOf, type Place, rawKeys, type S3Tool } from "./tool.ts";

/** The engine retries whole steps; rclone's own third try lists and compares everything again. */
const RCLONE = "rclone --retries 1 --low-level-retries 2 --contimeout 10s";
const MANY = "--transfers 16 --checkers 16 --s3-upload-cutoff 1Gi";
/** Whether a bucket is there is known; and every object is listed afterwards, so each need not be asked for again. */
const BLIND = "--s3-no-check-bucket --no-check-dest --s3-no-head";

const at = (place: Place): string => shellWord(`${place.remote.name}:${pathOf(place)}`);

function settings({ name, endpoint, region, accessKey, secretKey }: S3Remote) {
  const key = (word: string): string => `RCLONE_CONFIG_${name}_${word}`;
  return {
    env: {
      [key("TYPE")]: "s3",
      [key("PROVIDER")]: endpoint === undefined ? "AWS" : "Minio",
      ...(endpoint === undefined ? {} : { [key("ENDPOINT")]: endpoint }),
      [key("REGION")]: region,
      ...(endpoint === undefined && region !== "us-east-1" ? { [key("LOCATION_CONSTRAINT")]: region } : {}),
      ...(accessKey === undefined ? { [key("ENV_AUTH")]: "true" } : {}),
    },
    secrets:
      accessKey === undefined || secretKey === undefined
        ? {}
        : { [key("ACCESS_KEY_ID")]: accessKey, [key("SECRET_ACCESS_KEY")]: secretKey },
  };
}

/** rclone, its remote made of environment variables alone: no configuration file of anybody's is read. */
export const rclone: S3Tool = {
  name: "rclone",
  env: (remotes) => {
    const each = remotes.map(settings);
    return {
      env: Object.assign({ RCLONE_CONFIG: "/dev/null" }, ...each.map(({ env }) => env)),
      secrets: Object.assign({}, ...each.map(({ secrets }) => secrets)),
    };
  },
  begin: () => [
    // The library inside older releases (Debian's 1.60) refuses to start with this one; its own name for it works.
    'if [ -n "${AWS_CA_BUNDLE:-}" ]; then RCLONE_CA_CERT=$AWS_CA_BUNDLE; export RCLONE_CA_CERT; unset AWS_CA_BUNDLE; fi',
  ],
  buckets: (remote, out) =>
    `${RCLONE} lsf --dirs-only --format pt --separator "$TAB" ${remote.name}: > "$T/listing" && sed 's|/||' "$T/listing" > ${out}`,
  list: (place, out) => [
    `${RCLONE} lsf --recursive --files-only --fast-list --format psh --hash MD5 --separator "$TAB" ${at(place)} > "$T/listing"`,
    `sed 's/%/%25/g; s/\\t$/\\t-/' "$T/listing" > ${out}`,
  ],
  make: (place) => [`${RCLONE} mkdir ${at(place)}`],
  remove: (place) => [
    // 3: there is no such bucket (any more).
    `${RCLONE} purge ${MANY} ${at(place)} || [ $? = 3 ]`,
  ],
  upload: (folder, to) => [
    `few ${RCLONE} copy ${MANY} ${BLIND} --no-traverse ${shellWord(folder)} ${at(to)}`,
  ],
  download: (from, folder) => [`few ${RCLONE} copy ${MANY} --ignore-times ${at(from)} ${shellWord(folder)}`],
  copy: (from, to) => [`few ${RCLONE} copy ${MANY} ${BLIND} ${at(from)} ${at(to)}`],
  copyListed: (from, to, keys) => [
    rawKeys(keys, '"$T/keys"'),
    `few ${RCLONE} copy ${MANY} ${BLIND} --files-from-raw "$T/keys" ${at(from)} ${at(to)}`,
  ],
  deleteListed: (place, keys) => [
    rawKeys(keys, '"$T/keys"'),
    // A list that is empty, or gone, must never mean everything.
    '[ -s "$T/keys" ]',
    `few ${RCLONE} delete ${MANY} --files-from-raw "$T/keys" ${at(place)}`,
  ],
  sums: (place, keys, out) => [
    rawKeys(keys, '"$T/keys"'),
    `few ${RCLONE} hashsum SHA256 --download ${MANY} --files-from-raw "$T/keys" ${at(place)} > "$T/sums"`,
    `sed 's/%/%25/g; s/^\\([0-9a-f]*\\)  \\(.*\\)$/\\2\\t\\1/' "$T/sums" > ${out}`,
  ],
};

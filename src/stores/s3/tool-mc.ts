import { shellWord } from "../../base/quote.ts";
import type { S3Remote } from "../../runbook/store-kinds/s3.ts";
import { pathOf, type Place, rawKeys, type S3Tool } from "./tool.ts";

const MC = "mc --quiet --no-color";
/** Beyond so many keys copying everything is sooner done. */
const FEW = 300;

/** With --json what went wrong is said on stdout, too. */
const SHOW = `{ cut -c 1-500 "$T/listing" >&2; false; }`;

const alias = ({ name }: S3Remote): string => name.toLowerCase();
const at = (place: Place): string => shellWord(`${alias(place.remote)}/${pathOf(place)}`);
const into = (place: Place): string => shellWord(`${alias(place.remote)}/${pathOf(place)}/`);
const eachKey = (work: string): string =>
  `tr '\\n' '\\0' < "$T/keys" | xargs -0 -n 1 -P 8 sh -c ${shellWord(`set -e; ${work}`)} sh`;

/** "https" and "host:port". AWS has a name for each region. */
function hostOf({ endpoint, region }: S3Remote): [scheme: string, host: string] {
  const [scheme = "", host = ""] = (endpoint ?? `https://s3.${region}.amazonaws.com`).split("://");
  return [scheme, host];
}

/** Go's JSON of a key: < > & and " \ are escaped, everything else that a list may hold is as it is. */
const UNESCAPE = String.raw`s/\\u003c/</g; s/\\u003e/>/g; s/\\u0026/\&/g; s/\\"/"/g; s/\\\\/\\/g`;
const LISTED = String.raw`s/^.*"size":\([0-9]*\),"key":"\(.*\)","etag":"\([^"]*\)".*$/\2\t\1\t\3/p`;

/** MinIO's client. Its aliases hold keys, so they are made inside the script, from variables that are secret. */
export const mc: S3Tool = {
  name: "mc",
  env: (remotes) => ({
    env: { MC_DISABLE_PAGER: "1" },
    secrets: Object.fromEntries(
      remotes.flatMap(({ name, accessKey, secretKey }) =>
        accessKey === undefined || secretKey === undefined
          ? []
          : [
              [`${name}_ACCESS_KEY`, accessKey],
              [`${name}_SECRET_KEY`, secretKey],
            ],
      ),
    ),
  }),
  begin: (remotes) => [
    'MC_CONFIG_DIR="$T/mc"; export MC_CONFIG_DIR',
    ...remotes.map((remote) => {
      const [scheme, host] = hostOf(remote);
      const name = `MC_HOST_${alias(remote)}`;
      return `${name}="${scheme}://$${remote.name}_ACCESS_KEY:$${remote.name}_SECRET_KEY@${host}"; export ${name}`;
    }),
  ],
  buckets: (remote, out) =>
    `{ ${MC} ls --json ${alias(remote)} > "$T/listing" || ${SHOW} } && sed -n 's/^.*"lastModified":"\\([^"]*\\)".*"key":"\\([^"]*\\)\\/".*$/\\2\\t\\1/p' "$T/listing" > ${out}`,
  list: (place, out) => [
    `${MC} ls --recursive --json ${into(place)} > "$T/listing" || ${SHOW}`,
    `sed -n ${shellWord(LISTED)} "$T/listing" | sed ${shellWord(`${UNESCAPE}; s/%/%25/g; s/\\t[^\\t]*-[^\\t]*$/\\t-/`)} > ${out}`,
  ],
  make: (place) => [
    `${MC} mb --ignore-existing ${shellWord(`${alias(place.remote)}/${place.bucket}`)} > "$T/made"`,
  ],
  remove: (place) => [
    `if ${MC} ls ${shellWord(`${alias(place.remote)}/${place.bucket}`)} > "$T/there" 2> "$T/absent"; then`,
    place.prefix === ""
      ? `${MC} rb --force ${at(place)} > "$T/removed"`
      : `${MC} rm --recursive --force ${into(place)} > "$T/removed"`,
    `elif ! grep -q 'does not exist' "$T/absent"; then cat "$T/absent" >&2; exit 1; fi`,
  ],
  upload: (folder, to) => [`few ${MC} cp --recursive ${shellWord(`${folder}/`)} ${into(to)} > "$T/copied"`],
  download: (from, folder) => [
    `few ${MC} cp --recursive ${into(from)} ${shellWord(`${folder}/`)} > "$T/copied"`,
  ],
  copy: (from, to) => [`few ${MC} cp --recursive ${into(from)} ${into(to)} > "$T/copied"`],
  copyListed: (from, to, keys) => [
    rawKeys(keys, '"$T/keys"'),
    `if [ "$(wc -l < "$T/keys")" -gt ${FEW} ]; then`,
    `few ${MC} cp --recursive ${into(from)} ${into(to)} > "$T/copied"`,
    `else`,
    eachKey(`${MC} cp ${into(from)}"$1" ${into(to)}"$1" > /dev/null`),
    `fi`,
  ],
  deleteListed: (place, keys) => [
    rawKeys(keys, '"$T/keys"'),
    '[ -s "$T/keys" ]',
    `sed ${shellWord(`s|^|${alias(place.remote)}/${pathOf(place)}/|`)} "$T/keys" | ${MC} rm --force --stdin > "$T/removed"`,
  ],
  sums: (place, keys, out) => [
    rawKeys(keys, '"$T/keys"'),
    `${eachKey(`h=$(${MC} cat ${into(place)}"$1" | sha256sum); printf '%s\\t%s\\n' "$1" "\${h%% *}"`)} > "$T/sums"`,
    `sed 's/%/%25/g' "$T/sums" > ${out}`,
  ],
};

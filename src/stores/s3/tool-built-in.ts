import { shellWord } from "../../base/quote.ts";
import type { S3Remote } from "../../runbook/store-kinds/s3.ts";
import { pathOf, type Place, type S3Tool } from "./tool.ts";

const LIFEBOAT = "lifeboat s3";

const at = (place: Place): string =>
  shellWord(`${place.remote.name === "LBB" ? "backup" : "s3"}://${pathOf(place)}`);

function settings({ name, endpoint, region, accessKey, secretKey }: S3Remote) {
  const prefix = name === "LBB" ? "BACKUP_" : "";
  return {
    env: {
      ...(endpoint === undefined ? {} : { [`${prefix}AWS_ENDPOINT_URL_S3`]: endpoint }),
      [`${prefix}AWS_REGION`]: region,
    },
    secrets:
      accessKey === undefined || secretKey === undefined
        ? {}
        : { [`${prefix}AWS_ACCESS_KEY_ID`]: accessKey, [`${prefix}AWS_SECRET_ACCESS_KEY`]: secretKey },
  };
}

/** Lifeboat's own client (src/s3). It takes every key, and tells them without loss. */
export const builtIn: S3Tool = {
  name: "built-in",
  env: (remotes) => {
    const each = remotes.map(settings);
    return {
      env: Object.assign({}, ...each.map(({ env }) => env)),
      secrets: Object.assign({}, ...each.map(({ secrets }) => secrets)),
    };
  },
  begin: () => [],
  buckets: (_remote, out) => `${LIFEBOAT} buckets > ${out}`,
  list: (place, out) => [`${LIFEBOAT} list ${at(place)} > ${out}`],
  make: (place) => [`${LIFEBOAT} make ${at(place)}`],
  remove: (place) => [`${LIFEBOAT} remove ${at(place)}`],
  upload: (folder, to, keys) => [`${LIFEBOAT} upload ${shellWord(folder)} ${at(to)} --keys ${keys}`],
  download: (from, folder) => [`${LIFEBOAT} download ${at(from)} ${shellWord(folder)}`],
  copy: (from, to) => [`${LIFEBOAT} copy ${at(from)} ${at(to)}`],
  copyListed: (from, to, keys) => [`${LIFEBOAT} copy ${at(from)} ${at(to)} --keys ${keys}`],
  deleteListed: (place, keys) => [`[ -s ${keys} ]`, `${LIFEBOAT} delete ${at(place)} --keys ${keys}`],
  sums: (place, keys, out) => [`${LIFEBOAT} sums ${at(place)} --keys ${keys} > ${out}`],
};

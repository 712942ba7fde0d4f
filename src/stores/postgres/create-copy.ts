import type { DatabaseSettings } from "./manifest.ts";
import { dropScript } from "./drop.ts";
import { ident, literal } from "./identifiers.ts";

/**
 * A psql script that creates `copy` like the database `source` (encoding, locale, owner, tablespace), or like the
 * manifest says when `source` is gone. `copy` must be a name that only this run uses: what an earlier attempt left under
 * it is dropped first. template0, because template1 may hold anything and fixes the locale.
 */
export function createCopyScript(
  copy: string,
  source: string,
  mark: string,
  manifest: DatabaseSettings | undefined,
): string {
  return `${dropScript(copy)}
SELECT EXISTS (SELECT FROM pg_database WHERE datname = ${literal(source)}) AS source_exists \\gset
\\if :source_exists
SELECT format('CREATE DATABASE %I TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L',
    ${literal(copy)}, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype)
  -- the usual one is not named: only superusers may
  || coalesce((SELECT format(' TABLESPACE %I', spcname) FROM pg_tablespace t WHERE t.oid = dattablespace AND spcname <> 'pg_default'), '')
  || CASE WHEN to_jsonb(d)->>'datlocprovider' = 'i'
    THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(to_jsonb(d)->>'daticulocale', to_jsonb(d)->>'datlocale')) ELSE '' END
FROM pg_database d WHERE datname = ${literal(source)} \\gexec
\\else
${createFromManifest(copy, manifest)}
\\endif
COMMENT ON DATABASE ${ident(copy)} IS ${literal(mark)};`;
}

function createFromManifest(copy: string, manifest: DatabaseSettings | undefined): string {
  if (!manifest) return `CREATE DATABASE ${ident(copy)} TEMPLATE template0;`;
  const icu =
    manifest.provider === "i" && manifest.icuLocale !== null
      ? ` LOCALE_PROVIDER icu ICU_LOCALE ${literal(manifest.icuLocale)}`
      : "";
  return `CREATE DATABASE ${ident(copy)} TEMPLATE template0 OWNER ${ident(manifest.owner)} ENCODING ${literal(manifest.encoding)}
  LC_COLLATE ${literal(manifest.collate)} LC_CTYPE ${literal(manifest.ctype)}${icu};`;
}

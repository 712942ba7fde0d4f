/**
 * What loading, dumping and summing run with, as far as the server knows the setting:
 * - a profile's time limit must not end a restore half way;
 * - a backup may hold more partitions than one INSERT may otherwise make;
 * - rows must come in as they are in the file, not merged on their way;
 * - a schema of LowCardinality is refused by 18.16 where it was allowed before.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  max_execution_time: "0",
  max_partitions_per_insert_block: "0",
  optimize_on_insert: "0",
  allow_experimental_low_cardinality_type: "1",
  allow_suspicious_low_cardinality_types: "1",
  allow_deprecated_syntax_for_merge_tree: "1",
};

export const WANTED_SETTINGS = Object.keys(SETTINGS);

/** As words for the client. */
export function settingWords(known: readonly string[]): string[] {
  return Object.entries(SETTINGS).flatMap(([name, value]) =>
    known.includes(name) ? [`--${name}`, value] : [],
  );
}

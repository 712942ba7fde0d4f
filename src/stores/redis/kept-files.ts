/**
 * Lines of scripts about the old files, alike wherever the server runs. `dir` is its folder, `file` its RDB file, `kept` the
 * folder where a swap keeps what was there.
 */

/** What is on disk already is linked before a save writes over it: it may be older, and better. */
export const KEEP_EARLIER = `[ ! -e "$dir/$file" ] || [ -e "$kept/earlier.rdb" ] || ln "$dir/$file" "$kept/earlier.rdb" || cp -p "$dir/$file" "$kept/earlier.rdb"`;

/** `back NAME`: an old file in its place again; that of the restored data waits in `kept` until the old server answers. */
export const DEFINE_BACK = `mkdir -p "$kept/undone"
away() { if [ -e "$dir/$1" ]; then rm -rf "$kept/undone/$1"; mv "$dir/$1" "$kept/undone/$1"; fi; }
back() {
  if [ -e "$kept/$1" ]; then away "$1"; mv "$kept/$1" "$dir/$1"
  elif [ -e "$kept/none.$1" ]; then away "$1"; rm "$kept/none.$1"; fi
}`;

/** Removes notes of the swap and what the restored server had. An RDB file older than the memory was is left: it may be wanted. */
export const clearKept = (notes: readonly string[]): string => `[ -d "$kept" ] || exit 0
rm -rf ${["undone", ...notes].map((name) => `"$kept/${name}"`).join(" ")}
cmp -s "$kept/earlier.rdb" "$dir/$file" && rm "$kept/earlier.rdb"
rmdir "$kept" 2>/dev/null || echo "what was on disk before, older than what was in memory, is kept: $kept/earlier.rdb"`;

/** Keeps `${` out of the text below, where it would be TypeScript's own. */
const D = "$";

/**
 * A script that prints what the present folder holds, in the lines of src/catalog/tar/member-lines.ts, in any order and
 * the number of paths last. For sh and the programs of busybox; GNU's do as well.
 * - Names with a newline or a backslash would break a line: they are escaped one by one, all others listed in bulk.
 * - Sums are made by two processes behind the rest, each into files of its own: two writers would cut each other's lines.
 * - Sockets are in no archive, a folder's time is set anew by whatever is written into it, and busybox tar gives
 *   symbolic links no owner and special files no exact mode (measured): none of these is listed.
 */
export const LISTING = String.raw`LC_ALL=C
tab='	'
odd='*[\\
]*'
export LC_ALL tab odd
each='
escape() { printf %sx "$1" | sed "s/\\\\/\\\\\\\\/g" | awk "{ printf \"%s%s\", s, \$0; s = \"\\\\n\" }" | sed "s/x\$//"; }
for p; do
e=$p
case $p in $odd) e=$(escape "$p") ;; esac
'
list() { find . "$@" ! -path "$odd" -print0; }
sums=$(mktemp -d) || exit
list -type f | xargs -0 -r -n 256 -P 2 sh -c 'sha256sum "$@" > "$0/$$"' "$sums" &
list -type d | xargs -0 -r stat -c "%n$tab%f %u:%g"
list -type f | xargs -0 -r stat -c "%n$tab%f %u:%g %s %Y"
list ! -type d ! -type f ! -type l ! -type s | xargs -0 -r stat -c "%n$tab%F %u:%g %t:%T"
find . -type l -print0 | xargs -0 -r sh -c "$each"'
  t=$(readlink "$p"; echo x); t=${D}{t%?x}
  case $t in $odd) t=$(escape "$t") ;; esac
  printf "%s\t-> %s\n" "$e" "$t"
done' sh
find . ! -type s ! -type l -path "$odd" -print0 | xargs -0 -r sh -c "$each"'
  if [ -d "$p" ]; then stat -c "%f %u:%g" "$p"
  elif [ -f "$p" ]; then stat -c "%f %u:%g %s %Y" "$p"; sha256sum < "$p" | cut -c 1-64
  else stat -c "%F %u:%g %t:%T" "$p"; fi | while read -r l; do printf "%s\t%s\n" "$e" "$l"; done
done' sh
list -type f | xargs -0 -r stat -c "%h %i %n" | awk '$1 > 1' | sort -k 2,2n -k 3 | awk '{
  n = $0; sub(/^[0-9]+ [0-9]+ /, "", n)
  if ($2 == i) print n "\t= " first; else { i = $2; first = n } }'
wait
find "$sums" -type f -exec cat {} + | sed "s/^\(.\{64\}\)  \(.*\)/\2$tab\1/"
rm -r "$sums"
echo "! members $(find . ! -type s -print0 | tr -dc '\000' | wc -c)"
`;

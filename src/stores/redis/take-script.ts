/**
 * redis-cli asks for a snapshot as a replica would: it comes whole or with an error, from another machine too, and neither
 * the server's own file nor the time of its last save is touched (before version 7, where `repl-diskless-sync` is off by
 * default, a server saves into its own file for that). What INFO says before and after is for comparison. `file`
 * is a word of sh.
 */
export function takeScript(file: string): string {
  return `said=$(live PING 2>&1)
[ "$said" = PONG ] || case $said in MISCONF* | MASTERDOWN*) ;; *) printf '%s\\n' "$said" >&2; exit 1 ;; esac
before=$(live INFO keyspace)
rm -f ${file}
said=$(umask 077; live --rdb ${file} 2>&1) && [ -s ${file} ] || { printf '%s\\n' "$said" | tail -n 4 >&2; rm -f ${file}; exit 1; }
echo @before
printf '%s\\n' "$before"
echo @after
live INFO keyspace`;
}

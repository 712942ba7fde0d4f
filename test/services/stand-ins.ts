/**
 * Stand-ins for systemctl and pm2, which cannot run where there is no init and where nothing may be installed. Each keeps
 * its units in a folder, a file for each: their state, and how often they were started.
 */

/** Files: <unit> with "active 3" or "inactive 3"; <unit>.fails makes it fail when it is started, `denies` refuses every change. Calls are in `calls`. */
export const SYSTEMCTL = `#!/bin/sh
# A stand-in for systemctl.
cd "$SYSTEMD_STAND_IN" || exit
printf '%s\\n' "$*" >> calls
verb=$1; shift
if test "$verb" = show; then
  for unit do :; done
  if test ! -e "$unit"; then echo LoadState=not-found; echo ActiveState=inactive; exit 0; fi
  read -r state count < "$unit"
  echo LoadState=loaded; echo "ActiveState=$state"; echo SubState=running; echo "InvocationID=run$count"; echo NRestarts=0
  echo "ActiveEnterTimestampMonotonic=1"
  exit 0
fi
test ! -e denies || { echo "Failed to $verb $2: Access denied" >&2; exit 4; }
test "$1" = -- && shift
for unit do
  test -e "$unit" || { echo "Failed to $verb $unit.service: Unit $unit.service not found." >&2; exit 5; }
  read -r state count < "$unit"
  case $verb in
    stop) state=inactive ;;
    start) test "$state" = active || { state=active; count=$((count + 1)); } ;;
    restart) state=active; count=$((count + 1)) ;;
  esac
  test ! -e "$unit.fails" || test "$verb" = stop || state=failed
  echo "$state $count" > "$unit"
done
`;

/** Files: <app> with "online 3"; apps.config lists what the ecosystem file names. */
export const PM2 = `#!/bin/sh
# A stand-in for pm2.
cd "$PM2_STAND_IN" || exit
printf '%s\\n' "$*" >> calls
verb=$1; shift
if test "$verb" = jlist; then
  echo '[PM2] Spawning PM2 daemon with pm2_home=/root/.pm2'
  printf '>>>> In-memory PM2 is out-of-date, do:\\n'
  first=; printf '['
  for app in *.app; do
    test -e "$app" || continue
    read -r state count < "$app"
    printf '%s{"name":"%s","pid":%s,"pm2_env":{"status":"%s","pm_uptime":1000%s,"unstable_restarts":0}}' "$first" "\${app%.app}" "$count" "$state" "$count"
    first=,
  done
  echo ']'
  exit 0
fi
only=; names=
while test $# -gt 0; do
  case $1 in
    --env) shift ;;
    --only) shift; only=$(echo "$1" | tr , ' ') ;;
    *.js) names=$(cat apps.config) ;;
    *) names="$names $1" ;;
  esac
  shift
done
for app in \${only:-$names}; do
  state=; count=0
  test ! -e "$app.app" || read -r state count < "$app.app"
  case $verb in
    stop) state=stopped ;;
    start|restart) state=online; count=$((count + 1)) ;;
  esac
  echo "$state $count" > "$app.app"
done
`;

/** How content sums are made; only sums of one method are compared. */
export const SUM_METHOD = "lifeboat-1";

/**
 * Reads a page of keys and changes nothing. Prints the next cursor; for every n-th key by name (ARGV[3]; 1 is all) a line
 * with type, expiry, sum and name. With "sums" as ARGV[4] every value is read, and for each type there is a line with its
 * keys, those without TTL, and the sum of those; a number m there reads every m-th value, and "-" stands for the others.
 * Values are summed as they are read, not as DUMP packs them: packing depends on the server's settings and version, and the
 * order inside of large sets and hashes on the process (measured), so theirs is a sum that knows no order. Numbers of Lua are
 * exact below 2^53.
 */
const LUA = `local call, sha = redis.call, redis.sha1hex
local cursor, limit, every, sums = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == "sums"
local share = sums and 1 or tonumber(ARGV[4])
local exact = type(redis.pcall("PEXPIRETIME", "")) == "number"
local function number(text) return tonumber(string.sub(sha(text), 1, 12), 16) end
local function add(a, b) return (a + b) % 4503599627370496 end
local function joined(list)
  local parts = {}
  for i, one in ipairs(list) do
    if type(one) == "table" then one = joined(one) end
    parts[i] = #one .. ":" .. one
  end
  return table.concat(parts)
end
local read = {}
function read.string(key) return call("GET", key) end
function read.list(key) return joined(call("LRANGE", key, 0, -1)) end
function read.set(key)
  local all, sum = call("SMEMBERS", key), 0
  for _, one in ipairs(all) do sum = add(sum, number(one)) end
  return #all .. ":" .. string.format("%.0f", sum)
end
function read.hash(key)
  local all, sum = call("HGETALL", key), 0
  for i = 1, #all, 2 do sum = add(sum, number(#all[i] .. ":" .. all[i] .. all[i + 1])) end
  return #all .. ":" .. string.format("%.0f", sum)
end
function read.zset(key)
  local all = call("ZRANGE", key, 0, -1, "WITHSCORES")
  for i = 2, #all, 2 do all[i] = string.format("%.17g", tonumber(all[i])) end
  return joined(all)
end
function read.stream(key)
  local parts = { joined(call("XRANGE", key, "-", "+")) }
  for _, group in ipairs(call("XINFO", "GROUPS", key)) do
    for i = 1, #group, 2 do
      local what = group[i]
      if what == "name" or what == "pending" or what == "last-delivered-id" then
        parts[#parts + 1] = what .. tostring(group[i + 1])
      end
    end
  end
  return joined(parts)
end
local function value(kind, key)
  if read[kind] then return read[kind](key) end
  local packed = redis.pcall("DUMP", key)
  return type(packed) == "string" and packed or ""
end
local function nth(key, n)
  if n == 1 then return true end
  local a, b, c = string.byte(key, -3, -1)
  return ((a or 0) * 65599 + (b or 0) * 257 + (c or 0) + #key) % n == 0
end
local function expiry(key)
  if exact then return call("PEXPIRETIME", key) end
  local left = call("PTTL", key)
  if left < 0 then return left end
  local now = call("TIME")
  return now[1] * 1000 + math.floor(now[2] / 1000) + left
end
local ODD = "[^0-9A-Za-z!-/:-@%[%]^-\`{-~]"
local function escaped(c) return string.format("\\\\x%02x", string.byte(c)) end
local lines, types, seen = { "0" }, {}, 0
repeat
  local page = call("SCAN", cursor, "COUNT", 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    seen = seen + 1
    local shown = nth(key, every)
    local kind = (shown or sums) and call("TYPE", key).ok or "none"
    if kind ~= "none" then
      local at = expiry(key)
      local of = types[kind] or { 0, 0, 0 }
      types[kind] = of
      of[1] = of[1] + 1
      local sum = nth(key, share) and number(kind .. ":" .. #key .. ":" .. key .. value(kind, key))
      if at == -1 then
        of[2] = of[2] + 1
        of[3] = sums and add(of[3], sum) or 0
      end
      if shown then
        local name = key
        if string.find(key, ODD) then name = string.gsub(key, ODD, escaped) end
        lines[#lines + 1] = "k\\t" .. kind .. "\\t" .. (at == -1 and "-1" or string.format("%.0f", at)) .. "\\t" .. (sum and string.format("%012x", sum) or "-") .. "\\t" .. name
      end
    end
  end
until cursor == "0" or seen >= limit
lines[1] = cursor
if sums or every == 1 then
  for kind, of in pairs(types) do
    lines[#lines + 1] = string.format("t\\t%s\\t%d\\t%d\\t%s", kind, of[1], of[2], sums and string.format("%.0f", of[3]) or "-")
  end
end
return lines`;

/** Keys read by one call: a live server serves nobody else for that long (about a tenth of a second). */
const PAGE = 20_000;

/** Up to so many keys every one is listed; of more, about as many, chosen by name. */
const LISTED = 100_000;
/** Of larger data about so much is read when its bytes have been proven by their digest already. */
const READ_BYTES = 32_000_000;
/** At least so many values are read. */
const READ_VALUES = 100;

/** How much a listing reads. */
export interface Extent {
  /** Every n-th key; undefined: so that there are about LISTED of them. */
  every: number | undefined;
  /** "sums": all values. Bytes of all data: as many values as are about READ_BYTES. */
  values: "sums" | { bytes: number };
}

/**
 * Defines `list`, which is called with the words of redis-cli (or a function) and prints every database's lines behind its
 * number, after setting `every` and `values` by the keys there are.
 */
export function listFunction({ every, values }: Extent): string {
  const share = values === "sums" ? 1 : Math.max(1, Math.ceil(values.bytes / READ_BYTES));
  return `lua='${LUA}'
keyspace() { "$@" INFO keyspace | tr -d '\\r' | sed -n 's/^db\\([0-9]*\\):keys=\\([0-9]*\\),expires=\\([0-9]*\\).*/\\1\t=\t\\2\t\\3/p'; }
extent() {
  keys=$(keyspace "$@" | { n=0; while read -r _ _ k _; do n=$((n + k)); done; echo $n; })
  every=${every ?? `$((keys / ${LISTED} + 1))`}
  ${values === "sums" ? "values=sums" : `values=$((keys / ${READ_VALUES} + 1)); [ $values -lt ${share} ] || values=${share}`}
}
list() {
  extent "$@"
  for db in $(keyspace "$@" | cut -f 1); do
    cursor=0
    while :; do
      page=$("$@" -n "$db" EVAL "$lua" 0 "$cursor" ${PAGE} "$every" "$values") || { printf '%s\\n' "$page" >&2; exit 1; }
      cursor=$(printf '%s\\n' "$page" | head -n 1)
      case $cursor in '' | *[!0-9]*) printf '%s\\n' "$page" | head -n 3 >&2; exit 1 ;; esac
      printf '%s\\n' "$page" | sed "1d; s/^/$db\t/"
      [ "$cursor" = 0 ] && break
    done
  done
  keyspace "$@"
  echo "now\t$("$@" TIME | head -n 1)"
}`;
}

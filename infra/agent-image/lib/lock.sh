# The three lock helpers: one request about one key.
#
# Without a gateway nothing is locked, so nothing is said to be: exit code 5.

# lock_command NAME ROUTE ARGUMENTS...
lock_command() {
  name=$1
  route=$2
  shift 2
  if ! has_gateway; then
    printf '%s\n' '{"ok":false,"reason":"no gateway"}'
    exit 5
  fi
  if [ -z "${1:-}" ]; then
    printf '{"ok":false,"error":"usage: %s <resourceKey>"}\n' "$name"
    exit 9
  fi
  body=$(printf '%s' "$1" | body_of resourceKey) || exit 7
  request POST 10 "$route"
  # The lock was there before an attempt whose answer was lost: that attempt has released it.
  if [ "$name" = runlock ] && [ "$status" = 404 ] && [ -n "$unsure" ]; then
    status=200 answer='{"ok":true}'
  fi
  finish
}

#!/bin/sh
# What any image can do with curl alone: take a lock, say how it goes, give a value back.
set -eu

# post ROUTE FIELDS: FIELDS are JSON, from the comma on. The body, which has the run's secret, goes by standard input: every
# process may read arguments. Sets $status and $answer.
post() {
  answer=$(printf '{"secret":"%s"%s}' "$SHUTDOWN_SECRET" "$2" |
    curl --silent --show-error --max-time 15 --retry 2 --write-out '\n%{http_code}' \
      --header 'Content-Type: application/json' --data-binary @- "$GATEWAY_URL$1")
  status=${answer##*"
"}
  answer=${answer%"
"*}
}

key='"resourceKey":"road://meadow/mill"'
post /locks/acquire ",$key"
if [ "$status" = 409 ]; then
  # Somebody else is on the road: another run may try.
  echo "the road is taken: $answer"
  exit 42
fi
[ "$status" = 200 ] || { echo "the gateway answered $status: $answer"; exit 1; }

post /signals/status ',"text":"on the road"'
printf '%s\n' '{"_log":true,"level":"info","msg":"the letter is under way","from":"meadow"}'
post /signals/return ',"value":"delivered"'
[ "$status" = 200 ] || exit 1
# The end of the run would give it back as well.
post /locks/release ",$key"

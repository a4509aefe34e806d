#!/bin/sh
# What the example agent does in its container. It uses only what every agent gets: the prompt, its credentials as files,
# and the gateway.
set -eu

log() { printf '{"_log":true,"level":"info","msg":"%s"}\n' "$1"; }

# signal <route> <field> <text>: tells the gateway something about this run.
signal() {
  node -e '
    const [route, field, text] = process.argv.slice(1);
    const body = JSON.stringify({ secret: process.env.SHUTDOWN_SECRET, [field]: text });
    fetch(process.env.GATEWAY_URL + "/signals/" + route, { method: "POST", body }).then(
      (answer) => { if (!answer.ok) process.exitCode = 1; },
      () => { process.exitCode = 1; },
    );
  ' "$1" "$2" "$3"
}

# issue <field>: a field of the event, which the prompt carries as JSON between two tags.
issue() {
  node -e '
    const json = /<webhook-trigger>\n(.*)\n<\/webhook-trigger>/s.exec(process.env.PROMPT)[1];
    process.stdout.write(String(JSON.parse(json)[process.argv[1]] ?? ""));
  ' "$1"
}

number=$(issue number)
title=$(issue title)
signal status text "reading issue #$number"

token="${AL_CREDENTIALS_PATH:-/credentials}/github_token/default/token"
if [ -s "$token" ]; then
  # A real agent would use it to answer on the issue. Its length is all that may be said aloud.
  log "credential github_token has $(wc -c <"$token" | tr -d ' ') bytes"
else
  log "credential github_token is missing"
  exit 13
fi

case "$title $(issue body)" in
  *rror* | *rash* | *ug* | *ail*) kind=bug ;;
  *\?*) kind=question ;;
  *) kind=feature ;;
esac
echo "issue #$number: $title"
echo "this is a $kind"

signal status text "issue #$number is a $kind"
signal return value "$kind"
log "run completed"

#!/bin/sh
# The entry point of an agent's container: entrypoint.sh [directory of the agent's own files]
#
# Credentials, git and ssh; hooks; then the agent's run.sh, or a coding agent with SKILL.md as its instructions; hooks; and
# the exit code that the agent contract has for how it went. Runs under any POSIX shell; needs curl and jq.

case $0 in
  */*) app=${0%/*} ;;
  *) app=. ;;
esac
app=$(CDPATH='' cd -- "$app" && pwd) || exit 1
static=${1:-${AL_STATIC_PATH:-$app/static}}
static=$(CDPATH='' cd -- "$static" 2>/dev/null && pwd) || static=$app/static

# Only this directory is sure to be writable.
scratch=${TMPDIR:-/tmp}
cd "$scratch" || exit 1
HOME=$scratch
PATH=$app/bin:$PATH
AL_SIGNAL_DIR=$scratch/signals
export HOME PATH AL_SIGNAL_DIR
work=$scratch/.drover
rm -rf "$work" "$AL_SIGNAL_DIR"
mkdir -m 700 "$work" && mkdir "$AL_SIGNAL_DIR" || exit 1

for part in log process gateway config credentials hooks skill outcome models; do
  # shellcheck source=/dev/null
  . "$app/lib/$part.sh"
done

# The gateway may be waking up. The agent is started without it as well: its helpers say that it is out of reach.
await_gateway() {
  tries=30
  while [ "$tries" -gt 0 ] && [ -z "$stop" ]; do
    if curl_gateway 2 /health --fail --output /dev/null >/dev/null; then return; fi
    tries=$((tries - 1))
    within 10 sleep "${AL_HEALTH_SECONDS:-1}"
  done
  if [ -z "$stop" ]; then log warn 'gateway out of reach'; fi
}

# The work of a script is its own: what it prints is passed on as it is.
run_script() {
  IFS= read -r first_line <"$1"
  is_program=
  case $first_line in
    '#!'*) if [ -x "$1" ]; then is_program=yes; fi ;;
  esac
  if [ -n "$is_program" ]; then session "$1" </dev/null & else session /bin/sh "$1" </dev/null & fi
  await "$!"
  if [ -n "$stop" ] || [ "$child_status" -ne 0 ]; then end_run "$child_status"; fi
  end_by_signals
}

load_config
log info 'container starting' '{agentName: $name, modelId: ($config[0].models[0].model // null), gatewayUrl: $url}' \
  --arg name "$agent_name" --arg url "${GATEWAY_URL:-}" --slurpfile config "$config"

# May stand in the image too, as text.
seconds=${TIMEOUT_SECONDS:-$(cat "$static/timeout" 2>/dev/null)}
case $seconds in
  '' | *[!0-9]*) seconds=$config_timeout ;;
esac
after "$seconds" stop_with 124
run_timer=$timer

if has_gateway; then await_gateway; fi
if [ -n "$stop" ]; then end_run "$stop"; fi
load_credentials
if ! run_hooks pre; then end_run 1; fi
if [ -n "$stop" ]; then end_run "$stop"; fi

has_begun=yes
if [ -e "$static/run.sh" ]; then
  run_script "$static/run.sh"
elif [ -e "$static/test-script.sh" ]; then
  run_script "$static/test-script.sh"
else
  run_models
fi

#!/bin/sh
# Calls both workers before it waits for either, so that they run at the same time.
set -eu

# ask AGENT CONTEXT: calls an agent and prints the id of the call.
ask() {
  accepted=$(printf '%s' "$2" | al-subagent "$1") || {
    echo "$1 was not called: $accepted" >&2
    return 1
  }
  printf '%s' "$accepted" | jq -r .callId
}

al-status 'calling the workers'
shearer=$(ask shearer 'the "black" sheep')
spinner=$(ask spinner "yesterday's wool")
echo "asked the shearer and the spinner"

al-status 'waiting for the workers'
answers=$(al-subagent-wait "$shearer" "$spinner" --timeout 90)

# An answer is there for each, however it ended.
if ! printf '%s' "$answers" | jq -e 'all(.[]; .status == "completed")' >/dev/null; then
  echo "the plan failed: $answers"
  exit 1
fi
# What a worker returned is a text; these return JSON.
printf '%s' "$answers" | jq -c '{wool: [.[].returnValue | fromjson]}' | al-return
echo "the plan is done"

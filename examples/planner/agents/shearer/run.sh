#!/bin/sh
# The barn has one floor: whoever works there holds its lock.
set -eu
floor=barn://meadow/floor

# What the caller said stands as JSON on a line of its own, between two tags of the prompt.
context=$(sed -n '/^<agent-call>$/,/^<\/agent-call>$/p' "$AL_PROMPT_FILE" | sed '1d;$d' | jq -r .context)

until granted=$(rlock "$floor"); do
  # 1 says that somebody else has it; anything else is no matter of waiting.
  [ $? -eq 1 ] || exit 14
  al-status "waiting for the floor"
  sleep 1
done
began=$(date +%s)
al-status "shearing $context"
sleep 2
ended=$(date +%s)
runlock "$floor"

# The fence grows with each holder.
printf '%s' "$granted" |
  jq -c --arg did "shear $context" --argjson began "$began" --argjson ended "$ended" \
    '{$did, $began, $ended, fence}' |
  al-return

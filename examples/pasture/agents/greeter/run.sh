#!/bin/sh
# Its prompt carries the event as JSON. Takes a moment, so that a second event of the same issue finds it at work.
number=$(printf '%s' "$PROMPT" | sed -n 's/.*"number":\([0-9]*\).*/\1/p' | head -n 1)
echo "greeting issue #$number"
sleep "${GREETING_SECONDS:-1}"
echo "done"

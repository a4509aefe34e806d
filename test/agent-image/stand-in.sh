#!/bin/sh
# Stands in for a coding agent: keeps how it was called, prints the events that it was given, and ends as it was told.
name=${0##*/}
at=${STAND_IN_DIRECTORY:?}
times=$(($(cat "$at/$name.times" 2>/dev/null || echo 0) + 1))
echo "$times" >"$at/$name.times"
printf '%s\n' "$@" >"$at/$name.arguments"
cat >"$at/$name.input"
jq -cn env >"$at/$name.environment"
events=$at/$name.events.$times
if [ ! -e "$events" ]; then events=$at/$name.events; fi
cat "$events"
if [ -e "$at/$name.then" ]; then . "$at/$name.then"; fi

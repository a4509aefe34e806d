#!/bin/sh
# Prints what an earlier shell has kept with setenv.
. "${0%/*}/../../infra/agent-image/bin/al-bash-init.sh"
printf '%s|%s|' "$A_1" "$B"

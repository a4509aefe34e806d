# Hooks: shell commands before and after the agent's work. Their output is not logged; their errors are.

hook_seconds=${AL_HOOK_SECONDS:-300}

# run_hooks WHEN: all of them, in their order, up to the first that fails.
run_hooks() {
  eval "hook_count=\${hook_$1_count:-0}"
  if [ "$hook_count" -eq 0 ]; then return 0; fi
  log info "hooks.$1 starting" '{count: $count}' --argjson count "$hook_count"
  hooks_began=$(date +%s)
  hook=0
  while [ "$hook" -lt "$hook_count" ]; do
    hook=$((hook + 1))
    eval "hook_command=\$hook_$1_$hook"
    within "$(hook_limit)" /bin/sh -c "$hook_command" >/dev/null
    hook_status=$child_status
    if [ "$hook_status" -ne 0 ]; then
      log error "hooks.$1 failed" '{hook: $hook, cmd: $cmd[:200], exitCode: $code}' \
        --argjson hook "$hook" --arg cmd "$hook_command" --argjson code "$hook_status"
      # One that cleans up must not keep the next one from doing so.
      if [ "$1" = pre ]; then return 1; fi
    fi
  done
  log info "hooks.$1 complete" '{durationMs: $ms}' --argjson ms "$((($(date +%s) - hooks_began) * 1000))"
}

# A run that was stopped has 10 seconds in all, of which its child has had up to 4.
hook_limit() {
  if [ -z "$stop" ]; then
    echo "$hook_seconds"
    return
  fi
  hook_left=$((hooks_began + 4 - $(date +%s)))
  if [ "$hook_left" -lt 1 ]; then hook_left=1; fi
  echo "$hook_left"
}

# Instructions that run commands: !`command` in SKILL.md stands for what the command prints.

injection_seconds=${AL_INJECTION_SECONDS:-60}

# expand_skill: replaces each of them in skill.md, where the agent is a model.
expand_skill() {
  jq -n --rawfile text "$work/skill.md" -f "$app/lib/skill.jq" >"$work/skill.json" || return 0
  pieces=$(jq length "$work/skill.json")
  if [ "$pieces" -le 1 ]; then return 0; fi
  piece=0
  : >"$work/expanded.md"
  while [ "$piece" -lt "$pieces" ]; do
    injection=$(jq -r --argjson piece "$piece" '.[$piece].command // ""' "$work/skill.json")
    if [ -n "$injection" ]; then
      within "$injection_seconds" /bin/sh -c "$injection" >"$work/injected"
      # Without the end of the last line, as a shell would have it.
      printf '%s' "$(cat "$work/injected")" >>"$work/expanded.md"
      if [ "$child_status" -ne 0 ]; then
        printf '(the command ended with %s)' "$child_status" >>"$work/expanded.md"
        log warn 'injection failed' '{cmd: $cmd[:200], exitCode: $code}' \
          --arg cmd "$injection" --argjson code "$child_status"
      fi
    else
      jq -jr --argjson piece "$piece" '.[$piece].text' "$work/skill.json" >>"$work/expanded.md"
    fi
    if [ -n "$stop" ]; then end_run "$stop"; fi
    piece=$((piece + 1))
  done
  mv "$work/expanded.md" "$work/skill.md"
}

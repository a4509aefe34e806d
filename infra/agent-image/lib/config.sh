# The run's configuration and what it is asked to do. Sets agent_name, model_count and so on (config.jq), and leaves
# config.json, skill.md and prompt.txt in the work directory.

# A variable of more bytes than this cannot be handed to a program (Linux: 128 KiB each).
longest_variable=100000

load_config() {
  config=$work/config.json
  if [ "${DROVER_FETCH:-}" = 1 ]; then
    fetch_config
  elif [ -n "${AGENT_CONFIG:-}" ]; then
    printf '%s' "$AGENT_CONFIG" >"$config"
  elif [ -r "$static/agent-config.json" ]; then
    cat "$static/agent-config.json" >"$config"
  else
    printf '{}' >"$config"
  fi
  settings=$(jq -r -f "$app/lib/config.jq" "$config" 2>/dev/null) ||
    give_up 1 'the configuration of the agent is no JSON object'
  eval "$settings"
  write_skill
  write_prompt
}

# What is too large for a variable is asked for, with the run's secret.
fetch_config() {
  request GET 30 /run
  if [ "$status" != 200 ]; then give_up 1 'the run cannot be fetched' "the gateway answered ${status:-nothing}"; fi
  printf '%s' "$answer" >"$work/run.json"
  if ! jq '.agentConfig | if type == "string" then fromjson else . end' "$work/run.json" >"$config" 2>/dev/null; then
    give_up 1 'the run that was fetched cannot be read'
  fi
  jq -jr '.prompt // ""' "$work/run.json" >"$work/fetched"
  PROMPT=$(cat "$work/fetched")
}

# The instructions: in the configuration, or SKILL.md without its front matter.
write_skill() {
  if [ "$has_skill" = true ]; then
    jq -r '._skillBody' "$config" >"$work/skill.md"
  elif [ -r "$static/SKILL.md" ]; then
    awk 'NR == 1 && /^---[ \t\r]*$/ { inside = 1; next }
      inside && /^---[ \t\r]*$/ { inside = 0; next }
      !inside' "$static/SKILL.md" >"$work/skill.md"
  else
    : >"$work/skill.md"
  fi
}

# What is asked: what the image has of it, and what this run has.
write_prompt() {
  {
    if [ -r "$static/prompt-static.txt" ]; then
      cat "$static/prompt-static.txt"
      printf '\n'
    fi
    printf '%s' "${PROMPT:-}"
  } >"$work/prompt.txt"
  AL_PROMPT_FILE=$work/prompt.txt
  AL_CONFIG_FILE=$config
  export AL_PROMPT_FILE AL_CONFIG_FILE
  # By the program: a shell counts characters.
  if [ "$(printf '%s' "${PROMPT:-}" | wc -c)" -gt "$longest_variable" ]; then unset PROMPT; else export PROMPT; fi
}

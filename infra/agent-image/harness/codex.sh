# codex, headless: its own instructions, and those of SKILL.md as its AGENTS.md.

start_codex() {
  CODEX_HOME=$HOME/.codex
  export CODEX_HOME
  mkdir -p "$CODEX_HOME"
  cp "$work/skill.md" "$CODEX_HOME/AGENTS.md"
  if [ -n "$provider_key" ]; then export "CODEX_API_KEY=$provider_key"; fi
  # Nobody is there to be asked; the container is the sandbox.
  set -- exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox --model "$model"
  # It would keep secrets from the commands that it runs, and so from the helpers.
  set -- "$@" --config 'shell_environment_policy.inherit="all"' \
    --config 'shell_environment_policy.ignore_default_excludes=true'
  if [ -n "$baseUrl" ]; then
    set -- "$@" --config 'model_provider="custom"' --config 'model_providers.custom.name="custom"' \
      --config "model_providers.custom.base_url=$(printf '%s' "$baseUrl" | json_string)" \
      --config 'model_providers.custom.env_key="CODEX_API_KEY"' \
      --config 'model_providers.custom.wire_api="responses"'
  fi
  case $thinking in
    '') ;;
    off) set -- "$@" --config 'model_reasoning_effort="none"' ;;
    *) set -- "$@" --config "model_reasoning_effort=\"$thinking\"" ;;
  esac
  session codex "$@" -
}

# claude, headless: its own instructions, and those of SKILL.md after them.

start_claude() {
  # Nobody is there to be asked; a container is the sandbox that it insists on.
  IS_SANDBOX=1
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
  # After these it is the next model's turn.
  CLAUDE_CODE_MAX_RETRIES=${CLAUDE_CODE_MAX_RETRIES:-3}
  export IS_SANDBOX CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC CLAUDE_CODE_MAX_RETRIES
  if [ "$provider" = vertex ]; then
    CLAUDE_CODE_USE_VERTEX=1
    ANTHROPIC_VERTEX_PROJECT_ID=$(google_project)
    CLOUD_ML_REGION=${GOOGLE_CLOUD_LOCATION:-global}
    export CLAUDE_CODE_USE_VERTEX ANTHROPIC_VERTEX_PROJECT_ID CLOUD_ML_REGION
  elif [ "$authType" = oauth_token ]; then
    export "CLAUDE_CODE_OAUTH_TOKEN=$provider_key"
  elif [ -n "$provider_key" ]; then
    export "ANTHROPIC_API_KEY=$provider_key"
  fi
  if [ -n "$baseUrl" ]; then export "ANTHROPIC_BASE_URL=$baseUrl"; fi
  set -- -p --output-format stream-json --verbose --no-session-persistence --dangerously-skip-permissions --model "$model"
  if [ -s "$work/skill.md" ]; then set -- "$@" --append-system-prompt-file "$work/skill.md"; fi
  case $thinking in
    '') ;;
    off) export MAX_THINKING_TOKENS=0 ;;
    minimal) set -- "$@" --effort low ;;
    *) set -- "$@" --effort "$thinking" ;;
  esac
  session claude "$@"
}

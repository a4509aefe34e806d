# pi, headless, for any provider: its own instructions, and those of SKILL.md after them.

start_pi() {
  PI_OFFLINE=1
  PI_CODING_AGENT_DIR=$HOME/.pi/agent
  export PI_OFFLINE PI_CODING_AGENT_DIR
  mkdir -p "$PI_CODING_AGENT_DIR"
  case $provider in
    google) key_name=GEMINI_API_KEY ;;
    *) key_name=$(printf '%s_API_KEY' "$provider" | tr 'a-z-' 'A-Z_' | tr -dc 'A-Z0-9_') ;;
  esac
  if [ "$authType" = oauth_token ] && [ "$provider" = anthropic ]; then key_name=ANTHROPIC_OAUTH_TOKEN; fi
  if [ -n "$provider_key" ]; then export "$key_name=$provider_key"; fi
  if [ -n "$baseUrl" ]; then
    jq -n --arg provider "$provider" --arg model "$model" --arg url "$baseUrl" --arg key "$key_name" \
      -f "$app/harness/pi-models.jq" >"$PI_CODING_AGENT_DIR/models.json"
  fi
  set -- --mode json --print --no-session --provider "$provider" --model "$model"
  if [ -s "$work/skill.md" ]; then set -- "$@" --append-system-prompt "$work/skill.md"; fi
  if [ -n "$thinking" ]; then set -- "$@" --thinking "$thinking"; fi
  session pi "$@"
}

# gemini, headless: its own instructions, and those of SKILL.md as its context file. With a key, or through Vertex AI as the
# job itself, which needs none.

start_gemini() {
  mkdir -p "$HOME/.gemini"
  cp "$work/skill.md" "$HOME/.gemini/GEMINI.md"
  # Nobody is there to be asked.
  GEMINI_CLI_TRUST_WORKSPACE=true
  export GEMINI_CLI_TRUST_WORKSPACE
  if [ "$provider" = vertex ] || [ -z "$provider_key" ]; then
    auth=vertex-ai
    unset GEMINI_API_KEY GOOGLE_API_KEY
    GOOGLE_GENAI_USE_VERTEXAI=true
    GOOGLE_CLOUD_PROJECT=$(google_project)
    GOOGLE_CLOUD_LOCATION=${GOOGLE_CLOUD_LOCATION:-global}
    export GOOGLE_GENAI_USE_VERTEXAI GOOGLE_CLOUD_PROJECT GOOGLE_CLOUD_LOCATION
    if [ -n "$baseUrl" ]; then export "GOOGLE_VERTEX_BASE_URL=$baseUrl"; fi
  else
    auth=gemini-api-key
    export "GEMINI_API_KEY=$provider_key"
    if [ -n "$baseUrl" ]; then export "GOOGLE_GEMINI_BASE_URL=$baseUrl"; fi
  fi
  # It would take another address for another way to sign in, and try ten times before it is the next model's turn.
  printf '{"security":{"auth":{"selectedType":"%s"}},"general":{"maxAttempts":3}}' "$auth" >"$HOME/.gemini/settings.json"
  session gemini --output-format stream-json --approval-mode yolo --model "$model"
}

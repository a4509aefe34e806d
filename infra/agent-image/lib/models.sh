# A model does the work: the agent's models in their order, each through the coding agent that speaks to it.

# Seconds to wait between passes over all models, while all of them are rate limited.
backoff_seconds=${AL_BACKOFF_SECONDS-30 60 120}

run_models() {
  if [ "$model_count" -eq 0 ]; then
    give_up 13 'neither run.sh nor a model is there to do the work'
  fi
  expand_skill
  # None of them starts without a word.
  if [ ! -s "$work/prompt.txt" ]; then printf 'Do what your instructions say.' >"$work/prompt.txt"; fi
  usage='{}'
  pass=1
  for pause in $backoff_seconds end; do
    model_number=0
    while [ "$model_number" -lt "$model_count" ]; do
      run_model "$model_number"
      if [ -n "$stop" ]; then end_run "$stop"; fi
      case $outcome in
        ok) end_by_signals ;;
        auth) end_run 10 ;;
        rate) log warn 'rate limited, trying next model' '{provider: $provider, model: $model}' \
          --arg provider "$provider" --arg model "$model" ;;
        *) end_run 1 ;;
      esac
      model_number=$((model_number + 1))
    done
    [ "$pause" = end ] && break
    log warn 'all models exhausted, backing off' '{pass: $pass, delayMs: $ms}' \
      --argjson pass "$pass" --argjson ms "$((pause * 1000))"
    pass=$((pass + 1))
    within "$((pause + 60))" sleep "$pause"
    if [ -n "$stop" ]; then end_run "$stop"; fi
  done
  log error 'all models exhausted'
  end_run 12
}

# run_model NUMBER: one session with a model; sets $outcome to ok, rate, auth, abort or error.
run_model() {
  eval "$(jq -r --argjson number "$1" -f "$app/lib/model.jq" "$config")"
  choose_harness
  read_provider_key
  log info 'creating agent session' '{provider: $provider, model: $model, harness: $harness, thinking: $thinking}' \
    --arg provider "$provider" --arg model "$model" --arg harness "$harness" --arg thinking "$thinking"
  rm -f "$work/events" "$work/errors" "$work/outcome" "$work/stderr"
  mkfifo "$work/events" "$work/errors" || give_up 1 'no pipe for the events of the agent'
  tee "$work/stderr" <"$work/errors" >&2 &
  errors_reader=$!
  read_events <"$work/events" &
  events_reader=$!
  start_harness <"$work/prompt.txt" >"$work/events" 2>"$work/errors" &
  await "$!"
  wait "$events_reader" 2>/dev/null
  wait "$errors_reader" 2>/dev/null
  judge
}

# In the background: the events as log lines. What they come to, as an object, goes the way of jq's errors.
read_events() {
  jq -Rncr --unbuffered -L "$app/harness" --argjson base "$usage" -f "$app/harness/$harness.jq" 2>"$work/outcome"
  if [ "$(jq -r '.kind' "$work/outcome" 2>/dev/null)" = abort ]; then stop_with 1; fi
}

# In the background: the coding agent, headless, with the key in its environment.
start_harness() {
  BASH_ENV=$app/bin/al-bash-init.sh
  export BASH_ENV
  # A login shell, which some of them start, makes itself a new path.
  # shellcheck disable=SC2016 # It is that shell's path.
  printf 'PATH=%s:$PATH\n. %s\n' "$(quoted "$app/bin")" "$(quoted "$BASH_ENV")" >"$HOME/.profile"
  "start_$harness"
}

# quoted TEXT: as one word of a shell.
quoted() {
  jq -nr --arg text "$1" '$text | @sh'
}

# judge: what the events and the exit status come to.
judge() {
  if [ ! -r "$work/stderr" ]; then : >"$work/stderr"; fi
  eval "$(jq -nr -L "$app/harness" --argjson code "$child_status" --rawfile reported "$work/outcome" \
    --rawfile stderr "$work/stderr" -f "$app/lib/judge.jq")"
  if [ "$outcome" = ok ]; then
    log info 'run completed' '{outputLength: $length}' --argjson length "$output_length"
  elif [ -z "$stop" ]; then
    log error 'agent session failed' '{harness: $harness, kind: $kind, exitCode: $code, error: $error}' \
      --arg harness "$harness" --arg kind "$outcome" --argjson code "$child_status" --arg error "$failure"
  fi
}

# choose_harness: as the model says, or else the one its provider made, or else pi, which speaks to all of them.
choose_harness() {
  if [ -z "$harness" ]; then
    case $provider in
      anthropic) harness=claude ;;
      google) harness=gemini ;;
      openai) harness=codex ;;
      vertex)
        case $model in
          claude*) harness=claude ;;
          *) harness=gemini ;;
        esac
        ;;
      *) harness=pi ;;
    esac
    if ! command -v "$harness" >/dev/null 2>&1 && command -v pi >/dev/null 2>&1; then harness=pi; fi
  fi
  case $harness in
    claude | gemini | codex | pi) ;;
    *) give_up 13 "no harness is called $harness" ;;
  esac
  if ! command -v "$harness" >/dev/null 2>&1; then give_up 14 "the image has no $harness"; fi
}

# read_provider_key: the provider's key as $provider_key: of the instances that the agent lists `default`, or else the first;
# where it lists none, of those that are there.
read_provider_key() {
  provider_key=
  type=${provider}_key
  field=token
  # Names without white space or patterns in them.
  # shellcheck disable=SC2046
  for instance in $(jq -r --arg type "$type" -f "$app/lib/instances.jq" "$config") default; do
    if read_field; then
      provider_key=$value
      return
    fi
  done
  for directory in "$credentials/$type"/*/; do
    instance=${directory%/}
    instance=${instance##*/}
    if read_field; then
      provider_key=$value
      return
    fi
  done
}

# google_project: of the job, as its machine knows it.
google_project() {
  if [ -n "${GOOGLE_CLOUD_PROJECT:-}" ]; then
    printf '%s' "$GOOGLE_CLOUD_PROJECT"
  else
    curl -q --silent --fail --max-time 5 --header 'Metadata-Flavor: Google' \
      "http://${GCE_METADATA_HOST:-metadata.google.internal}/computeMetadata/v1/project/project-id"
  fi
}

for name in claude gemini codex pi; do
  # shellcheck source=/dev/null
  . "$app/harness/$name.sh"
done

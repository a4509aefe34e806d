# Talks to the gateway. Sourced by the helpers and the entry point.
#
# The run's secret is never an argument of a program, which every process may read: it travels in bodies and headers that
# curl and jq take from their standard input or environment.

# Seconds between the attempts of one request: so many, and one more.
retry_seconds=${AL_RETRY_SECONDS-1 3}

newline='
'

has_gateway() {
  [ -n "${GATEWAY_URL:-}" ]
}

# Text is read with --rawfile everywhere: -R reads 4 KiB at a time and breaks a character that stands across two of them.

# json_string: standard input, a pipe, as a JSON string.
json_string() {
  jq -n --rawfile text /dev/stdin '$text'
}

# body_of FIELD: a request body with the run's secret and standard input, a pipe, as FIELD.
body_of() {
  jq -nc --arg field "$1" --rawfile text /dev/stdin '{secret: (env.SHUTDOWN_SECRET // "")} + {($field): $text}'
}

# bare_body: a request body with the run's secret alone.
bare_body() {
  jq -nc '{secret: (env.SHUTDOWN_SECRET // "")}'
}

# uri_part TEXT: TEXT as one part of a path.
uri_part() {
  case $1 in
    *[!A-Za-z0-9-]*) printf '%s' "$1" | jq -nr --rawfile text /dev/stdin '$text | @uri' ;;
    *) printf '%s' "$1" ;;
  esac
}

# curl_gateway LIMIT PATH ARGUMENTS...: one exchange of at most LIMIT seconds; prints body, newline, status.
curl_gateway() {
  limit=$1
  url=${GATEWAY_URL%/}$2
  shift 2
  # What is asked of the gateway is a part of the run's trace.
  case ${TRACEPARENT:-} in
    '' | *[!0-9a-f-]*) ;;
    *) set -- --header "traceparent: $TRACEPARENT" "$@" ;;
  esac
  curl -q --silent --globoff --path-as-is --proto '=http,https' --connect-timeout 5 --max-time "$limit" \
    --write-out '\n%{http_code}' "$@" "$url" 2>/dev/null
}

# exchange METHOD LIMIT PATH [IDEMPOTENCY_KEY]: sends $body (POST) or nothing (GET); sets $status and $answer.
exchange() {
  if [ "$1" = GET ]; then
    secret=${SHUTDOWN_SECRET:-}
    case $secret in
      *[!A-Za-z0-9._~+/=-]*) secret=$(printf '%s' "$secret" | tr -d '\r\n' | sed 's/[\\"]/\\&/g') ;;
    esac
    response=$(printf 'header = "Authorization: Bearer %s"\n' "$secret" |
      curl_gateway "$2" "$3" --config -)
  else
    response=$(printf '%s' "$body" |
      curl_gateway "$2" "$3" --header 'Content-Type: application/json' --header 'Expect:' \
        ${4:+--header "Idempotency-Key: $4"} --data-binary @-)
  fi
  case $? in
    0)
      status=${response##*"$newline"}
      answer=${response%"$newline"*}
      ;;
    # There is no curl, or it cannot be started.
    126 | 127)
      status=''
      answer=''
      ;;
    # Also when the answer broke off: half of an answer is none.
    *)
      status=000
      answer=''
      ;;
  esac
}

# request METHOD LIMIT PATH [IDEMPOTENCY_KEY]: an exchange that is repeated while the gateway is out of reach, busy or
# broken. Only for what may be done twice. Sets $unsure when an attempt before the last may have had its effect.
request() {
  unsure=
  for pause in $retry_seconds end; do
    exchange "$@"
    case $status in
      000 | 429 | 5??) ;;
      *) return 0 ;;
    esac
    [ "$pause" = end ] && return 0
    [ "$status" = 429 ] || unsure=yes
    sleep "$pause"
  done
}

# exit_code: the contract's exit code for $status.
exit_code() {
  case $status in
    200) echo 0 ;;
    409) echo 1 ;;
    404) echo 2 ;;
    403) echo 3 ;;
    400) echo 4 ;;
    503) echo 5 ;;
    000) echo 6 ;;
    502) echo 10 ;;
    504) echo 11 ;;
    500) echo 12 ;;
    *) echo 7 ;;
  esac
}

# finish: prints the answer and exits as its status says.
finish() {
  printf '%s\n' "$answer"
  exit "$(exit_code)"
}

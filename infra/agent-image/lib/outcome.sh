# How the run ends: what the agent signalled, and the exit code.

# end_run CODE: hooks after the work, if it was begun; then the end. A reason to stop comes before any other.
end_run() {
  is_finishing=yes
  cancel "${run_timer:-}"
  if [ -n "${has_begun:-}" ]; then run_hooks post; fi
  exit "${stop:-$1}"
}

# give_up CODE MESSAGE [WHY]: the container's own error, and the end.
give_up() {
  log error 'container entry error' '{error: $error}' --arg error "$2${3:+: $3}"
  end_run "$1"
}

# end_by_signals: after work that went well, the end that the agent asked for. An exit code comes before a rerun, and a
# rerun before a return value.
end_by_signals() {
  exit_signal=$(sed -n '1s/^[[:space:]]*\([0-9]\{1,3\}\).*/\1/p' "$AL_SIGNAL_DIR/exit" 2>/dev/null)
  if [ -n "$exit_signal" ]; then
    # Not as an octal number.
    exit_signal=${exit_signal#0}
    exit_signal=${exit_signal#0}
    exit_signal=${exit_signal:-0}
    if [ "$exit_signal" -le 255 ]; then
      log info signal-result '{type: "exit", exitCode: $code, reason: $reason}' \
        --argjson code "$exit_signal" --arg reason "$(exit_meaning "$exit_signal")"
      end_run "$exit_signal"
    fi
  fi
  if [ -e "$AL_SIGNAL_DIR/rerun" ]; then
    log info signal-result '{type: "rerun"}'
    end_run 42
  fi
  if [ -s "$AL_SIGNAL_DIR/return" ]; then
    # The whole value has gone to the gateway; a line of the log holds its beginning.
    log info signal-result '($value | ltrimstr("\n") | sub("\\s+$"; "")) as $text
      | {type: "return", value: $text[:1000]}
        + if ($text | length) > 1000 then {length: ($text | length)} else {} end' \
      --rawfile value "$AL_SIGNAL_DIR/return"
  fi
  end_run 0
}

exit_meaning() {
  case $1 in
    0) echo 'done' ;;
    10) echo 'authentication failed' ;;
    11) echo 'permission denied' ;;
    12) echo 'rate limited' ;;
    13) echo 'invalid configuration' ;;
    14) echo 'a dependency failed' ;;
    15) echo 'unrecoverable' ;;
    16) echo 'aborted by a user' ;;
    42) echo 'another run is asked for' ;;
    *) echo 'as the agent said' ;;
  esac
}

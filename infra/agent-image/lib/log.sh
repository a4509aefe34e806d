# Log lines of the agent contract, one JSON object a line on standard output.

# log LEVEL MESSAGE [FILTER JQ_ARGUMENTS...]: FILTER makes an object of more fields. Texts from outside go in as --arg.
log() {
  log_level=$1
  log_message=$2
  shift 2
  if [ $# -eq 0 ]; then
    # Much the commonest, and without a process of jq.
    printf '{"_log":true,"level":"%s","msg":"%s","ts":%s000}\n' "$log_level" "$log_message" "$(date +%s)"
    return
  fi
  log_fields=$1
  shift
  jq -nc --arg level "$log_level" --arg message "$log_message" "$@" \
    "{_log: true, level: \$level, msg: \$message} + $log_fields + {ts: (now * 1000 | floor)}"
}

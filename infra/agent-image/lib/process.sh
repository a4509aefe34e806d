# Processes of the entry point: each in a session of its own, so that it can be ended with all that it has started.

# Why the run is to stop before its work is done, as its exit code; empty: it is not.
stop=
# Whether the work is over: what is started now is not stopped any more.
is_finishing=
child=
child_status=
ending=
timer=
has_setsid=
if command -v setsid >/dev/null 2>&1; then has_setsid=yes; fi

trap 'on_stop 143' TERM INT
# Somebody within the container left the reason in a file: the timer, or whoever reads the agent's events.
trap 'on_stop "$(cat "$work/stop")"' USR1

# The first reason counts: whatever ends because of it is only its consequence. The child is ended right here, because a
# signal that arrives just before a `wait` does not break it off.
on_stop() {
  if [ -n "$stop" ]; then return; fi
  stop=$1
  end_child
}

# end_child: asks it to end, and forces it 4 seconds later: Cloud Run gives 10 in all, and hooks are still to come.
end_child() {
  if [ -z "$child" ] || [ -n "$ending" ] || [ -n "$is_finishing" ]; then return; fi
  signal_child TERM
  end_child_timer=$timer
  after 4 signal_child KILL
  ending=$timer
  timer=$end_child_timer
}

# stop_with CODE: from a process in the background, has the entry point stop.
stop_with() {
  printf '%s' "$1" >"$work/stop"
  kill -USR1 "$$"
}

# session COMMAND...: becomes it. To be called in the background.
session() {
  if [ -n "$has_setsid" ]; then exec setsid "$@"; else exec "$@"; fi
}

# signal_child SIGNAL: to the child and all of its session; to the child alone while it has none of its own yet.
signal_child() {
  { [ -n "$has_setsid" ] && kill "-$1" "-$child"; } 2>/dev/null || kill "-$1" "$child" 2>/dev/null
}

# after SECONDS COMMAND...: in the background, as $timer. It is cancelled by a signal that this shell does not catch: until a
# new process has forgotten our traps, it would lose one that we do.
after() {
  (
    trap 'kill "$nap" 2>/dev/null; exit' USR2
    sleep "$1" &
    nap=$!
    wait "$nap"
    shift
    "$@"
  ) </dev/null >/dev/null 2>&1 &
  timer=$!
}

# cancel PROCESS: a timer, or nothing.
cancel() {
  if [ -z "$1" ]; then return; fi
  kill -USR2 "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

# await PROCESS: waits for the child that was just started; sets $child_status.
await() {
  child=$1
  # It came between the start and here.
  if [ -n "$stop" ]; then end_child; fi
  # A signal to this shell breaks a wait off, with the child still there.
  while :; do
    wait "$child" 2>/dev/null
    child_status=$?
    kill -0 "$child" 2>/dev/null || break
  done
  cancel "$ending"
  ending=
  # What it left in the background would hold our pipes open, and outlive the run where no container is around it.
  if [ -n "$has_setsid" ]; then signal_child KILL; fi
  child=
}

# within SECONDS COMMAND...: runs it for at most so long; 124 when that was too short.
within() {
  within_seconds=$1
  shift
  rm -f "$work/overdue"
  session "$@" </dev/null &
  child=$!
  after "$within_seconds" overdue
  within_timer=$timer
  await "$child"
  cancel "$within_timer"
  if [ -e "$work/overdue" ]; then child_status=124; fi
  return "$child_status"
}

overdue() {
  : >"$work/overdue"
  signal_child TERM
  sleep 2
  signal_child KILL
}

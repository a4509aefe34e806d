# What the readers of all coding agents share. A reader is a step from a state, which holds the `event`, to the next state,
# whose `out` is what is printed for that event: log lines, and text that was no event.

def cut($length): tostring | if length > $length then .[:$length] else . end;

def log($level; $msg): {_log: true, level: $level, msg: $msg} + . + {ts: (now * 1000 | floor)};

def say($level; $msg; fields): .out += [fields | log($level; $msg)];

# A text of an error: what to do about it.
def isRateLimit: test("rate.?limit|\\b429\\b|\\b529\\b|overloaded|resource.?exhausted|quota.exceeded"; "i");
def isAuthFailure:
  test("\\b40[13]\\b|unauthori[sz]ed|authentication|forbidden|permission denied|permission_denied|bad credentials|invalid.{0,5}api.?key|api.?key.{0,20}(invalid|not valid|missing|required)|not logged in"; "i");
def kindOf: if isRateLimit then "rate" elif isAuthFailure then "auth" else "error" end;

def noUsage: {inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cost: 0, turnCount: 0};

def plus($other): . as $one | noUsage | with_entries(.value = ($one[.key] // 0) + ($other[.key] // 0));

def withTotal: .totalTokens = .inputTokens + .outputTokens + .cacheReadTokens + .cacheWriteTokens;

# The numbers of this session, and of those before it.
def total($base): .usage | plus($base) | withTotal;

# Only what is new.
def report($base):
  total($base) as $total
  | if $total.totalTokens == ({} | plus($base) | withTotal).totalTokens or $total == .reported then .
    else say("info"; "token-usage"; $total) | .reported = $total end;

def assistant($text):
  if ($text | test("\\S")) then say("info"; "assistant"; {text: $text}) | .length += ($text | length) else . end;

# A tool that begins; its command is remembered for the case that it fails.
def tool($id; $name; $command):
  .tools[$id // ""] = {tool: $name, cmd: ($command | cut(200))}
  | if $name | test("^(bash|shell|run_shell_command|command)$"; "i")
    then say("info"; "bash"; {cmd: ($command | cut(200))})
    else say("debug"; "tool start"; {tool: $name, cmd: ($command | cut(200))}) end;

def toolDone($id; $result):
  say("debug"; "tool done"; {tool: (.tools[$id // ""].tool // ""), resultLength: ($result | tostring | length)});

# Three that look like refused access end the session: it would only go on knocking.
def toolFailed($id; $result):
  (.tools[$id // ""] // {tool: "", cmd: ""}) as $tool
  | say("error"; "tool error"; $tool + {result: ($result | cut(1000))})
  | if $result | tostring | isAuthFailure then .refused += 1 else . end;

def failed($error): .error = ($error | cut(2000));

def isAborted: .refused >= 3;

def verdict($base):
  {usage: total($base), length, error}
  + {kind: (if isAborted then "abort" elif .error then (.error | kindOf) else "ok" end)};

# Events, one JSON object a line; another line is passed on as it is.
def events($base; step):
  {out: [], usage: noUsage, tools: {}, length: 0, refused: 0, error: null, isOver: false} as $start
  | foreach ((inputs | (fromjson? | objects) // {type: "\u0000text", line: .}), null) as $event ($start;
      .out = []
      | if $event == null then report($base) | .isOver = true
        elif $event.type == "\u0000text" then .out += [$event.line]
        else .event = $event | step end;
      .out[],
      if .isOver or isAborted
      then
        (if isAborted then {error: "three tools were refused access"} | log("error"; "access refused") else empty end),
        (verdict($base) | stderr | empty),
        halt
      else empty end);

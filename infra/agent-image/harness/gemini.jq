# The events of gemini --output-format stream-json, or the one object of json. What the model says comes in pieces.

include "common";

def numbers: {
  inputTokens: (.input // ((.input_tokens // 0) - (.cached // 0))),
  outputTokens: (.output_tokens // 0),
  cacheReadTokens: (.cached // 0)
};

def modelNumbers: [.models[]?.tokens | {
  inputTokens: (.input // ((.prompt // 0) - (.cached // 0))),
  outputTokens: (.candidates // 0),
  cacheReadTokens: (.cached // 0)
}];

def flush: (.said // "") as $said | .said = "" | assistant($said);

events($base;
  .event as $event
  | if $event.type == "message" and $event.role == "assistant" then
      if $event.delta then .said = (.said // "") + ($event.content // "") else flush | assistant($event.content // "") end
      | .turns = (.turns // 0)
    elif $event.type == "tool_use" then
      flush | tool($event.tool_id; $event.tool_name // ""; $event.parameters.command // $event.parameters.file_path // $event.parameters // "")
      | .turns = (.turns // 0) + 1
    elif $event.type == "tool_result" then
      if $event.status == "error" then toolFailed($event.tool_id; $event.error.message // $event.output // "")
      else toolDone($event.tool_id; $event.output // "") end
    elif $event.type == "error" then
      flush | say("warn"; "event"; {text: ($event.message // "" | cut(1000))})
      | if $event.severity == "error" then failed($event.message // "error") else . end
    elif $event.type == "result" then
      flush
      | .usage = (($event.stats // {} | numbers) + {turnCount: ((.turns // 0) + 1)})
      | if $event.status == "error" then failed("\($event.error.type // "") \($event.error.message // "error")")
        else .error = null end
    elif ($event | has("response") or has("error")) and ($event | has("type") | not) then
      assistant($event.response // "")
      | .usage = reduce ($event.stats // {} | modelNumbers[]) as $one ({turnCount: 1}; plus($one))
      | if $event.error then failed("\($event.error.type // "") \($event.error.message // "error") \($event.error.code // "")") else . end
    else . end)

# The events of claude --output-format stream-json. A message comes in several events, each with the usage so far.

include "common";

def numbers: {
  inputTokens: (.input_tokens // 0),
  outputTokens: (.output_tokens // 0),
  cacheReadTokens: (.cache_read_input_tokens // 0),
  cacheWriteTokens: (.cache_creation_input_tokens // 0)
};

def resultText: if type == "array" then map(.text? // "") | join("\n") else tostring end;

events($base;
  .event as $event
  | if $event.type == "assistant" then
      .messages[$event.message.id // ""] = ($event.message.usage // {} | numbers)
      | .usage = (reduce .messages[] as $one ({}; plus($one)) | .turnCount = 0)
      | reduce ($event.message.content[]? | objects) as $part (.;
          if $part.type == "text" then assistant($part.text)
          elif $part.type == "tool_use"
            then tool($part.id; $part.name; $part.input.command // $part.input.file_path // $part.input // "")
          else . end)
    elif $event.type == "user" then
      reduce ($event.message.content | arrays | .[] | objects | select(.type == "tool_result")) as $part (.;
        if $part.is_error then toolFailed($part.tool_use_id; $part.content | resultText)
        else toolDone($part.tool_use_id; $part.content | resultText) end)
      | report($base)
    elif $event.type == "system" and $event.subtype == "api_retry" then
      say("warn"; "event"; {text: "attempt \($event.attempt) failed: \($event.error_status // "") \($event.error // "")"})
    elif $event.type == "result" then
      .usage = (($event.usage // {} | numbers) + {cost: ($event.total_cost_usd // 0), turnCount: ($event.num_turns // 0)})
      | if $event.is_error or $event.subtype != "success"
          then failed("\($event.api_error_status // $event.subtype // "") \($event.result // ($event.errors // [] | map(tostring) | join("; ")))")
        else . end
    else . end)

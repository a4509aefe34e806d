# The events of pi --mode json. Its exit code says nothing of how it went; the last message does.

include "common";

def numbers: {
  inputTokens: (.input // 0),
  outputTokens: (.output // 0),
  cacheReadTokens: (.cacheRead // 0),
  cacheWriteTokens: (.cacheWrite // 0),
  cost: (.cost.total // 0),
  turnCount: 1
};

events($base;
  .event as $event
  | if $event.type == "message_end" and $event.message.role == "assistant" then
      $event.message as $message
      | .usage as $before
      | .usage = ($message.usage // {} | numbers | plus($before))
      | reduce ($message.content[]? | objects | select(.type == "text")) as $part (.; assistant($part.text))
      | if $message.stopReason == "error" or $message.stopReason == "aborted"
          then failed($message.errorMessage // $message.stopReason)
        else .error = null end
    elif $event.type == "turn_end" then report($base)
    elif $event.type == "tool_execution_start" then
      tool($event.toolCallId; $event.toolName // ""; $event.args.command // $event.args.path // $event.args // "")
    elif $event.type == "tool_execution_end" then
      ([$event.result.content[]? | .text? // ""] | join("\n")) as $result
      | if $event.isError then toolFailed($event.toolCallId; $result) else toolDone($event.toolCallId; $result) end
    else . end)

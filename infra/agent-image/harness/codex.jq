# The events of codex exec --json. Its input tokens include those that came from the cache.

include "common";

def numbers: {
  inputTokens: ((.input_tokens // 0) - (.cached_input_tokens // 0)),
  outputTokens: (.output_tokens // 0),
  cacheReadTokens: (.cached_input_tokens // 0),
  turnCount: 1
};

events($base;
  .event as $event
  | ($event.item // {}) as $item
  | if $event.type == "item.started" then
      if $item.type == "command_execution" then tool($item.id; "bash"; $item.command // "")
      elif $item.type == "mcp_tool_call" then tool($item.id; $item.tool // ""; $item.arguments // "")
      else . end
    elif $event.type == "item.completed" then
      if $item.type == "agent_message" then assistant($item.text // "")
      elif $item.type == "command_execution" or $item.type == "mcp_tool_call" then
        ($item.aggregated_output // $item.error.message // $item.result // "") as $result
        | if $item.status == "failed" or $item.status == "declined" then toolFailed($item.id; $result)
          else toolDone($item.id; $result) end
      elif $item.type == "file_change" then
        tool($item.id; "edit"; [$item.changes[]?.path] | join(" "))
        | if $item.status == "failed" then toolFailed($item.id; "") else . end
      elif $item.type == "error" then say("warn"; "event"; {text: ($item.message // "" | cut(1000))})
      else . end
    elif $event.type == "turn.completed" then
      .usage as $before
      | .usage = ($event.usage // {} | numbers | plus($before))
      | .error = null
    elif $event.type == "turn.failed" then failed($event.error.message // "the turn failed")
    # It also tells of attempts that it will make again; a turn that is completed after all takes this back.
    elif $event.type == "error" then failed($event.message // "error")
    else . end)

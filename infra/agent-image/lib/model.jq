# One model of the configuration as assignments of a shell.

def text($field): "\($field)=\(.model[$field] // "" | tostring | @sh)";

{model: (.models | if type == "array" then .[$number] else . end)}
| "provider=\(.model.provider // "" | tostring | @sh)",
  text("model"), text("harness"), text("authType"), text("baseUrl"),
  "thinking=\(.model.thinkingLevel // "" | tostring | @sh)"

# An agent's configuration as assignments of a shell.

def list: if type == "array" then . elif . == null then [] else [.] end;
def hooks($when):
  (.hooks[$when] | list) as $commands
  | "hook_\($when)_count=\($commands | length)",
    ($commands | to_entries[] | "hook_\($when)_\(.key + 1)=\(.value | tostring | @sh)");

if type != "object" then error("no object") else . end
| "agent_name=\(.name // "agent" | tostring | @sh)",
  "has_skill=\(has("_skillBody") and (._skillBody | type) == "string")",
  "model_count=\(.models | list | length)",
  "config_timeout=\(.timeout // 3600 | tostring | @sh)",
  hooks("pre"),
  hooks("post")

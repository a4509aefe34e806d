# What is set for the run's credentials: lines of type, instance, field, kind and name.
#
# The plain names of a type go to its instance `default`, or else to the first one listed. Where there are several, each but
# `default` has the names with its own at the end: GITHUB_TOKEN_MY_BOT for github_token:my-bot.

def suffix: "_" + (ascii_upcase | gsub("[^A-Z0-9]"; "_"));
def reference: split(":") | {type: .[0], instance: (.[1] // "default")};
def isSafe: test("^[A-Za-z0-9_-][A-Za-z0-9._-]*$");
# Upper case: the others are the entry point's own.
def isName: test("^[A-Z_][A-Z0-9_]*$");

($config[0]) as $config
| ($types[0] + ($config.credentialTypes // {})) as $types
| [$found | split("\n")[] | split("/") | select(length > 1) | {type: .[0], instance: .[1]}] as $found
| [if $config | has("credentials") then $config.credentials[] | reference else $found[] end]
| map(select((.type | isSafe) and (.instance | isSafe)))
| (reduce .[] as $one ([]; if index([$one]) then . else . + [$one] end)) as $wanted
| ([$wanted[] | select([.] - $found != []) | "\(.type)\t\(.instance)\t-\tmissing\t-"]) as $missing
| [ $wanted
    | group_by(.type)[]
    | .[0].type as $type
    | [$wanted[] | select(.type == $type) | .instance] as $instances
    | (if $instances | index("default") then "default" else $instances[0] end) as $plain
    | $instances[] as $instance
    | (if $instances != [$instance] and $instance != "default" then [$instance | suffix] else [] end) as $own_end
    | ((if $instance == $plain then [""] else [] end) + $own_end) as $ends
    | ($types[$type] // {}) as $known
    | $ends[] as $tail
    | (($known.env // {}) | to_entries[] | .key as $field | .value | (if type == "array" then .[] else . end) | [$field, "env", . + $tail]),
      (($known.paths // {}) | to_entries[] | .key as $field | .value[] | [$field, "path", . + $tail]),
      (if $known.setup == "git_ssh" then ["id_rsa", "git_ssh", "GIT_SSH_COMMAND" + $tail] else empty end),
      (if $known.setup == "git_https" and $tail == "" then ["token", "git_https", "-"] else empty end)
    | {type: $type, instance: $instance, field: .[0], kind: .[1], name: .[2]}
    | select(.name == "-" or (.name | isName))
  ] as $plan
| ([$plan[] | select(.name != "-")] | group_by(.name) | map(select(length > 1)) | map("-\t-\t-\tcollision\t\(.[0].name)")) as $collisions
| ($missing + $collisions)[], ($plan[] | "\(.type)\t\(.instance)\t\(.field)\t\(.kind)\t\(.name)")

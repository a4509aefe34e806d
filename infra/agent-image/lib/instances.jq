# The instances of the credential $type that the agent lists, `default` before the others.

[(.credentials // [])[] | tostring | split(":") | select(.[0] == $type) | .[1] // "default"]
| map(select(test("^[A-Za-z0-9_-][A-Za-z0-9._-]*$")))
| sort_by(. != "default")[]

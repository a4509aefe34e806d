# $text as the pieces [{text} or {command}], where !`command` is a command.

reduce ($text | match("!`([^`\n]+)`"; "g")) as $found ({at: 0, pieces: []};
    .pieces += [{text: $text[.at:$found.offset]}, {command: $found.captures[0].string}]
    | .at = $found.offset + $found.length)
| .pieces + [{text: $text[.at:]}]

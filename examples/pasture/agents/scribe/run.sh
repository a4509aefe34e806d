#!/bin/sh
# What the person said stands between two tags of the prompt.
said=$(printf '%s\n' "$PROMPT" | sed -n '/<user-prompt>/,/<\/user-prompt>/p' | sed '1d;$d')
echo "into $BOOK: $said"

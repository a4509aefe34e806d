#!/bin/sh
# The event says how busy the tool is: "busy" exits with 12 and is tried again, "gone" exits with 1 and is not.
case "$PROMPT" in
  *'"title":"busy"'*) echo "the tool is busy"; exit 12 ;;
  *'"title":"gone"'*) echo "the tool is gone"; exit 1 ;;
esac
echo "mended"

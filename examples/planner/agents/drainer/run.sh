#!/bin/sh
# One run does one thing, so that a run that fails loses no more than that: the thing leaves the backlog when it is done.
set -eu

if ! [ -s "$BACKLOG" ]; then
  echo "the backlog is empty"
  exit 0
fi
thing=$(head -n 1 "$BACKLOG")
al-status "doing $thing"
echo "did $thing"
sed 1d "$BACKLOG" >"$BACKLOG.rest"
mv "$BACKLOG.rest" "$BACKLOG"
if [ -s "$BACKLOG" ]; then al-rerun; fi

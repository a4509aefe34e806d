#!/bin/sh
# Asks to be run again once: the first run of a chain was started by its schedule, and so is the one that follows it. How
# often that may go on is maxReruns in config.toml.
echo "counting the herd: 41 of 42"
exit 42

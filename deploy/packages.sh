#!/bin/sh
# SPDX-License-Identifier: MIT
# packages.sh SECTION…: installs what packages.debian names in these sections and this machine lacks.
# A line "package command" is skipped where the command is there already, whoever brought it.
# As root it installs; with sudo it asks; otherwise it prints the one command to run, and fails.
set -eu
list=$(dirname "$0")/packages.debian

wanted=$(awk -v sections=" $* " '
	/^#/ || NF == 0 { next }
	/^\[/ { name = substr($1, 2, length($1) - 2); on = index(sections, " " name " "); next }
	on { print $1, $2 }' "$list")
missing=$(echo "$wanted" | while read -r package program; do
	if [ -n "$program" ] && command -v "$program" >/dev/null 2>&1; then
		continue
	fi
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
done)
[ -n "$missing" ] || exit 0

# Services that a package would start by itself (nginx on port 80, a PostgreSQL cluster) are not
# wanted here: everything runs privately.
# shellcheck disable=SC2086 # one word a package
set -- env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends $missing
if [ "$(id -u)" -eq 0 ]; then
	sudo=
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
	sudo=sudo
else
	echo "Packages are missing. As root, run this and start again:" >&2
	echo "  apt-get update && apt-get install -y --no-install-recommends $missing" >&2
	exit 1
fi
echo "installing: $missing" >&2
# the package lists may be absent or old on a fresh machine
$sudo apt-get update -qq >&2
$sudo "$@" >&2

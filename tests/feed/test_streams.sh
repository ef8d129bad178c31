#!/bin/sh
# SPDX-License-Identifier: MIT
# Event streams and long polls through a real nginx: who sees what, from which place, and for how long.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
web_feed
play_people
account bea submitter
bea=$token
bea_jar=$web/bea
sign_in "$link" "$bea_jar"
bea_session=$(awk '$6 == "botarmy" { print $7 }' "$bea_jar")
sam_session=$(awk '$6 == "botarmy" { print $7 }' "$jar")
export url viewer sam ana bea bea_session sam_session
# A sanitizer keeps what was freed.
most=8192
if grep -q -- '--enable-sanitize' "$top_builddir/config.log"; then most=1000000; fi
FEED_MOST_KIB=$most FEED_PID=$feed FEED_SOCKET=$web/run/feed.sock python3 "$top_srcdir/tests/feed/streams.py"
status=$?
if [ "$status" -ne 0 ]; then
	grep -v "^Shadow" "$web/log/feed.log" | grep -A25 "ERROR: Addr\|runtime error" | head -60; tail -n 3 "$web/log/feed.log" | sed 's/^/# /'
fi
exit "$status"

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
FEED_PID=$feed FEED_SOCKET=$web/run/feed.sock python3 "$top_srcdir/tests/feed/streams.py"
status=$?
if [ "$status" -ne 0 ]; then
	tail -n 20 "$web/log/feed.log" | sed 's/^/# /'
fi
exit "$status"

#!/bin/bash
# SPDX-License-Identifier: MIT
# No numbered event is lost, none comes twice, all come in order, whatever is cut and whenever: viewers'
# connections, nginx, the feed (kill -9) and PostgreSQL (stopped in order and not), one after the other at random.
set -u
# shellcheck source=tests/lib/stack.sh
. "$(dirname "$0")/../lib/stack.sh"
stack_begin
DATABASE_URL=$owner_url
export DATABASE_URL
stack_as "$BIN/botarmy-runner" --config "$STATE/demo.conf" --drain 2>>"$STATE/log/runner.log"

gone() { kill -"$1" "$2" 2>/dev/null; wait "$2" 2>/dev/null; }
coproc CUTS { python3 "$top_srcdir/tests/feed/cuts.py" "$BOTARMY_URL" "$BOTARMY_TOKEN" "${CUT_COUNT:-12}"; }
# bash forgets both when it ends
reads=${CUTS[0]} writes=${CUTS[1]} python=$CUTS_PID
exec 7<&"$reads" 8>&"$writes"
while IFS= read -r line <&7; do
	case $line in
	'cut feed') gone KILL "$FEED_PID"; stack_feed ;;
	'cut nginx')
		gone KILL "$NGINX_PID"
		# its workers end when they find that they have no master; the port is free then
		for _ in {1..100}; do stack_port_taken || break; sleep 0.02; done
		stack_spawn "$STATE/log/nginx.log" /usr/sbin/nginx -c "$STATE/site/nginx.conf" -p "$STATE/run" -e stderr
		NGINX_PID=$!
		;;
	'cut database') cluster stop >/dev/null 2>&1; cluster start >/dev/null 2>&1 ;;
	'cut power') cluster stop immediate >/dev/null 2>&1; cluster start >/dev/null 2>&1 ;;
	*) printf '%s\n' "$line"; continue ;;
	esac
	echo cut >&8
done
wait "$python"
status=$?
[ "$status" -eq 0 ] || tail -n 5 "$STATE/log/feed.log" "$STATE/log/nginx.log" | sed 's/^/# /'
exit "$status"

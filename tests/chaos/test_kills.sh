#!/bin/bash
# SPDX-License-Identifier: MIT
# Runner, responder and database are killed (kill -9, immediate stop) at random moments while projects
# are submitted, worked on and decided. Afterwards every run has ended, and nothing is lost or twice.
# CHAOS_SEED repeats a sequence of kills; CHAOS_RUNS and CHAOS_KILLS say how many there are.
# shellcheck disable=SC2001,SC2317 # a # before each line; cases are called by name
set -u
# shellcheck source=tests/lib/stack.sh
. "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/stack.sh"
runs=${CHAOS_RUNS:-5} kills=${CHAOS_KILLS:-8} leases=${CHAOS_LEASES:-cut} seed=${CHAOS_SEED:-$(date +%s)}
limit=$((runs * 25 + kills * 10 + 120))
echo "# CHAOS_SEED=$seed CHAOS_RUNS=$runs CHAOS_KILLS=$kills"
RANDOM=$seed
declare -A killed=([runner]=0 [web]=0 [database]=0)
stack_begin
stack_runner
began=$SECONDS
brief=$STATE/brief.json
submitted=0

happens() { echo "# $((SECONDS - began)) s: $*"; }
pause() { sleep "$((RANDOM % $1 / 1000)).$(printf %03d $((RANDOM % 1000)))"; }

# Submits the next project; without an answer the same is sent again later, with the same key.
submit_next() {
	local workflow=direct code
	[ $((submitted % 4)) -ne 3 ] || workflow=sdlc
	printf '{"name":"Run %d","workflow":"%s","brief":"%s"}' $submitted $workflow \
		'A list of books. Each book has a title and an author. People add books and search them by title.' >"$brief"
	code=$(curl -s --max-time 10 -o "$STATE/answer" -w '%{http_code}' -H "Authorization: Bearer $BOTARMY_TOKEN" \
		-H 'Content-Type: application/json' -H "Idempotency-Key: chaos-$submitted" --data "@$brief" \
		"$BOTARMY_URL/api/v1/projects")
	[ "$code" = 201 ] || return
	submitted=$((submitted + 1))
	happens "submitted number $submitted ($workflow)"
}

# Decides what is open: first asks for changes once a run, then approves. What fails is tried again later.
decide() {
	local gate revision kind
	curl -s --max-time 10 -H "Authorization: Bearer $BOTARMY_TOKEN" "$BOTARMY_URL/api/v1/gates" |
		python3 -c 'import json, sys
for g in json.load(sys.stdin)["gates"]:
    print(g["id"], g["revision"], "changes" if g["stage"] == "architect" and g["revision"] == 1 else "approve")' 2>/dev/null |
		while read -r gate revision kind; do
			timeout 20 "$top_builddir/botarmy" "$kind" "$gate" --revision "$revision" --comment 'Say more.' >/dev/null 2>&1 &&
				happens "$kind at gate $gate"
		done
}

strike() {
	local what
	case $((RANDOM % 5)) in
	0 | 1) what=runner && kill -9 "$RUNNER_PID" ;;
	2) what=web && kill -9 "$WEB_PID" ;;
	3) what=database && cluster stop immediate ;;
	4)
		what=runner && kill -9 "$RUNNER_PID"
		killed[database]=$((killed[database] + 1))
		cluster stop immediate
		;;
	esac
	killed[$what]=$((killed[$what] + 1))
	happens "killed $what"
	pause 1500
}

# As cron and systemd would.
restart() {
	cluster start || { happens 'the database does not start'; exit 1; }
	kill -0 "$WEB_PID" 2>/dev/null || stack_web
	if ! kill -0 "$RUNNER_PID" 2>/dev/null; then
		if [ "$leases" = cut ]; then
			# as if the dead one's 30 s were over
			sql "update runner set expires_at = now() - interval '1 s' where ended_at is null" >/dev/null
		fi
		stack_runner
	fi
} 2>>"$STATE/restart.log"

open_runs() { sql "select count(*) from run where ended_at is null"; }

while [ $((SECONDS - began)) -lt $limit ]; do
	[ $submitted -ge "$runs" ] || submit_next
	decide
	pause 2000
	if [ "$kills" -gt 0 ]; then
		kills=$((kills - 1))
		strike
		restart
	elif [ $submitted -ge "$runs" ]; then
		restart
		[ "$(open_runs)" != 0 ] || break
		sleep 0.5
	fi
done
happens "over; kills: runner ${killed[runner]}, web ${killed[web]}, database ${killed[database]}"

ended() {
	[ "$(sql "select count(*) from run where state = 'done'")" = "$runs" ] && return
	sql "select run_id, state, problem from run where state <> 'done'"
	sql "select * from cursor where state <> 'D'"
	tail -n 20 "$STATE/log/runner.log"
	return 1
}
ends_within_seconds() {
	local asked=$SECONDS
	kill -TERM "$RUNNER_PID"
	while kill -0 "$RUNNER_PID" 2>/dev/null && [ $((SECONDS - asked)) -lt 10 ]; do sleep 0.1; done
	! kill -0 "$RUNNER_PID" 2>/dev/null || { tail -n 5 "$STATE/log/runner.log"; return 1; }
}
tap_case "all $runs runs are done" ended
tap_case 'each was submitted once' test "$(sql 'select count(*) from run')" = "$runs"
tap_case 'the last runner ends when it is asked to' ends_within_seconds
RUNNER_PID=

happens 'the runner has ended'
# Each statement of sound.sql and built.sql finds what must not be: a case each.
name=
statement=
while IFS= read -r line; do
	case $line in
	'-- '*) name=${line#-- } statement= ;;
	*\;)
		statement="$statement $line"
		found=$(sql "$statement" 2>&1)
		tap_case "$name" test -z "$found"
		[ -z "$found" ] || echo "$found" | sed 's/^/# /'
		;;
	*) statement="$statement $line" ;;
	esac
done < <(sed 1d "$top_srcdir/tests/chaos/sound.sql" && sed 1d "$top_srcdir/tests/chaos/built.sql")

strangers() {
	local process found=0
	for process in /proc/[0-9]*; do
		case $(readlink "$process/cwd" 2>/dev/null) in "$STATE"*) ;; *) continue ;; esac
		case ${process#/proc/} in "$WEB_PID" | "$FEED_PID" | "$NGINX_PID") continue ;; esac
		case $(tr '\0' ' ' 2>/dev/null <"$process/cmdline") in '' | nginx:* | postgres:* | */postgres\ *) continue ;; esac
		tr '\0' ' ' <"$process/cmdline"
		echo
		found=1
	done
	return "$found"
}
tap_case 'no process is left of the killed' strangers
tap_case 'nor a file of theirs in the sandboxes'\'' folder' test -z "$(find "$STATE/scratch" -mindepth 2 -not -name lock -print -quit)"
tap_done

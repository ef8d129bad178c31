#!/bin/sh
# SPDX-License-Identifier: MIT
# botarmy-runner as cron and systemd start it: options, ends, overlaps, crashes.
# shellcheck disable=SC2317 # cases are called by name
AGENTS=agents
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/inside.sh"
brief='A list of books. Each book has a title and an author. People add books and search them by title.'

options_are_explained_and_checked() {
	runner --help | grep -q -- --drain && runner --version | grep -q '^botarmy-runner [0-9]' &&
		! runner --nonsense && ! runner --for 5 && ! runner --drain --for 0 && ! runner --drain more
}

an_empty_drain_ends_at_once() {
	began=$(date +%s)
	runner --drain && [ $(($(date +%s) - began)) -le 3 ] &&
		is "$(sql "select count(*) from workflow")" "$(ls workflows/*.dot | wc -l)" &&
		is "$(sql "select count(*) from runner where ended_at is null")" 0
}

a_drain_does_what_is_due() {
	run=$(submit direct Books "$brief")
	runner --drain && is "$(state "$run")" 'done' &&
		is "$(sql "select distinct provider || '/' ||
		model from artifact where run_id = $run")" fallback/template &&
		sound
}

a_drain_with_time_hears_of_new_work() {
	start_runner --drain --for 6
	sleep 1
	run=$(submit direct Books "$brief")
	sql "notify runner_work"
	until_true 5 "select state = 'done' from run where run_id = $run" && wait "$pid"
}

lines_of_a_stage_bear_its_run() {
	: >"$log" # help and mistakes on the command line are no records
	run=$(submit direct Books "$brief")
	runner --drain
	logged runner "stage analyst: pass" "stage architect: pass" \
		"stage developer: pass" "stage tester: pass"
}

overlapping_drains_share_the_work() {
	first=$(submit direct Books "$brief")
	for i in 1 2 3 4 5; do
		last=$(submit direct "Books $i" "$brief")
	done
	all=
	for i in 1 2 3 4; do
		start_runner --drain
		all="$all $pid"
	done
	for one in $all; do
		wait "$one" || return 1
	done
	runner --drain &&
		is "$(sql "select count(*) from run where run_id between $first and $last
			and state = 'done'")" 6 &&
		sound
}

surplus_drains_end_by_themselves() {
	start_runner --drain --for 20
	one=$pid
	start_runner --drain --for 20
	two=$pid
	until_true 5 "select count(*) = 2 from runner where ended_at is null"
	began=$(date +%s)
	runner --drain --for 15 || return 1
	took=$(($(date +%s) - began))
	kill "$one" "$two"
	wait "$one" && wait "$two" && [ "$took" -le 3 ]
}

short_of_something_it_claims_less_and_says_why() {
	run=$(submit direct Books "$brief")
	BOTARMY_RUNNER_DISK_MB=1000000 ./botarmy-runner 2>"$BOTARMY_TEST_DIR/short" &
	pid=$!
	pids="$pids $pid"
	until_true 10 "select exists (select from runner where pressure like 'only % MB of disk are free on %'
		and ended_at is null)" || return 1
	more=
	for i in 1 2 3 4 5 6; do more="$more $(submit direct "Books $i" "$brief")"; done
	# One at a time, where eight would be claimed at once; and it goes on.
	for i in 1 2 3 4 5 6 7 8; do
		[ "$(sql "select count(*) from cursor where state = 'L'")" -le 1 ] || return 1
		sleep 0.1
	done
	until_true 60 "select state = 'done' from run where run_id = $run" || return 1
	kill -TERM "$pid"
	wait "$pid"
	grep -q 'claiming less: only' "$BOTARMY_TEST_DIR/short" || return 1
	for run in $more; do sql "select run_cancel($run, 1)" >/dev/null; done
	sound
}

asked_to_end_it_finishes_what_it_has() {
	run=$(submit direct Books "$brief")
	start_runner
	until_true 10 "select exists (select from stage where run_id = $run and state <> 'pending')"
	kill -TERM "$pid"
	wait "$pid" || return 1
	is "$(sql "select count(*) from cursor where state = 'L'")" 0 && logged 'asked to end' &&
		runner --drain && is "$(state "$run")" 'done' && sound
}

without_a_database_a_drain_gives_up_with_a_message() {
	# shellcheck disable=SC2030 # for this one only
	(
		RUNNER_DATABASE_URL='host=/nonexistent dbname=none'
		export RUNNER_DATABASE_URL
		./botarmy-runner --drain --for 2 2>"$BOTARMY_TEST_DIR/away"
	)
	is $? 1 && grep -q 'database could not be reached' "$BOTARMY_TEST_DIR/away"
}

killed_at_random_moments_nothing_is_lost_or_twice() {
	first=$(submit direct Books "$brief")
	for i in 1 2 3 4 5 6 7; do
		last=$(submit direct "Books $i" "$brief")
	done
	for pause in 0.3 0.6 0.2 0.9 0.5 0.4 0.7; do
		start_runner
		sleep "$pause"
		kill -9 "$pid"
		wait "$pid" 2>/dev/null
		# As if its 30 s were over.
		sql "update runner set expires_at = now() - interval '1 s' where ended_at is null"
	done
	runner --drain &&
		is "$(sql "select count(*) from run where run_id between $first and $last
			and state = 'done'")" 8 &&
		sound
}

tap_case 'options are explained and checked' options_are_explained_and_checked
tap_case 'an empty drain ends at once, with the workflows stored' an_empty_drain_ends_at_once
tap_case 'a drain does what is due' a_drain_does_what_is_due
tap_case 'a drain with time hears of new work' a_drain_with_time_hears_of_new_work
tap_case 'log lines of a stage bear the id of its run, and no others do' lines_of_a_stage_bear_its_run
tap_case 'overlapping drains share the work' overlapping_drains_share_the_work
tap_case 'surplus drains end by themselves' surplus_drains_end_by_themselves
tap_case 'short of disk it claims less, and says why' short_of_something_it_claims_less_and_says_why
tap_case 'asked to end, it finishes what it has' asked_to_end_it_finishes_what_it_has
tap_case 'without a database a drain gives up with a message' without_a_database_a_drain_gives_up_with_a_message
tap_case 'killed at random moments: nothing is lost or twice' killed_at_random_moments_nothing_is_lost_or_twice
tap_done

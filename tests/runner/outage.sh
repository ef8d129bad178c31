#!/bin/sh
# SPDX-License-Identifier: MIT
# The database goes away under a working runner, in several ways, and comes back.
# shellcheck disable=SC2317,SC2034 # cases are called by name
AGENTS=agents
OWN_CLUSTER=yes
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/inside.sh"
# shellcheck source=deploy/cluster.sh
. ./deploy/cluster.sh
brief='A list of books. Each book has a title and an author. People add books and search them by title.'
# What was committed is to survive here, as it would in earnest.
sql "alter database $BOTARMY_TEST_DATABASE set synchronous_commit = on"
runner --drain || exit 99 # stores the workflows

# Keeps what the TAP reader waits for out of the server's hands.
stop_database() {
	cluster_stop "$BOTARMY_TEST_CLUSTER" immediate >/dev/null 2>&1 3>&-
}

start_database() {
	cluster_start "$BOTARMY_TEST_CLUSTER" >/dev/null 2>&1 3>&-
}

# submit_some N: their ids are $first to $last.
submit_some() {
	first=
	for i in $(seq 1 "$1"); do
		last=$(submit direct "Books $i" "$brief")
		first=${first:-$last}
	done
}

all_done() {
	until_true "$1" "select bool_and(state = 'done') from run where run_id between $first and $last" &&
		sound
}

the_server_stops_at_once_and_comes_back() {
	submit_some 4
	start_runner
	for pause in 1.1 2.3 0.7; do
		sleep "$pause"
		stop_database
		sleep 0.5
		start_database || return 1
	done
	all_done 60 && kill "$pid" && wait "$pid"
}

connections_are_cut_again_and_again() {
	submit_some 3
	start_runner
	for i in $(seq 1 25); do
		sleep 0.15
		sql "select count(pg_terminate_backend(pid)) from pg_stat_activity
			where application_name like 'botarmy-runner%'
			and datname = current_database()" >/dev/null
	done
	all_done 60 && kill "$pid" && wait "$pid"
}

away_for_longer_than_a_lease_it_goes_on_under_another_id() {
	submit_some 2
	start_runner
	until_true 10 "select exists (select from cursor where state = 'L')" || return 1
	before=$(sql "select runner_id from runner where ended_at is null and expires_at > now()")
	stop_database
	sleep 27
	start_database || return 1
	grep -q 'fenced: no heartbeat' "$log" || return 1
	all_done 60 && kill "$pid" && wait "$pid" &&
		is "$(sql "select count(*) from runner where runner_id = '$before' and ended_at is
			not null")" 1 &&
		is "$(sql "select count(*) from stage_result where owner = '$before' and at > (select ended_at
			from runner
			where runner_id = '$before')")" 0
}

# As if the connection had been lost between the claim and its answer.
a_stage_claimed_unheard_is_given_back() {
	start_runner --drain --for 30
	until_true 10 "select exists (select from runner where ended_at is null and expires_at > now())" ||
		return 1
	one=$(sql "select runner_id from runner where ended_at is null and expires_at > now()")
	first=$(sql "begin; create temp table t as select *
		from project_submit(1, 'Unheard', 'A list of books with a title.',
		'python-stdlib', 'direct', null, 'unheard'); select count(*) from stage_claim('$one', 1, 1)
			having count(*) <> 1;
		select run_id from t; commit")
	last=$first
	is "$(sql "select count(*) from cursor where run_id = $first and state = 'L'
		and owner = '$one'")" 1 && all_done 25
	kill "$pid"
	wait "$pid" && grep -q 'was leased to this runner unheard' "$log" && logged runner fenced stage
}

# As if the connection had been lost while the answer to it came.
a_call_begun_unheard_costs_nothing() {
	start_runner --drain --for 30
	until_true 10 "select exists (select from runner where ended_at is null and expires_at > now())" ||
		return 1
	one=$(sql "select runner_id from runner where ended_at is null and expires_at > now()")
	first=$(sql "begin; create temp table t as select *
		from project_submit(1, 'Unheard call', 'A list of books with a title.',
		'python-stdlib', 'direct', 5, 'unheard-call');
		create temp table l as select * from stage_claim('$one', 1, 1);
		select count(*) from l, call_begin('$one', array[l.run_id], array[l.branch], array[l.epoch],
			array['openai'], array['model-x'], array['\\x00'::bytea], array[0.03]) b having count(*) <> 1;
		select r.run_id || ' ' || b.held_usd from t join run r on r.run_id = t.run_id
			join budget b on b.kind = '4-project' and b.key = r.project_id;
		commit")
	is "${first#* }" 0.030000000 || return 1
	first=${first% *}
	last=$first
	until_true 10 "select state = 'failed' and cost_usd = 0 from llm_call where run_id = $first" &&
		is "$(sql "select held_usd, spent_usd from budget where kind = '4-project'
			and key = (select project_id from run where run_id = $first)")" '0.000000000|0.000000000' &&
		is "$(sql "select count(*) from runner where runner_id = '$one' and ended_at is null")" 1 && all_done 25
	kill "$pid"
	wait "$pid" && grep -q '1 calls were begun unheard and never sent' "$log"
}

tap_case 'the server stops at once and comes back, three times' the_server_stops_at_once_and_comes_back
tap_case 'connections are cut again and again' connections_are_cut_again_and_again
tap_case 'away for longer than a lease: it goes on under another id' away_for_longer_than_a_lease_it_goes_on_under_another_id
tap_case 'a stage claimed unheard is given back' a_stage_claimed_unheard_is_given_back
tap_case 'a call begun unheard costs nothing' a_call_begun_unheard_costs_nothing
tap_done

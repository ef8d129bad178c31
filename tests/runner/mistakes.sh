#!/bin/sh
# SPDX-License-Identifier: MIT
# What a runner does about mistakes: on its command line, in its settings, in its data, on its host.
# shellcheck disable=SC2317,SC2034 # cases are called by name
AGENTS=agents
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/inside.sh"
brief='A list of books. Each book has a title and an author. People add books and search them by title.'
out=$BOTARMY_TEST_DIR/out err=$BOTARMY_TEST_DIR/err

# ends STATUS TEXT ARGUMENTS…: at once, with a word about it on the standard error and nothing else.
ends() {
	want=$1 text=$2
	shift 2
	timeout 30 ./botarmy-runner "$@" >"$out" 2>"$err" </dev/null
	is "$?" "$want" && grep -qF -- "$text" "$err" && [ ! -s "$out" ] && return
	cat "$out" "$err"
	return 1
}
prints() {
	timeout 30 ./botarmy-runner "$2" >"$out" 2>"$err" && grep -q "$1" "$out" && [ ! -s "$err" ]
}
tap_case 'help goes to standard output' prints '^Usage: botarmy-runner' --help
tap_case 'as does the version' prints '^botarmy-runner [0-9]' --version
tap_case 'an unknown option' ends 2 'Try botarmy-runner --help' --fast
tap_case 'an operand' ends 2 'takes no arguments' now
tap_case 'a time that is none' ends 2 '--for takes seconds' --drain --for soon
tap_case 'a time that is too short' ends 2 '--for takes seconds' --drain --for 0
tap_case 'a time without its drain' ends 2 '--for goes with --drain' --for 5
tap_case 'a configuration that is not there' ends 1 'none.conf' --config "$BOTARMY_TEST_DIR/none.conf" --drain
echo 'runner_calls = "many"' >"$BOTARMY_TEST_DIR/wrong.conf"
tap_case 'a setting that is no number' ends 1 'wrong.conf:1' --config "$BOTARMY_TEST_DIR/wrong.conf" --drain

# ---- data: a copy to be spoiled ----
whole=$BOTARMY_DATA_DIR
data=$BOTARMY_TEST_DIR/data
mkdir "$data"
cp -R "$whole/agents" "$whole/workflows" "$whole/blueprints" "$whole/harness" "$data"
chmod -R u+w "$data"
BOTARMY_DATA_DIR=$data
runner --drain || exit 99 # stores the workflows

# drained NAME: sets run to one of that name that a runner had in hand.
drained() {
	run=$(submit direct "$1" "${2:-$brief}")
	timeout 120 ./botarmy-runner --drain 2>"$err" || cat "$err"
}
# parked KIND TEXT
parked() {
	is "$(sql "select kind from gate where run_id = $run and state = 'open'")" "$1" &&
		sql "select detail from gate where run_id = $run and state = 'open'" | grep -F -- "$2" && return
	sql "select * from gate where run_id = $run"
	return 1
}
spoil() { cp "$data/$1" "$BOTARMY_TEST_DIR/good" && printf '%s\n' "$2" >"$data/$1"; }
mend() { cp "$BOTARMY_TEST_DIR/good" "$data/$1"; }

spoil agents/analyst/agent.json '{ "title": "Analyst", "delivers": "poems" }'
drained 'An agent that delivers nothing known'
tap_case 'an agent that delivers nothing known stops before a person' parked failure '"delivers" must be'
spoil agents/analyst/agent.json '{ "title": '
drained 'An agent that cannot be read'
tap_case 'so does one that cannot be read' parked failure 'The agent analyst cannot work'
tap_case 'which names the file' parked failure 'agents/analyst/agent.json'
sql "create sequence asked; grant usage on asked to public;
	create function cut() returns trigger language plpgsql as \$\$ begin
		if nextval('asked') = 1 then raise exception 'cut' using errcode = '57P01'; end if; return new; end \$\$;
	create trigger cut before insert on gate for each row execute function cut()"
drained 'A connection that is lost while a person is asked'
tap_case 'and one is asked once more when the connection is lost meanwhile' parked failure 'The agent analyst cannot work'
sql 'drop trigger cut on gate; drop function cut; drop sequence asked'
cp "$whole/agents/analyst/agent.json" "$data/agents/analyst/agent.json"
spoil agents/analyst/output.schema.json '{ "type": "poem" }'
drained 'A schema that is none'
tap_case 'so does a schema that is none' parked failure 'output.schema.json'
mend agents/analyst/output.schema.json
mv "$data/agents/analyst/prompt.prompt.mustache" "$BOTARMY_TEST_DIR/prompt"
drained 'An agent without a prompt'
tap_case 'so does an agent without a prompt' parked failure 'agents/analyst/prompt.prompt.mustache'
mv "$BOTARMY_TEST_DIR/prompt" "$data/agents/analyst/prompt.prompt.mustache"
spoil blueprints/python-stdlib/blueprint.json 'none'
drained 'A blueprint that is no JSON'
tap_case 'so does a blueprint that is no JSON' parked failure 'blueprint.json'
mend blueprints/python-stdlib/blueprint.json
spoil agents/analyst/document.md.mustache '{{#summary}}never closed'
tap_case 'a template that is broken keeps the runner from starting' ends 1 'analyst/document' --drain
mend agents/analyst/document.md.mustache
tap_case 'data that is not there as well' env BOTARMY_DATA_DIR="$data/none" sh -c '! ./botarmy-runner --drain 2>"$1" &&
	grep -qF "$2" "$1"' - "$err" "$data/none"

spoil workflows/direct.dot 'digraph other { start = a }'
runner --drain
log_has() { grep -F -- "$1" "$log" || { tail -n 20 "$log"; return 1; }; }
tap_case 'a workflow that is wrong is told' log_has 'a workflow file was not taken in: direct.dot'
sed 's/^digraph direct/digraph other/' "$BOTARMY_TEST_DIR/good" >"$data/workflows/direct.dot"
runner --drain
tap_case 'and one whose file has another name' log_has 'both must be the same'
mend workflows/direct.dot
drained 'After a wrong workflow'
tap_case 'the former version goes on' is "$(state "$run")" "done"

# ---- the host ----
BOTARMY_DATA_DIR=$whole
busy() { until_true 20 "select exists (select from runner where ended_at is null and expires_at > now())"; }
a_runner_whose_helper_died_ends() {
	start_runner
	busy || return 1
	helper=$(ps -o pid= --ppid "$pid" | head -n 1)
	kill -9 "$helper" || return 1
	wait "$pid"
	is "$?" 1 && grep -q "the sandbox's helper has died" "$log"
}
asked_twice_it_ends_at_once() {
	first=$(submit direct Books "$brief")
	start_runner
	until_true 20 "select exists (select from cursor where run_id = $first and state = 'L')" || return 1
	kill "$pid"
	sleep 0.2
	kill "$pid" 2>/dev/null
	wait "$pid"
	runner --drain && is "$(state "$first")" "done" && sound
}
without_a_sandbox_tests_are_not_executed() {
	mkdir "$BOTARMY_TEST_DIR/bare" &&
		ln -s "$whole/agents" "$whole/workflows" "$whole/blueprints" "$BOTARMY_TEST_DIR/bare" || return 1
	BOTARMY_DATA_DIR=$BOTARMY_TEST_DIR/bare
	drained 'No harness'
	is "$(sql "select count(*) from test_report join artifact using (artifact_id)
		where artifact.run_id = $run and not executed")" 1 && parked tests 'The tests were not executed'
}
tap_case 'a runner whose helper died ends, and says why' a_runner_whose_helper_died_ends
tap_case 'asked twice it ends at once, and nothing is lost' asked_twice_it_ends_at_once
tap_case 'without a sandbox tests are not executed, and a person is asked' without_a_sandbox_tests_are_not_executed
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Very many overlapping drains, as an impatient cron starts them, on few runs of a paid model: no stage is
# done twice, no call is made twice, and the database's connections suffice. DRAINS says how many.
# shellcheck disable=SC2317,SC2034 # cases are called by name
AGENTS=tests/fixtures/agents
OWN_CLUSTER=yes
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/../runner/inside.sh"
# shellcheck source=deploy/cluster.sh
. ./deploy/cluster.sh
drains=${DRAINS:-100} runs=50 connections=100

# As PostgreSQL comes.
echo "max_connections = $connections" >>"$BOTARMY_TEST_CLUSTER/data/postgresql.conf"
{ cluster_stop "$BOTARMY_TEST_CLUSTER" && cluster_start "$BOTARMY_TEST_CLUSTER"; } >/dev/null 3>&- || exit 99

BOTARMY_DATA_DIR=$BOTARMY_TEST_DIR/data
mkdir -p "$BOTARMY_DATA_DIR/workflows"
ln -s "$PWD/agents" "$PWD/blueprints" "$PWD/harness" "$BOTARMY_DATA_DIR"
cat >"$BOTARMY_DATA_DIR/workflows/line.dot" <<'DOT'
digraph line { title="line" start=first
	first [kind=agent, agent=analyst]
	second [kind=agent, agent=architect]
	third [kind=agent, agent=analyst]
	fourth [kind=agent, agent=architect]
	done [kind=exit, outcome=done]
	first -> second [label=pass]
	second -> third [label=pass]
	third -> fourth [label=pass]
	fourth -> done [label=pass]
}
DOT

./tests/lib/stub_model_server --stay >"$BOTARMY_TEST_DIR/port" &
pids="$pids $!"
while [ ! -s "$BOTARMY_TEST_DIR/port" ]; do sleep 0.05; done
server=http://127.0.0.1:$(cat "$BOTARMY_TEST_DIR/port")
OPENAI_BASE_URL=$server/v1 OPENAI_API_KEY=sk-x BOTARMY_MODEL=model-x
BOTARMY_PRICE_INPUT=1 BOTARMY_PRICE_OUTPUT=2
BOTARMY_RUNNER_CALLS=2 # so that one does not take all
export OPENAI_BASE_URL OPENAI_API_KEY BOTARMY_MODEL BOTARMY_PRICE_INPUT BOTARMY_PRICE_OUTPUT \
	BOTARMY_RUNNER_CALLS
runner --drain || { tail -n 20 "$log" >&2; exit 99; } # stores the workflow
printf '[{"times":0,"delay":0.3,"text":"%s"}]' \
	'{\"confidence\":0.9,\"concerns\":[],\"messages\":[],\"questions\":[],\"answers\":[],\"summary\":\"words\"}' |
	curl -sf -X POST --data-binary @- "$server/control/script" >/dev/null
for i in $(seq $runs); do
	echo "select project_submit(1, 'Run $i', 'A brief.', 'python-stdlib', 'line', 5, 'drains-$i');"
done | psql -XqAt -v ON_ERROR_STOP=1 "$DATABASE_URL" >/dev/null || exit 99

# On a connection of its own, until the file is gone.
: >"$BOTARMY_TEST_DIR/watching"
while [ -f "$BOTARMY_TEST_DIR/watching" ]; do
	echo "select pg_stat_clear_snapshot(), count(*) from pg_stat_activity where usename is not null;"
	sleep 0.02
done | psql -XqAt "$DATABASE_URL" >"$BOTARMY_TEST_DIR/connections" &
watcher=$!

all=
for i in $(seq "$drains"); do
	start_runner --drain
	all="$all $pid"
done
ended=0
for one in $all; do
	wait "$one" && ended=$((ended + 1))
done
rm "$BOTARMY_TEST_DIR/watching"
wait "$watcher"
peak=$(cut -d '|' -f 2 "$BOTARMY_TEST_DIR/connections" | sort -n | tail -n 1)
echo "# $drains drains; of $connections connections at most $peak were in use"

every_run_is_done() {
	is "$(sql "select count(*) from run where state = 'done'")" "$runs"
}
each_stage_once() {
	is "$(sql "select count(*), count(distinct (run_id, node)), max(revision) from artifact")" \
		"$((4 * runs))|$((4 * runs))|1" &&
		is "$(sql "select count(*), sum(attempt) from stage_result")" "$((4 * runs))|0" && sound
}
each_call_once() {
	is "$(curl -sf "$server/control/requests" |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["count"])')" $((4 * runs)) &&
		is "$(sql "select count(*), count(*) filter (where state = 'answered') from llm_call")" \
			"$((4 * runs))|$((4 * runs))" &&
		is "$(sql "select sum(spent_usd) - (select sum(cost_usd) from llm_call), sum(held_usd) from budget")" \
			'0.000000000|0.000000000'
}
several_shared_the_work() {
	[ "$(sql "select count(distinct owner) from stage_result")" -gt 1 ]
}
connections_suffice() {
	[ "$peak" -ge 2 ] && [ "$peak" -lt "$connections" ] &&
		! grep -q 'too many clients\|remaining connection slots' "$log"
}
tap_case "all $drains drains end well" test "$ended" = "$drains"
tap_case "all $runs runs are done" every_run_is_done
tap_case 'each stage was done once' each_stage_once
tap_case 'each call was made once, and paid once' each_call_once
tap_case 'several shared the work' several_shared_the_work
tap_case 'the connections suffice' connections_suffice
tap_done

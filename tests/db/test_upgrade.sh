#!/bin/sh
# SPDX-License-Identifier: MIT
# A database of the first schema, with runs in every state, comes to the present one, and they go on.
# shellcheck disable=SC2317,SC2034 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
[ -n "${BOTARMY_TEST_DATABASE:-}" ] || exec "$top_srcdir/tests/lib/with-database" --empty "$0" "$@"
AGENTS=tests/fixtures/agents
ALSO="$top_builddir/botarmy $top_builddir/tests/db/migrate_main $top_srcdir/sql"
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/../runner/inside.sh"

# A workflow of now, by agents that are here.
BOTARMY_DATA_DIR=$BOTARMY_TEST_DIR/data
mkdir -p "$BOTARMY_DATA_DIR/workflows"
ln -s "$PWD/agents" "$PWD/blueprints" "$PWD/harness" "$PWD/sql" "$BOTARMY_DATA_DIR"
cp workflows/direct.dot "$BOTARMY_DATA_DIR/workflows"

# The first schema: its migrations, which also hold the functions of then.
first=$BOTARMY_TEST_DIR/first
mkdir -p "$first/migrations" "$first/functions" "$first/roles"
cp sql/migrations/000[123]_*.sql "$first/migrations"
cp sql/roles/*.sql "$first/roles"
echo '-- SPDX-License-Identifier: MIT' >"$first/roles/grants.sql"
./migrate_main "$DATABASE_URL" "$first" 2>"$log" || { cat "$log" >&2; exit 99; }
psql -XqAt -v ON_ERROR_STOP=1 -f tests/db/first.sql "$DATABASE_URL" >/dev/null || exit 99

# Runs in their states, by the name of their project.
states() {
	sql "select string_agg(p.name || ' ' || r.state, ', ' order by p.name)
		from run r join project p using (project_id)"
}
money() {
	sql "select p.name, b.cap_usd, b.spent_usd, b.held_usd,
		sum(h.amount_usd) filter (where h.settled_at is null),
		sum(h.spent_usd) from budget b join project p on b.kind = '4-project' and b.key = p.project_id
		left join budget_hold h using (project_id) group by 1, 2, 3, 4 order by 1"
}
run_of() {
	sql "select run_id from run join project using (project_id) where name = '$1'"
}
decide() {
	sql "select decision_id from gate_decide((select gate_id from gate where run_id = $1 and state = 'open'),
		(select revision from gate where run_id = $1 and state = 'open'), '$2', 'Because.', 1)" >/dev/null
}

then_there_were_runs_in_every_state() {
	is "$(states)" "asked waiting, cancelled cancelled, done done, failed failed, leased running, \
looped running, over waiting, paused paused, queued queued, rejected rejected, retry running, \
reviewed waiting" &&
		is "$(sql "select count(*) from llm_call where state = 'intent'")" 1 &&
		is "$(sql "select string_agg(loops::text, ' ' order by run_id) from stage where loops > 0")" '1 1' &&
		is "$(sql "select count(*) from schema_migration")" 3
}

the_command_brings_it_to_the_present_schema() {
	money >"$BOTARMY_TEST_DIR/money"
	states >"$BOTARMY_TEST_DIR/states"
	./botarmy migrate &&
		is "$(sql "select max(version) from schema_migration")" "$(find sql/migrations -name '0*.sql' | wc -l)"
}
budgets_hold_what_they_held() {
	is "$(money)" "$(cat "$BOTARMY_TEST_DIR/money")" && is "$(states)" "$(cat "$BOTARMY_TEST_DIR/states")"
}
edges_that_were_taken_count() {
	is "$(sql "select string_agg(node || ' ' || outcome || ' ' || times, ', ' order by run_id) from run_loop")" \
		'check fail 1, check fail 1'
}
the_audit_is_a_chain() {
	./botarmy verify
}

./tests/lib/stub_model_server --stay >"$BOTARMY_TEST_DIR/port" &
pids="$pids $!"
while [ ! -s "$BOTARMY_TEST_DIR/port" ]; do sleep 0.05; done
server=http://127.0.0.1:$(cat "$BOTARMY_TEST_DIR/port")
OPENAI_BASE_URL=$server/v1 OPENAI_API_KEY=sk-x BOTARMY_MODEL=model-x
BOTARMY_PRICE_INPUT=1 BOTARMY_PRICE_OUTPUT=2
export OPENAI_BASE_URL OPENAI_API_KEY BOTARMY_MODEL BOTARMY_PRICE_INPUT BOTARMY_PRICE_OUTPUT
printf '[{"times":0,"text":"%s"}]' \
	'{\"confidence\":0.9,\"concerns\":[],\"messages\":[],\"questions\":[],\"answers\":[],\"summary\":\"words\"}' |
	curl -sf -X POST --data-binary @- "$server/control/script" >/dev/null

what_was_under_way_goes_on() {
	runner --drain --for 4 || return 1
	is "$(states)" "asked waiting, cancelled cancelled, done done, failed failed, leased waiting, \
looped done, over waiting, paused paused, queued waiting, rejected rejected, retry waiting, \
reviewed waiting"
}
the_dead_runners_call_counts_in_full() {
	is "$(sql "select l.state, h.unconfirmed, h.spent_usd from llm_call l join budget_hold h using (call_id)
		where l.owner = '00000000-0000-4000-8000-000000000001' and l.state <> 'answered'")" 'lost|t|0.020000000'
}
gates_of_then_and_now_can_be_decided() {
	sql "select run_pause($(run_of paused), 1, false)" >/dev/null
	for name in asked over reviewed leased retry; do
		decide "$(run_of "$name")" approve || return 1
	done
	decide "$(run_of queued)" changes || return 1
	for round in 1 2; do
		runner --drain || return 1
		for run in $(sql "select run_id from gate where state = 'open'"); do
			decide "$run" approve || return 1
		done
	done
	runner --drain
	is "$(states)" "asked done, cancelled cancelled, done done, failed failed, leased done, looped done, \
over done, paused done, queued done, rejected rejected, retry done, reviewed done" &&
		is "$(sql "select revision from stage where node = 'analyst' and run_id = $(run_of queued)")" 2
}
an_ended_run_of_then_can_go_back() {
	run=$(run_of failed)
	sql "select run_retry($run, 'analyst', 'Once more.', 1)" >/dev/null && runner --drain &&
		decide "$run" approve && runner --drain && is "$(state "$run")" 'done'
}
all_is_sound() {
	sound && is "$(sql "select count(*) from budget b where b.kind = '4-project' and (held_usd <> 0
		or spent_usd <> (select coalesce(sum(h.spent_usd), 0) from budget_hold h
			where h.project_id = b.key))")" 0 &&
		is "$(sql "select count(*) from llm_call where state = 'intent'")" 0 && ./botarmy verify
}
tap_case 'then there were runs in every state, made by the first functions' then_there_were_runs_in_every_state
tap_case 'the command brings it to the present schema' the_command_brings_it_to_the_present_schema
tap_case 'runs are where they were, budgets hold what they held' budgets_hold_what_they_held
tap_case 'bounded edges that were taken count' edges_that_were_taken_count
tap_case 'the audit is a chain that verifies' the_audit_is_a_chain
tap_case 'what was under way goes on' what_was_under_way_goes_on
tap_case "the dead runner's call counts in full" the_dead_runners_call_counts_in_full
tap_case 'gates of then and of now can be decided, and all come to their end' gates_of_then_and_now_can_be_decided
tap_case 'an ended run of then can go back to an earlier stage' an_ended_run_of_then_can_go_back
tap_case 'all is sound, to the cent' all_is_sound
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Paid models over a real socket: outputs, money, repairs, refusals, crashes. The agents are small
# ones of the tests; the server is tests/lib/stub_model_server.
# shellcheck disable=SC2317,SC2034,SC2016,SC2119 # cases are called by name
AGENTS=tests/fixtures/agents
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/inside.sh"

./tests/lib/stub_model_server --stay >"$BOTARMY_TEST_DIR/port" &
pids="$pids $!"
while [ ! -s "$BOTARMY_TEST_DIR/port" ]; do sleep 0.05; done
server=http://127.0.0.1:$(cat "$BOTARMY_TEST_DIR/port")
OPENAI_BASE_URL=$server/v1
OPENAI_API_KEY=sk-secret-of-the-test
BOTARMY_MODEL=model-x
BOTARMY_PRICE_INPUT=1
BOTARMY_PRICE_OUTPUT=2
export OPENAI_BASE_URL OPENAI_API_KEY BOTARMY_MODEL BOTARMY_PRICE_INPUT BOTARMY_PRICE_OUTPUT
runner --drain || { tail -n 20 "$log" >&2; exit 99; } # stores the workflows

words='{"text":"{HANDED\"summary\":\"words about it\"}"}'
app='{"text":"{HANDED\"summary\":\"an app\",\"files\":[{\"path\":\"app.py\",\"content\":\"def two():\\n    return 2\\n\"}]}"}'
suite='{"text":"Here it is:\n```json\n{HANDED\"summary\":\"a suite\",\"files\":[{\"path\":\"tests/test_app.py\",\"content\":\"import unittest\\nimport app\\n\\n\\nclass T(unittest.TestCase):\\n    def test_two(self):\\n        self.assertEqual(app.two(), 2)\\n\"}]}\n```\n"}'

# script BEHAVIOUR...: what the server does next, one a request. HANDED is what every output hands over.
handed='\\"confidence\\":0.9,\\"concerns\\":[],\\"messages\\":[],\\"questions\\":[],\\"answers\\":[],'
script() {
	curl -sf -X POST "$server/control/reset" >/dev/null
	list=
	for one in "$@"; do
		list="$list${list:+,}$one"
	done
	printf '[%s]' "$list" | sed "s/HANDED/$handed/g" |
		curl -sf -X POST --data-binary @- "$server/control/script" >/dev/null
}

asked() {
	curl -sf "$server/control/requests" | python3 -c 'import json, sys; print(json.load(sys.stdin)["count"])'
}

# request N: the text of what was asked, from 0.
request() {
	curl -sf "$server/control/requests" | python3 -c 'import json, sys
print(json.dumps(json.load(sys.stdin)["requests"][int(sys.argv[1])], ensure_ascii=False))' "$1"
}

gate() {
	sql "select kind from gate where run_id = $1 and state = 'open'"
}

approve() {
	sql "select decision_id from gate_decide((select gate_id from gate where run_id = $1
		and state = 'open'),
		(select revision from gate where run_id = $1
			and state = 'open'), 'approve', '', 1)" >/dev/null
}

held_and_spent() {
	sql "select held_usd, spent_usd from budget where kind = '4-project' and key = (select project_id
		from run where run_id = $1)"
}

a_whole_project_over_http() {
	script "$words" "$words" "$app" "$suite"
	run=$(submit direct Whole 'A brief.' 5)
	runner --drain && is "$(state "$run")" 'done' && is "$(asked)" 4 &&
		is "$(sql "select distinct provider || '/' ||
		model from artifact where run_id = $run")" openai/model-x &&
		is "$(sql "select distinct provider || '/' || model from runner")" openai/model-x &&
		is "$(sql "select total = 1 and passed = 1 from test_report where run_id = $run")" t &&
		is "$(sql "select held_usd = 0 and spent_usd > 0 and spent_usd = (select sum(cost_usd)
			from llm_call where run_id = $run)
			from budget where kind = '4-project' and key = (select project_id from run
			where run_id = $run)")" t && sound
}

the_key_reaches_the_server_and_nothing_else() {
	request 0 | grep -q 'Bearer sk-secret-of-the-test' && ! grep -q 'sk-secret' "$log" &&
		is "$(sql "select count(*) from llm_call
			where response like '%sk-secret%' or error like '%sk-secret%'")" 0
}

instructions_and_data_are_apart() {
	request 0 | python3 -c 'import json, sys
m = json.load(sys.stdin)["body"]["messages"]
assert [x["role"] for x in m] == ["system", "user"], m
assert "You are the Analyst" in m[0]["content"] and "A brief." not in m[0]["content"]
assert "A brief." in m[1]["content"]'
}

over_the_cap_nothing_is_asked_until_a_person_agrees() {
	script "$words" "$words" "$app" "$suite"
	run=$(submit direct Capped 'A brief.' 0.001)
	runner --drain
	is "$(asked)" 0 && is "$(state "$run")" waiting && is "$(gate "$run")" budget &&
		is "$(sql "select detail like 'The next call of Analyst may cost up to \$0.03%'
			and amount_usd > 0.03
			from gate where run_id = $run")" t &&
			is "$(held_and_spent "$run")" '0.000000000|0.000000000' || return 1
	approve "$run"
	for i in 1 2 3 4; do
		runner --drain
		[ "$(gate "$run")" != budget ] || approve "$run"
	done
	runner --drain && is "$(state "$run")" 'done'
}

an_unknown_price_under_a_cap_asks() {
	script "$words" "$words" "$app" "$suite"
	run=$(submit direct Unpriced 'A brief.' 5)
	(unset BOTARMY_PRICE_INPUT BOTARMY_PRICE_OUTPUT && runner --drain)
	is "$(asked)" 0 && is "$(gate "$run")" price || return 1
	approve "$run"
	(unset BOTARMY_PRICE_INPUT BOTARMY_PRICE_OUTPUT && runner --drain)
	is "$(state "$run")" 'done' &&
		is "$(sql "select count(*) from llm_call where run_id = $run and cost_usd is null")" 4
}

too_many_requests_wait_as_long_as_the_server_says() {
	script '{"kind":"rate_limited"}' '{"kind":"rate_limited"}' "$words" "$words" "$app" "$suite"
	run=$(submit direct Limited 'A brief.' 5)
	runner --drain --for 9
	is "$(state "$run")" 'done' && is "$(asked)" 6 &&
		is "$(sql "select max(attempt) from stage_result where run_id = $run")" 0 &&
		is "$(sql "select min(b.started_at - a.ended_at) >= interval '0.9 s' from llm_call a
			join llm_call b
			on a.run_id = b.run_id and a.node = b.node and b.call_no = a.call_no + 1
			where a.run_id = $run")" t &&
		is "$(sql "select sum(cost_usd) from llm_call where run_id = $run
			and state = 'failed'")" 0.000000000
}

invalid_output_is_repaired() {
	script '{"text":"{HANDED\"summary\":\"x\"}"}' "$words" "$words" "$app" "$suite"
	run=$(submit direct Repaired 'A brief.' 5)
	runner --drain && is "$(state "$run")" 'done' && is "$(asked)" 5 && request 1 | grep -q '/summary' &&
		request 1 | python3 -c 'import json, sys
assert [m["role"] for m in json.load(sys.stdin)["body"]["messages"]] == ["system", "user", "assistant", "user"]' &&
		is "$(sql "select count(*) from llm_call where run_id = $run and state = 'answered'
			and error is not null")" 1
}

after_two_repairs_it_counts_as_an_attempt() {
	bad='{"text":"no json at all"}'
	script "$bad" "$bad" "$bad" "$words" "$words" "$app" "$suite"
	run=$(submit direct Stubborn 'A brief.' 5)
	runner --drain --for 6
	is "$(state "$run")" 'done' && is "$(asked)" 7 &&
		is "$(sql "select attempt from stage_result where run_id = $run and node = 'analyst'")" 1
}

a_dangerous_path_is_never_stored() {
	bad='{"text":"{HANDED\"summary\":\"an app\",\"files\":[{\"path\":\"../evil.py\",\"content\":\"x\"}]}"}'
	script "$words" "$words" "$bad" "$app" "$suite"
	run=$(submit direct Paths 'A brief.' 5)
	runner --drain && is "$(state "$run")" 'done' && request 3 | grep -q '/files' &&
		is "$(sql "select count(*) from artifact_file where path like '%evil%'")" 0
}

a_suite_may_not_replace_the_application() {
	bad='{"text":"{HANDED\"summary\":\"a suite\",\"files\":[{\"path\":\"App.py\",\"content\":\"x\"}]}"}'
	script "$words" "$words" "$app" "$bad" "$suite"
	run=$(submit direct Suite 'A brief.' 5)
	runner --drain && is "$(state "$run")" 'done' && is "$(asked)" 5
}

failing_tests_go_back_to_the_developer_with_their_logs() {
	wrong=$(printf "%s\n" "$app" | sed 's/return 2/return 3/')
	script "$words" "$words" "$wrong" "$suite" "$app" "$suite"
	run=$(submit direct Failing 'A brief.' 5)
	runner --drain && is "$(state "$run")" 'done' && is "$(asked)" 6 &&
		is "$(sql "select string_agg(passed || '/' ||
		total, ' ' order by artifact_id) from test_report where run_id = $run")" '0/1 1/1' &&
		is "$(sql "select revision from stage where run_id = $run and node = 'developer'")" 2
}

a_server_that_wants_another_form_gets_it_at_once() {
	script '{"kind":"no_schema"}' "$words" "$words" "$app" "$suite"
	run=$(submit direct Form 'A brief.' 5)
	runner --drain && is "$(state "$run")" 'done' && is "$(asked)" 5 &&
		is "$(sql "select max(attempt) from stage_result where run_id = $run")" 0
}

a_wrong_key_asks_a_person_and_never_falls_back() {
	script '{"kind":"auth"}'
	run=$(submit direct Key 'A brief.' 5)
	runner --drain
	is "$(gate "$run")" failure && is "$(asked)" 1 &&
		is "$(sql "select count(*) from artifact where run_id = $run")" 0 &&
		is "$(sql "select problem ~* 'key' from run where run_id = $run")" t &&
		is "$(held_and_spent "$run")" '0.000000000|0.000000000'
}

a_server_that_stays_away_asks_a_person_in_the_end() {
	run=$(submit direct Away 'A brief.' 5)
	(
		OPENAI_BASE_URL=http://127.0.0.1:9/v1
		for i in 1 2 3 4; do
			runner --drain
			sql "update cursor set run_at = now() where run_id = $run and state = 'W'
			and why = 'retry'"
		done
	)
	is "$(gate "$run")" failure && is "$(sql "select count(*) from llm_call where run_id = $run")" 4
}

a_runner_killed_in_a_call_leaves_the_hold_spent() {
	script '{"delay":30,"text":""}' "$words" "$words" "$app" "$suite"
	run=$(submit direct Killed 'A brief.' 5)
	start_runner
	until_true 10 "select exists (select from llm_call where run_id = $run and state = 'intent')" ||
		return 1
	sleep 0.5
	kill -9 "$pid"
	sql "update runner set expires_at = now() - interval '1 s' where ended_at is null"
	runner --drain && is "$(state "$run")" 'done' && is "$(asked)" 5 &&
		is "$(sql "select count(*) from llm_call c join budget_hold h using (call_id)
			where c.run_id = $run and c.state = 'lost' and h.unconfirmed
			and h.spent_usd = h.amount_usd")" 1 && sound
}

# The run's row is locked, so the answer is stored but the output cannot be accepted yet.
a_stored_answer_is_not_paid_twice() {
	script "$words" "$words" "$app" "$(printf '%s' "$suite" | sed 's/import app/import time\\\\n\\\\ntime.sleep(3)\\\\nimport app/')"
	run=$(submit direct Stored 'A brief.' 5)
	start_runner
	until_true 20 "select exists (select from llm_call where run_id = $run and node = 'tester'
		and state = 'answered')" || return 1
	kill -9 "$pid"
	wait $! 2>/dev/null
	is "$(sql "select count(*) from artifact where run_id = $run and node = 'tester'")" 0 || return 1
	sql "update runner set expires_at = now() - interval '1 s' where ended_at is null"
	runner --drain && is "$(state "$run")" 'done' && is "$(asked)" 4 &&
		is "$(sql "select count(*) from llm_call where run_id = $run and node = 'tester'")" 1 &&
		sound
}

a_cancelled_run_ends_its_call() {
	script '{"kind":"stall_after_head"}'
	run=$(submit direct Cancelled 'A brief.' 5)
	start_runner
	until_true 10 "select exists (select from llm_call where run_id = $run and state = 'intent')" ||
		return 1
	while [ "$(asked)" != 1 ]; do sleep 0.1; done
	before=$(date +%s.%N)
	sql "select run_cancel($run, 1)"
	until_true 12 "select exists (select from llm_call where run_id = $run and state = 'failed')" ||
		return 1
	kill "$pid"
	wait "$pid"
	is "$(state "$run")" cancelled && curl -sf "$server/control/requests" | python3 -c 'import json, sys
took = json.load(sys.stdin)["left"][-1] - float(sys.argv[1])
print("the transfer ended after %.3f s" % took)
sys.exit(not 0 < took < 1)' "$before"
}

one_that_cannot_be_stored_asks_and_the_others_go_on() {
	poison='{"delay":1,"text":"{HANDED\"summary\":\"poison\"}"}'
	late='{"delay":1,"text":"{HANDED\"summary\":\"words about it\"}"}'
	script "$late" "$late" "$late" "$poison" "$late" "$late" "$late" "$late"
	sql "alter table artifact add constraint poison check (document not like '%poison%')"
	for i in 1 2 3 4 5 6 7 8; do
		run=$(submit sdlc "Batch $i" 'A brief.')
	done
	runner --drain
	sql "alter table artifact drop constraint poison"
	is "$(sql "select string_agg(kind || ' ' ||
		n, ', ' order by kind) from (select kind, count(*) as n from gate join run using (run_id)
		join project p using (project_id) where p.name like 'Batch %' and gate.state = 'open'
			group by kind) x")" \
		'failure 1, review 7' && sound
}

many_calls_are_in_flight_at_once() {
	script '{"times":0,"delay":3,"text":"{HANDED\"summary\":\"words about it\"}"}'
	for i in $(seq 1 150); do
		echo "select project_submit(1, 'Many $i', 'A brief.', 'python-stdlib', 'sdlc', null, 'many-$i');"
	done | psql -XqAt "$DATABASE_URL" >/dev/null
	began=$(date +%s)
	runner --drain
	took=$(($(date +%s) - began))
	is "$(sql "select count(*) from run r join project p using (project_id) where p.name like 'Many %'
		and r.state = 'waiting'")" 150 &&
		{ [ "$took" -le 25 ] || { echo "150 calls of 3 s took $took s"; return 1; }; } && sound
}

# Retries, questions, stored answers, dropped stages: what the cases above have left.
all_that_was_logged_of_a_stage_bears_its_run() {
	run=$(sql "select min(run_id) from gate where kind = 'budget'")
	logged "stage analyst asks a person (budget)" 'asked to end' &&
		grep -q '"run":[0-9]*,"message":"statement stage_advance.* 23514' "$log" &&
		grep 'again later' "$log" | grep -q '"run"' && grep 'a stored answer is used' "$log" | grep -q '"run"' &&
		grep 'is not wanted any more' "$log" | grep -q '"run"'
}

tap_case 'a whole project over HTTP' a_whole_project_over_http
tap_case 'the key reaches the server and nothing else' the_key_reaches_the_server_and_nothing_else
tap_case 'instructions and data are apart' instructions_and_data_are_apart
tap_case 'over the cap nothing is asked until a person agrees' over_the_cap_nothing_is_asked_until_a_person_agrees
tap_case 'an unknown price under a cap asks' an_unknown_price_under_a_cap_asks
tap_case 'too many requests: waits as long as the server says' too_many_requests_wait_as_long_as_the_server_says
tap_case 'invalid output is repaired' invalid_output_is_repaired
tap_case 'after two repairs it counts as an attempt' after_two_repairs_it_counts_as_an_attempt
tap_case 'a dangerous path is never stored' a_dangerous_path_is_never_stored
tap_case 'a suite may not replace the application' a_suite_may_not_replace_the_application
tap_case 'failing tests go back to the developer' failing_tests_go_back_to_the_developer_with_their_logs
tap_case 'a server that wants another form gets it at once' a_server_that_wants_another_form_gets_it_at_once
tap_case 'a wrong key asks a person, and never falls back' a_wrong_key_asks_a_person_and_never_falls_back
tap_case 'a server that stays away asks a person in the end' a_server_that_stays_away_asks_a_person_in_the_end
tap_case 'a runner killed in a call leaves the hold spent' a_runner_killed_in_a_call_leaves_the_hold_spent
tap_case 'a stored answer is not paid twice' a_stored_answer_is_not_paid_twice
tap_case 'a cancelled run ends its transfer within a second' a_cancelled_run_ends_its_call
tap_case 'one output that cannot be stored asks, the others go on' one_that_cannot_be_stored_asks_and_the_others_go_on
tap_case 'many calls are in flight at once' many_calls_are_in_flight_at_once
tap_case 'all that was logged of a stage bears its run' all_that_was_logged_of_a_stage_bears_its_run
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# What people approved or wrote comes back byte for byte, and each comment is answered: by a model that
# changes every item all the same, and by the built-in agents, which write all anew.
# shellcheck disable=SC2317,SC2119 # cases are called by name
AGENTS=agents
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/inside.sh"
runner --drain || exit 99 # stores the workflows

# item RUN REVISION ID: the story's very bytes, as their hash.
item() {
	sql "select encode(sha256(convert_to(s::text, 'UTF8')), 'hex') from artifact, json_array_elements(body::json -> 'stories') s
		where run_id = $1 and node = 'analyst' and revision = $2 and s ->> 'id' = '$3'"
}
same() { is "$(item "$run" "$1" "$3")" "$(item "$run" "$2" "$3")" && [ -n "$(item "$run" "$1" "$3")" ]; }
differs() { [ "$(item "$run" "$1" "$3")" != "$(item "$run" "$2" "$3")" ]; }
gate() { sql "select gate_id from gate where run_id = $run and state = 'open'"; }
words() { sql "select body::json #>> '{$2}' from artifact where run_id = $run and node = 'analyst' and revision = $1"; }

# review REVISION: S1 and S2 stay, S3 is to be done again, and two lines are commented on.
review() {
	sql "select items_mark($(gate), $1, 1, '[{\"list\": \"stories\", \"key\": \"id\", \"item\": \"S1\", \"verdict\": \"approve\"},
		{\"list\": \"stories\", \"key\": \"id\", \"item\": \"S2\", \"verdict\": \"approve\"},
		{\"list\": \"stories\", \"key\": \"id\", \"item\": \"S3\", \"verdict\": \"reject\", \"comment\": \"In other words.\"}]')" &&
		sql "select comment_draft($(gate), $1, 1, null, '', 3, 3, 'a line', 'A member may borrow at most two tools at a time.')" &&
		sql "select comment_draft($(gate), $1, 1, null, '', 5, 6, 'two' || chr(10) || 'lines', 'Why?')" &&
		sql "select * from review_send($(gate), $1, 'changes', '', 1, false)"
}
# Writes S4 and the risks anew, as the editor does.
edit() {
	sql "with old as (select body::jsonb as b, document from artifact where run_id = $run and node = 'analyst' and revision = 1),
		new as (select jsonb_set(jsonb_set(b, '{stories,3,title}', '\"Mine: é / <b>\"'), '{risks}', '[\"My risk.\"]')::text as b, document from old)
		select artifact_edit($(gate), 1, 1, sha256(convert_to(b, 'UTF8')), b, document, null, null,
			'[{\"list\": \"stories\", \"key\": \"id\", \"item\": \"S4\"}, {\"list\": \"\", \"key\": \"\", \"item\": \"risks\"}]') from new"
}
goes_round() {
	run=$(submit design-only Tools 'A tool library. Members borrow tools. A tool has a name and a state. A member may borrow three tools at a time.')
	runner --drain && edit && review 2 >/dev/null && runner --drain && is "$(sql "select revision, author_id is null from artifact
		where run_id = $run order by revision desc limit 1")" '3|t'
}
normal() { # the bytes of what the database rewrote for the test are not those of the runner: compared as values
	is "$(sql "select (select s::jsonb from artifact, json_array_elements(body::json -> 'stories') s where run_id = $run and revision = $1
		and s ->> 'id' = '$3') = (select s::jsonb from artifact, json_array_elements(body::json -> 'stories') s where run_id = $run
		and revision = $2 and s ->> 'id' = '$3')")" t
}
approved_items_are_the_same() { normal 2 3 S1 && normal 2 3 S2; }
so_are_edited_ones() { normal 2 3 S4 && is "$(words 3 risks)" '["My risk."]' && 
	is "$(sql "select s ->> 'title' from artifact, json_array_elements(body::json -> 'stories') s where run_id = $run
		and revision = 3 and s ->> 'id' = 'S4'")" 'Mine: é / <b>'; }
each_comment_is_answered() {
	is "$(sql "select string_agg(a ->> 'comment', ' ' order by a ->> 'comment') from artifact, json_array_elements(body::json -> 'answers') a
		where run_id = $run and revision = 3 and length(a ->> 'text') > 0")" '1 2'
}
# Once more, on bytes that the runner itself has written.
byte_for_byte() {
	sql "update review_comment set resolved_by = 1, resolved_at = now()" &&
		sql "select items_mark($(gate), 3, 1, '[{\"list\": \"stories\", \"key\": \"id\", \"item\": \"S5\", \"verdict\": \"approve\"},
			{\"list\": \"stories\", \"key\": \"id\", \"item\": \"S1\", \"verdict\": \"approve\"}]')" >/dev/null &&
		sql "select * from review_send($(gate), 3, 'changes', 'Again.', 1, false)" >/dev/null && runner --drain &&
		for id in S1 S5; do same 3 4 "$id" || return 1; done
}
the_rest_is_done_again() { differs 2 3 S3; }

goes_round
tap_case 'the built-in agents keep approved items' approved_items_are_the_same
tap_case 'and what a person wrote' so_are_edited_ones
tap_case 'they answer each comment' each_comment_is_answered
tap_case 'what they wrote themselves stays byte for byte' byte_for_byte

./tests/lib/stub_model_server --stay >"$BOTARMY_TEST_DIR/port" &
pids="$pids $!"
while [ ! -s "$BOTARMY_TEST_DIR/port" ]; do sleep 0.05; done
OPENAI_BASE_URL=http://127.0.0.1:$(cat "$BOTARMY_TEST_DIR/port")/v1 OPENAI_API_KEY=sk-test BOTARMY_MODEL=model-x
BOTARMY_PRICE_INPUT=1 BOTARMY_PRICE_OUTPUT=2
export OPENAI_BASE_URL OPENAI_API_KEY BOTARMY_MODEL BOTARMY_PRICE_INPUT BOTARMY_PRICE_OUTPUT
goes_round
tap_case 'a model that changes every item changes no approved one' approved_items_are_the_same
tap_case 'nor what a person wrote' so_are_edited_ones
tap_case 'it answers each comment' each_comment_is_answered
tap_case 'not a byte' byte_for_byte
tap_case 'and the rest is as it wants it' the_rest_is_done_again
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Gates: what they show, who may decide, what each decision does, and what a late one gets.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
play_people

# start NAME: sets run and gate, open at the analyst's output.
start() {
	run=$(sql "select play.submit('sam', '$1', ${2:-null})")
	sql "select play.go($run)" >/dev/null
	gate=$(sql "select play.gate($run)")
}
# park KIND DETAIL [AMOUNT]
park() {
	run=$(sql "select play.submit('sam', 'parked', 1)")
	sql "select play.park($run, '$1', '$2', ${3:-null})" >/dev/null
	gate=$(sql "select play.gate($run)")
}
form() { hit -b "$jar" --data-urlencode "_csrf=$code" "$@" "$url/gates/$gate/decision"; }
say() { hit -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$2" "$url/api/v1/gates/$gate/decision"; }
view() { hit -H "Authorization: Bearer ${1:-$sam}" "$url/api/v1/gates/$gate"; }

decisions() { sql "select count(*) from decision where gate_id = $gate"; }

# ---- seeing ----
start Tools
try 'a gate has a page' 200 -b "$jar" "$url/gates/$gate"
tap_case 'with the output rendered' body_has 'US-1 Borrow a tool'
tap_case 'and a form' body_has 'id="decide-button"'
view
tap_case 'the API gives the view' json_is "j['kind'], j['state'], j['revision'], j['can_decide'], j['history']" \
	"('review', 'open', 1, True, [])"
cp "$web/body" "$web/one"
hit -b "$jar" -H 'Accept: application/json' "$url/gates/$gate"
tap_case 'the page answers the same' cmp "$web/body" "$web/one"
view "$viewer"
tap_case 'to somebody else it does not exist' is_status 404
view "$ana"
tap_case 'an approver may decide' json_is "j['can_decide'], j['why_not']" '(True, None)'
hit -H "Authorization: Bearer $ana" "$url/api/v1/gates"
tap_case 'open gates are listed' json_is "[(g['id'], g['kind']) for g in j['gates']]" "[($gate, 'review')]"
hit -H "Authorization: Bearer $viewer" "$url/api/v1/gates"
tap_case 'for whom they concern' json_is "j['gates']" '[]'

# ---- refusals ----
say "$viewer" '{"kind": "approve", "revision": 1}'
tap_case 'a stranger cannot decide on what to them is not there' is_status 404
hit -b "$jar" -d 'kind=approve&revision=1' "$url/gates/$gate/decision"
tap_case 'nor a form without its token' is_status 403
say "$sam" '{"kind": "approve"}'
tap_case 'the revision is needed' is_status 422
tap_case 'as the problem says' json_is "[e['pointer'] for e in j['errors']]" "['/revision']"
say "$sam" '{"kind": "maybe", "revision": 1}'
tap_case 'there are three decisions' json_is "j['errors'][0]['pointer']" /kind
say "$sam" '{"kind": "approve", "revision": 1, "force": true}'
tap_case 'and no other field' is_status 422
say "$sam" '{"kind": "changes", "revision": 1, "comment": "  "}'
tap_case 'changes need words' is_status 422
tap_case 'and a problem says so' problem
say "$sam" '{"kind": "approve", "revision": 2}'
tap_case 'only what is current can be decided on' is_status 409
form -d 'kind=changes&revision=1' --data-urlencode 'comment= '
tap_case 'the form comes back' is_status 422
tap_case 'with what is wrong' body_has 'Say in the comment what is to change.'
tap_case 'and the choice kept' body_has 'value="changes" required checked'
form -d 'revision=1' --data-urlencode 'comment=<i>keep & me</i>'
tap_case 'without a choice' is_status 422
tap_case 'it keeps the words' body_has '&lt;i&gt;keep &amp; me&lt;/i&gt;</textarea>'
form -d 'kind=approve&revision=7' --data-urlencode 'comment=hm'
tap_case 'a stale form' is_status 409
tap_case 'shows what is current' body_has 'Look at it again, then decide.'
tap_case 'nothing was decided' test "$(decisions)" = 0
gate=999 say "$sam" '{"kind": "approve", "revision": 1}'
tap_case 'a gate that is not there' is_status 404

# ---- deciding ----
start Tools
form -d 'kind=changes&revision=1' --data-urlencode 'comment=At most three loans.'
tap_case 'a form decides' is_status 303
tap_case 'and leads to the run' header_is Location "/runs/$run"
tap_case 'the words are kept' test "$(sql "select comment from decision where gate_id = $gate")" = 'At most three loans.'
tap_case 'for the agent too' test "$(sql "select feedback ->> 'comment' from stage where run_id = $run and node = 'analyst'")" = 'At most three loans.'
sql "select play.go($run)" >/dev/null
gate=$(sql "select play.gate($run)")
view
tap_case 'the new revision is shown with what changed' json_is \
	"j['revision'], j['stage_view']['diff']['from'], j['history'][0]['kind'], j['history'][0]['by']" "(2, 1, 'changes', 'sam')"
say "$ana" '{"kind": "approve", "revision": 2, "comment": "Good."}'
tap_case 'the API decides' is_status 200
tap_case 'and says what became of the run' json_is "j['run_id'], j['run_state'] in ('running', 'queued')" "($run, True)"
tap_case 'with its event and audit' test "$(sql "select (select count(*) from event where run_id = $run and kind = 'decision'),
	(select count(*) from audit where action in ('approve', 'changes') and (body ->> 'run')::bigint = $run)")" = '2|2'
say "$sam" '{"kind": "reject", "revision": 2}'
tap_case 'a second word is too late' is_status 409
tap_case 'and told whose the first was' json_is "'approve by ana' in j['detail']" True
form -d 'kind=changes&revision=2' --data-urlencode 'comment=Wait, no.'
tap_case 'by form too' is_status 409
tap_case 'with the decision shown' body_has '<strong>Approved</strong> by ana'
tap_case 'and the words kept' body_has '<blockquote id="kept">Wait, no.</blockquote>'
tap_case 'one decision stands' test "$(decisions)" = 1
view
tap_case 'a decided gate says so' json_is "j['state'], j['can_decide'], j['decision']['by']" "('decided', False, 'ana')"

start Tools
say "$sam" '{"kind": "reject", "revision": 1}'
tap_case 'rejecting ends the run' json_is "j['run_state']" rejected
start Tools
sql "select run_cancel($run, 1)" >/dev/null
say "$sam" '{"kind": "approve", "revision": 1}'
tap_case 'after the end nothing is decided' is_status 409
view
tap_case 'and the gate is closed' json_is "j['state'], 'cancelled' in j['why_not']" "('closed', True)"

# ---- questions that are not about an output ----
park failure 'the answer was not JSON'
try 'a failure explains itself' 200 -b "$jar" "$url/gates/$gate"
tap_case 'with what happened' body_has 'the answer was not JSON'
tap_case 'and what approving means' body_has 'Try again'
say "$sam" '{"kind": "approve", "revision": 0}'
tap_case 'approving tries again' test "$(sql "select state from cursor where run_id = $run")" = R
park failure 'again'
say "$sam" '{"kind": "reject", "revision": 0}'
tap_case 'giving up fails the run' json_is "j['run_state']" failed
park budget 'over the cap' 0.316
try 'a spent cap explains itself' 200 -b "$jar" "$url/gates/$gate"
tap_case 'with what is missing' body_has 'goes from $1.00 up by $0.32'
tap_case 'and offers no changes' not body_has 'value="changes"'
say "$sam" '{"kind": "changes", "revision": 0, "comment": "cheaper"}'
tap_case 'which are refused' is_status 422
say "$sam" '{"kind": "approve", "revision": 0}'
tap_case 'approving raises the cap' test "$(sql "select trim_scale(cap_usd) from budget b join run r on b.key = r.project_id
	where b.kind = '4-project' and run_id = $run")" = 1.32
park price 'the price is not set'
try 'an unknown price explains itself' 200 -b "$jar" "$url/gates/$gate"
tap_case 'with what approving allows' body_has 'calls of unknown price'
say "$sam" '{"kind": "approve", "revision": 0}'
tap_case 'approving allows it' test "$(sql "select unpriced from run where run_id = $run")" = t

start Tools
for failures in 2 -1; do
	start Tools
	for _ in analyst architect; do
		gate=$(sql "select play.gate($run)")
		say "$sam" '{"kind": "approve", "revision": 1}'
		sql "select play.go($run, $failures)" >/dev/null
	done
	gate=$(sql "select play.gate($run)")
	view
	tap_case "with $failures tests failing a person is asked" json_is "j['kind'], j['stage'], j['tests']['failed']" \
		"('tests', 'tester', $((failures > 0 ? failures : 0)))"
done
tap_case 'what was not executed is not passed' json_is "j['tests']['executed'], j['tests']['passed'], j['tests']['problem']" \
	"(False, 0, 'no sandbox can start on this machine')"
try 'nor green on the page' 200 -b "$jar" "$url/gates/$gate"
tap_case 'it says so' body_has 'Not executed'
tap_case 'in no green' not body_has 'c-passed'
tap_done

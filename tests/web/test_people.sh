#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs with branches: where they stand, who must decide, what agents ask, what could not be done, and
# how a stage is done again.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/parallel.sql" >/dev/null || exit 99
account eve submitter
eve=$token
account sam submitter
sam=$token jar=$web/jar
sign_in "$link" "$jar"
code=$(csrf "$jar")
account bo approver
bo=$token
account ana approver
ana=$token

get() { hit -H "Authorization: Bearer $1" "$url/api/v1$2"; }
post() { hit -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$3" "$url/api/v1$2"; }
page() { hit -b "$jar" "$url$1"; }
form() { path=$1; shift; hit -b "$jar" --data-urlencode "_csrf=$code" "$@" "$url$path"; }
gate() { sql "select max(gate_id) from gate where run_id = $run and state = 'open'"; }

# ---- two approvals ----
run=$(sql "select play.parallel('sam', 'Tools')")
sql "select play.step($run, 'analyst', 'pass')"
get "$sam" "/runs/$run"
tap_case 'a gate says how many approvals it takes' json_is "j['gates'][0]['votes'], j['gates'][0]['quorum']" '(0, 2)'
tap_case 'where the run stands is told' json_is "[(s['kind'], s['stage'], s['state'], s['why']) for s in j['standing']]" \
	"[('gate', 'analyst', 'waiting', 'gate')]"
post "$ana" "/gates/$(gate)/decision" '{"kind": "approve", "revision": 1, "comment": "Fine."}'
tap_case 'the first approval is a vote' json_is "j['open'], j['votes'], j['quorum'], j['decision_id']" '(True, 1, 2, None)'
get "$ana" "/gates/$(gate)"
tap_case 'the gate lists it' json_is "[(v['by'], v['comment']) for v in j['votes']]" "[('ana', 'Fine.')]"
tap_case 'who voted waits for others' json_is "j['can_decide'], 'others' in j['why_not']" '(False, True)'
tap_case 'what happens if nobody does is told' json_is "j['on_expiry'], j['expires_at'] is not None" "('escalate', True)"
get "$ana" /gates
tap_case 'and it is nobody'\''s turn twice' json_is "[g['can_decide'] for g in j['gates']]" '[False]'
page "/gates/$(gate)"
tap_case 'the page counts and names the votes' body_has '1 of 2'
tap_case 'says what time does' body_has 'people of the role operator are asked'
tap_case 'and what it leads to' body_has 'Developer goes on with exactly this revision'
form "/gates/$(gate)/decision" -d 'kind=approve&revision=1'
tap_case 'the owner gives the second' header_is Location "/runs/$run"
tap_case 'events say it in words' test "$(sql "select string_agg(kind, ' ' order by seq) from event where run_id = $run
	and kind in ('vote', 'decision')")" = 'vote decision'
page "/runs/$run"
tap_case 'on the page' body_has '1 of 2 approvals of Analyst, revision 1'

# ---- roles ----
other=$(sql "select play.parallel('sam', 'Rooms')")
sql "select play.step($other, 'analyst', 'pass'); update gate set role = 'operator' where run_id = $other"
g=$(sql "select gate_id from gate where run_id = $other")
get "$ana" "/gates/$g"
tap_case 'a gate above one'\''s role says which it takes' json_is "j['can_decide'], 'role operator' in j['why_not']" '(False, True)'
post "$ana" "/gates/$g/decision" '{"kind": "approve", "revision": 1}'
tap_case 'and takes no decision' is_status 403
get "$eve" "/gates/$g"
tap_case 'a stranger does not see it' is_status 404
sql "update gate set assignee_id = (select account_id from account where name = 'eve') where gate_id = $g"
get "$eve" "/gates/$g"
tap_case 'whom it is given to does' json_is "j['can_decide'], j['assignee']" "(True, 'eve')"
get "$eve" "/runs/$other"
tap_case 'with its run' is_status 200
get "$eve" /gates
tap_case 'and finds it in the list' json_is "[(g['id'], g['can_decide']) for g in j['gates']]" "[($g, True)]"

post "$eve" "/runs/$other/cancel" '{}'
tap_case 'but cannot end it' is_status 403
post "$eve" "/runs/$other/messages" '{"text": "@analyst hi"}'
tap_case 'nor talk to its agents' is_status 403
hit -H "Authorization: Bearer $ana" -H 'Accept: application/json' "$url/"
tap_case 'home shows what one can decide' json_is "$g in [t['id'] for t in j['your_turn']]" False

# ---- branches ----
sql "select play.step($run, 'developer', 'pass')"
get "$sam" "/runs/$run"
tap_case 'branches stand at several stages' json_is "j['stage'], sorted(s['why'] or s['state'] for s in j['standing'])" \
	"('architect, tester', ['join', 'ready', 'ready'])"
sql "select play.lease($run)"
page "/runs/$run"
tap_case 'the page says who is at work' body_has 'Architect and Tester are at work'
get "$sam" /projects
tap_case 'lists name the stages' json_is "[p['stage'] for p in j['projects'] if p['run_id'] == $run]" "['architect, tester']"
q=$(sql "select play.ask($run, 'architect', 'question', 'Which database?')")
get "$sam" "/runs/$run"
tap_case 'one may ask while the other works' json_is "[(s['stage'], s['why']) for s in j['standing'] if s['state'] != 'waiting']" \
	"[('tester', None)]"

# ---- questions ----
page "/gates/$q"
tap_case 'a question has a page' body_has 'Which database?'
tap_case 'that takes an answer' body_has 'value="answer"'
tap_case 'and no approval' not body_has 'value="approve"'
post "$sam" "/gates/$q/decision" '{"kind": "answer", "revision": 0, "comment": " "}'
tap_case 'an empty answer is none' is_status 422
get "$sam" "/runs/$run/messages"
tap_case 'the question is among the messages' json_is "[(m['sender'], m['to'], m['asks']) for m in j['messages']]" \
	"[('architect', 'people', $q)]"
m=$(json "j['messages'][0]['id']")
page "/runs/$run/messages"
tap_case 'with a form to answer' body_has 'Answer: the run waits for it'
form "/runs/$run/messages" -d "reply_to=$m" --data-urlencode 'text=SQLite.'
tap_case 'an answer there' header_is Location "/runs/$run/messages"
tap_case 'decides the gate' test "$(sql "select kind || ': ' || comment from decision where gate_id = $q")" = 'answer: SQLite.'
tap_case 'and is for the agent' test "$(sql "select feedback ->> 'comment' from stage where run_id = $run and node = 'architect'")" = SQLite.

# ---- messages ----
form "/runs/$run/messages" --data-urlencode 'text=hello <b>'
tap_case 'a message to nobody is refused' is_status 422
tap_case 'saying whom there is' body_has '@analyst, @architect, @developer, @tester'
tap_case 'with the words kept' body_has 'hello &lt;b&gt;</textarea>'
form "/runs/$run/messages" -d priority=99 --data-urlencode 'text=@tester hi'
tap_case 'a wrong priority keeps the words' body_has '@tester hi</textarea>'
post "$sam" "/runs/$run/messages" '{"text": "@nobody hi"}'
tap_case 'an unknown agent is refused' json_is "'nobody' in j['errors'][0]['detail'], j['errors'][0]['pointer']" "(True, '/text')"
post "$sam" "/runs/$run/messages" '{"text": "#design one table", "priority": 3}'
tap_case 'a topic goes to all who listen' json_is "[(d['agent'], d['state']) for d in j['messages'][-1]['deliveries']]" \
	"[('architect', 'ready'), ('developer', 'ready')]"
sql "select play.lease($run)"
get "$sam" "/runs/$run/messages"
tap_case 'a stage that begins reads it' json_is "[d['state'] for d in j['messages'][-1]['deliveries']]" "['held', 'ready']"
id=$(json "j['messages'][-1]['id']")
sql "update message_delivery set state = 'dead', branch = null, epoch = null, attempts = 5, problem = 'too long'
	where message_id = $id and agent = 'architect'"
page "/runs/$run/messages"
tap_case 'what was given up says so' body_has 'given up'
post "$sam" "/runs/$other/messages/$id/architect/revive" '{}'
tap_case 'only in its own run' is_status 404
post "$sam" "/runs/$run/messages/$id/architect/revive" '{}'
tap_case 'it can be revived' json_is "[d['state'] for d in j['messages'][-1]['deliveries']]" "['ready', 'ready']"
post "$sam" "/runs/$run/messages/$id/architect/revive" '{}'
tap_case 'once' is_status 409
post "$eve" "/runs/$run/messages" '{"text": "@tester hi"}'
tap_case 'a stranger says nothing' is_status 404

# ---- dead letters and doing again ----
sql "select stage_retry(play.runner(), run_id, branch, epoch, 0, 'the answer was not JSON', true) from cursor
	where run_id = $run and node = 'tester' and state = 'L'"
get "$sam" /dead-letters
tap_case 'a stage without attempts left is a dead letter' json_is \
	"[(d['stage'], d['problem'], d['can_resume'], d['gate'] == $(gate)) for d in j['dead_letters']]" \
	"[('tester', 'the answer was not JSON', True, True)]"
get "$eve" /dead-letters
tap_case 'not for strangers' json_is "j['dead_letters']" '[]'
page /dead-letters
tap_case 'the page lets it go on' body_has "action=\"/gates/$(gate)/decision\""
page "/runs/$run"
tap_case 'the run'\''s page does too' body_has "id=\"again-$(gate)\""
page "/gates/$(gate)"
tap_case 'or skip it' body_has 'value="skip"'
form "/gates/$(gate)/decision" -d 'kind=approve&revision=0'
tap_case 'one click resumes' test "$(sql "select state from cursor where run_id = $run and node = 'tester'")" = R
get "$sam" '/dead-letters?all=1'
tap_case 'and the letter is resolved' json_is "[(d['resolution'], d['can_resume']) for d in j['dead_letters']]" "[('resumed', False)]"
f=$(sql "select play.ask($run, 'tester', 'failure', 'still not')")
post "$sam" "/gates/$f/decision" '{"kind": "reject", "revision": 0}'
tap_case 'giving up fails the run' json_is "j['run_state']" failed
get "$sam" /dead-letters
tap_case 'which stays to be resumed' json_is "[(d['run_state'], d['gate'], d['can_resume']) for d in j['dead_letters']]" \
	"[('failed', None, True)]"
page "/runs/$run/stages/developer"
tap_case 'a stage'\''s page lets it be done again' body_has 'Do Developer again'
post "$sam" "/runs/$run/stages/analyst/retry" '{"comment": "Shorter.", "force": 1}'
tap_case 'only with what it takes' is_status 422
post "$eve" "/runs/$run/stages/analyst/retry" '{}'
tap_case 'not by strangers' is_status 404
page "/runs/$run/stages/analyst"
tap_case 'and says what goes stale' body_has 'until they are done again: Developer.'
form "/runs/$run/stages/analyst/retry" --data-urlencode 'comment=Shorter.'
tap_case 'then the run is back there' header_is Location "/runs/$run"
get "$sam" "/runs/$run"
tap_case 'with what followed stale' json_is "j['state'], j['stage'], [s['name'] for s in j['stages'] if s['state'] == 'stale']" \
	"('running', 'analyst', ['developer'])"
tap_case 'the comment is for the agent' test "$(sql "select feedback ->> 'comment' from stage
	where run_id = $run and node = 'analyst'")" = Shorter.
post "$sam" "/runs/$run/pause" '{}'
form "/runs/$run/stages/analyst/retry" --data-urlencode 'comment=<keep me>'
tap_case 'a paused run is not sent back' is_status 409
tap_case 'and the words come back' body_has 'The run is paused: resume it first.'

# ---- conflict ----
run=$(sql "select play.parallel('sam', 'Doubts')")
sql "select play.step($run, 'analyst', 'pass'); select play.approve_twice($run);
	select play.step($run, 'developer', 'concern', 'The rules contradict each other.');
	select play.step($run, 'analyst', 'pass'); select play.approve_twice($run);
	select play.step($run, 'developer', 'concern', 'They still do.')" >/dev/null
page "/gates/$(gate)"
tap_case 'a conflict shows what is doubted' body_has 'They still do.'
tap_case 'and what the earlier agent answered' body_has 'id="other">What Analyst answered'
tap_case 'and what an approval leads to' body_has 'Architect and Tester go on with exactly this revision'
tap_case 'and whom changes go back to' body_has 'Analyst works again by your comment'
get "$sam" "/gates/$(gate)/conflict"
tap_case 'both sides are told' json_is "j['doubting']['stage'], j['doubting']['says'], j['doubted']['stage'], j['doubted']['revision']" \
	"('developer', 'They still do.', 'analyst', 2)"
tap_case 'with the rounds, the newest first' json_is "[(r['stage'], r['revision'], r['outcome']) for r in j['rounds']]" \
	"[('developer', 2, 'concern'), ('analyst', 2, 'pass'), ('developer', 1, 'concern'), ('analyst', 1, 'pass')]"
sql "update artifact set body = '{\"confidence\": 0.45, \"concerns\": [{\"about\": \"analyst\", \"text\": \"<i>Rule 3\"}]}'
	where artifact_id = (select artifact_id from gate where gate_id = $(gate))"
get "$sam" "/gates/$(gate)/conflict"
tap_case 'and how sure each is' json_is "j['doubting']['confidence'], j['doubting']['concerns'], j['doubted']['confidence']" \
	"(0.45, [{'about': 'analyst', 'text': '<i>Rule 3'}], None)"
page "/gates/$(gate)/conflict"
tap_case 'the page shows both' body_has 'id="doubted">Analyst says'
tap_case 'with a button for each side' body_has 'Choose Developer’s side'
tap_case 'and the words that go with it' body_has 'They still do.</textarea>'
tap_case 'literally' body_has '&lt;i&gt;Rule 3'
page /inbox
tap_case 'the inbox leads there' body_has "/gates/$(gate)/conflict"
post "$bo" "/gates/$(gate)/decision" '{"kind": "approve", "revision": 2}'
tap_case 'approving goes on' json_is "j['run_state']" running

# ---- pages of what is long ----
sql "select message_post($run, null, (select account_id from account where name = 'sam'), null, 'tester', 0, 'note ' || i, null, null)
	from generate_series(1, 150) i" >/dev/null
get "$sam" "/runs/$run/messages"
tap_case 'of messages the newest hundred' json_is "len(j['messages']), j['messages'][-1]['body'], len(j['messages'][-1]['deliveries'])" \
	"(100, 'note 150', 1)"
get "$sam" "/runs/$run/messages?before=$(json "j['older']")"
tap_case 'the older follow without a gap' json_is "j['messages'][-1]['body'], j['messages'][0]['body'], j['older']" "('note 50', 'note 1', None)"
page "/runs/$run/messages"
tap_case 'and have a link' body_has 'Earlier messages'
sql "insert into dead_letter (run_id, branch, node, attempts, problem) select $run, 0, 'tester', 1, 'letter ' || i from generate_series(1, 60) i"
get "$sam" /dead-letters
tap_case 'of dead letters the newest fifty' json_is "len(j['dead_letters']), j['dead_letters'][0]['problem']" "(50, 'letter 60')"
tap_case 'the next page is linked' header_has Link "before=$(json "j['older']")>; rel=\"next\""
get "$sam" "/dead-letters?before=$(json "j['older']")"
tap_case 'and goes on where that ended' json_is "j['dead_letters'][0]['problem'], j['older']" "('letter 10', None)"
get "$sam" '/dead-letters?before=x'
tap_case 'nonsense is refused' is_status 422
sql "delete from dead_letter where problem like 'letter %'"

# ---- the log ----
sql "insert into log (at, run_id, stage, agent, level, text)
	select now() - i * interval '1 s', $run, case when i % 2 = 0 then 'tester' else 'developer' end, 'x',
		case when i % 10 = 0 then 'error' else 'info' end, 'line <' || i || '>' from generate_series(1, 1100) i"
get "$sam" "/runs/$run/log"
tap_case 'the log has its 500 newest lines' json_is "len(j['lines']), j['lines'][0]['text']" "(500, 'line <1>')"
older=$(json "j['older']")
get "$sam" "/runs/$run/log?before=$older"
tap_case 'the older ones follow without a gap' json_is "j['lines'][0]['text'], j['lines'][-1]['text']" "('line <501>', 'line <1000>')"
get "$sam" "/runs/$run/log?before=$(json "j['older']")"
tap_case 'to the end' json_is "len(j['lines']), j['older']" '(100, None)'
get "$sam" "/runs/$run/log?stage=tester&level=error"
tap_case 'filters hold' json_is "len(j['lines']), {l['stage'] for l in j['lines']}, {l['level'] for l in j['lines']}" \
	"(110, {'tester'}, {'error'})"
sql "insert into log (at, run_id, level, text) select timestamptz '2020-01-01', $run, 'info', 'same' from generate_series(1, 600)"
get "$sam" "/runs/$run/log?before=$(sql "select (extract(epoch from timestamptz '2020-01-02') * 1000000)::bigint").0.0"
get "$sam" "/runs/$run/log?before=$(json "j['older']")"
tap_case 'lines of one moment are not lost between pages' json_is "len(j['lines'])" 100
page "/runs/$run/log?level=error"
tap_case 'the page escapes them' body_has 'line &lt;10&gt;'
for wrong in level=loud before=1 before=1.2 'before=1.x.2' 'before=9999999999999999999.1.1'; do
	get "$sam" "/runs/$run/log?$wrong"
	tap_case "$wrong is refused" is_status 422
done

# ---- runners under pressure ----
sql "update runner set pressure = 'little disk is left', seen_at = now()"
page "/runs/$run"
tap_case 'pages say why less is done' body_has 'little disk is left'
hit "$url/readyz"
tap_case 'and so does readyz' json_is "j['checks']['pressure']" 'little disk is left'
tap_done

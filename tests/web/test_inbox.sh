#!/bin/sh
# SPDX-License-Identifier: MIT
# The inbox: whose turn it is and why, filters and pages of it, answers in place, several approved at once,
# questions given to others, and people who are away.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/parallel.sql" >/dev/null || exit 99
play_people
account eve submitter
eve=$token
account bo approver
bo=$token
hostile='<script>alert("x")</script> & {{name}}'

get() { hit -H "Authorization: Bearer $1" "$url/api/v1$2"; }
post() { hit -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$3" "$url/api/v1$2"; }
page() { hit -b "$jar" "$url$1"; }
form() { path=$1; shift; hit -b "$jar" --data-urlencode "_csrf=$code" "$@" "$url$path"; }
id() { sql "select account_id from account where name = '$1'"; }
# start NAME: sets run and gate, open at the analyst's output.
start() {
	run=$(sql "select play.submit('sam', '$1')")
	sql "select play.go($run)" >/dev/null
	gate=$(sql "select play.gate($run)")
}
fresh() { sleep 2.1; }

# ---- nothing ----
page /inbox
tap_case 'an empty inbox says so' body_has 'Nothing waits for you.'
tap_case 'and what agents might say' body_has 'Agents have said nothing'
tap_case 'there is nothing to tick' not body_has 'Approve ticked'
tap_case 'nor a number in the navigation' not body_has 'id="turns"'
page '/inbox?list=others'
tap_case 'nobody else has to decide either' body_has 'Nobody else has to decide'
get "$sam" /inbox
tap_case 'programs get lists without anything in them' json_is "j['list'], j['turns'], j['next'], j['messages'], j['away']" \
	"('mine', [], None, [], None)"

# ---- one ----
start "$hostile"
sql "update budget set spent_usd = 1.25, held_usd = 0.5 where kind = '4-project'"
first=$gate
get "$sam" /inbox
tap_case 'a gate is its owner'\''s turn' json_is "[(t['id'], t['why'], t['kind'], t['revision']) for t in j['turns']]" \
	"[($gate, 'owner', 'review', 1)]"
tap_case 'with what it blocks' json_is "j['turns'][0]['blocks'], j['turns'][0]['later'], j['turns'][0]['spent_usd'], \
j['turns'][0]['held_usd'], j['turns'][0]['people_waiting']" "('Architect, Developer, Tester', 3, 1.25, 0.5, 0)"
tap_case 'and who asked for it, as it was typed' json_is "j['turns'][0]['name']" "$hostile"
fresh
page /inbox
tap_case 'the page shows the name literally' body_has '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; {{name}}'
tap_case 'why it is theirs' body_has 'you own it'
tap_case 'and a box with the revision' body_has "name=\"gate-$gate\" value=\"1\""
tap_case 'every page counts the turns' body_has 'id="turns">1<'
get "$ana" /inbox
tap_case 'it is the approver'\''s, too, by the role' json_is "[t['why'] for t in j['turns']], j['turns'][0]['people_waiting']" \
	"(['site'], 1)"
get "$eve" /inbox
tap_case 'a stranger has nothing' json_is "j['turns']" '[]'
get "$eve" '/inbox?list=others'
tap_case 'and watches nothing' json_is "j['turns']" '[]'
sql "insert into project_member (project_id, account_id, role) select project_id, $(id eve), 'viewer' from run where run_id = $run"
get "$eve" '/inbox?list=others'
tap_case 'with whom it is shared watches it' json_is "[(t['id'], t['why'], t['can_decide']) for t in j['turns']]" "[($gate, 'others', False)]"
sql "update project_member set role = 'approver'"
get "$eve" /inbox
tap_case 'and decides with a role there' json_is "[t['why'] for t in j['turns']]" "['member']"
get "$viewer" '/inbox'
tap_case 'a viewer may look at an inbox' is_status 200

# ---- filters and order ----
start 'Rooms'
second=$gate
sql "update gate set opened_at = now() - interval '3 days' where gate_id = $second;
	update budget set spent_usd = 0.5 where kind = '4-project' and key = (select project_id from run where run_id = $run)"
project=$(sql "select project_id from run where run_id = $run")
get "$sam" /inbox
tap_case 'what waits longest is first' json_is "[t['id'] for t in j['turns']], j['turns'][0]['waiting_s'] // 86400" "([$second, $first], 3)"
get "$sam" '/inbox?sort=cost'
tap_case 'or what has cost most' json_is "[t['id'] for t in j['turns']]" "[$first, $second]"
get "$sam" "/inbox?project=$project"
tap_case 'of one project' json_is "[t['id'] for t in j['turns']]" "[$second]"
get "$sam" '/inbox?why=assigned'
tap_case 'for one reason' json_is "j['turns']" '[]'
get "$sam" '/inbox?kind=question'
tap_case 'of one kind' json_is "j['turns']" '[]'
page '/inbox?kind=question'
tap_case 'what is filtered away says so' body_has 'Nothing matches.'
for sort in waiting cost; do
	get "$sam" "/inbox?limit=1&sort=$sort"
	one=$(json "j['turns'][0]['id']")
	tap_case "by $sort there is a next page" header_has Link "sort=$sort&limit=1&after=$(json "j['next']")>; rel=\"next\""
	get "$sam" "/inbox?limit=1&sort=$sort&after=$(json "j['next']")"
	tap_case 'with the other' json_is "len(j['turns']), j['turns'][0]['id'] != $one, j['next']" '(1, True, None)'
done
for wrong in kind=x why=voted sort=x list=x project=x limit=0 limit=101 after=x; do
	get "$sam" "/inbox?$wrong"
	tap_case "$wrong is refused" is_status 422
done

# ---- several at once ----
start Third
third=$gate
sql "update gate set quorum = 2 where gate_id = $third;
	update gate set revision = 2 where gate_id = $second; update stage set revision = 2 where run_id =
		(select run_id from gate where gate_id = $second) and node = 'analyst'"
form /inbox/approve -d "gate-$first=1&gate-$second=1&gate-$third=1" -d 'gate-999=1' --data-urlencode 'comment=All fine.'
tap_case 'ticked ones are approved on one page' is_status 200
tap_case 'which counts them' body_has '1 approved'
tap_case 'says of what changed that it was not' body_has 'You decided on revision 1, but revision 2 is current'
tap_case 'of several approvals that it is one' body_has '1 of 2 approvals'
tap_case 'of what there is not' body_has 'There is no gate 999'
tap_case 'and shows names literally' body_has '&lt;script&gt;alert('
tap_case 'what was approved is decided' test "$(sql "select string_agg(gate_id || ':' || kind || ':' || comment, ' ')
	from decision")" = "$first:approve:All fine."
post "$sam" /inbox/approve "{\"gates\": [{\"id\": $first, \"revision\": 1}, {\"id\": $second, \"revision\": 2}]}"
tap_case 'a program is told of each' json_is "[(r['id'], r['outcome']) for r in j['results']], j['approved'], j['refused']" \
	"([($first, 'refused'), ($second, 'approved')], 1, 1)"
tap_case 'with the reason' json_is "'already decided: approve by sam' in j['results'][0]['detail']" True
post "$eve" /inbox/approve "{\"gates\": [{\"id\": $third, \"revision\": 1}]}"
tap_case 'a stranger learns nothing of a gate' json_is "j['results'][0]['outcome'], j['results'][0]['name']" "('refused', None)"
form /inbox/approve
tap_case 'nothing ticked is said' is_status 422
form /inbox/approve -d 'gate-1=x'
tap_case 'nonsense is refused' is_status 422
post "$sam" /inbox/approve '{"gates": [{"id": 1, "revision": 1}, {"id": 1, "revision": 1}]}'
tap_case 'and naming one twice' is_status 422
get "$sam" /inbox
tap_case 'what one has approved is not one'\''s turn' json_is "j['turns']" '[]'
get "$sam" '/inbox?list=others'
tap_case 'but waits for others' json_is "[(t['id'], t['why'], t['votes']) for t in j['turns']]" "[($third, 'voted', 1)]"

# ---- with every runner down, and by who wrote it ----
start Edited
sql "update runner set ended_at = now(), expires_at = now() - interval '1 hour', seen_at = now() - interval '1 hour'"
sql "with a as (insert into artifact (run_id, node, revision, sha256, body, document, provider, model, author_id)
		select run_id, node, 2, sha256('2'), body, 'By hand', 'person', 'sam', $(id sam) from artifact
		where run_id = $run and node = 'analyst' returning *),
	s as (update stage set revision = 2, artifact_id = a.artifact_id from a where stage.run_id = a.run_id and stage.node = a.node)
	update gate set revision = 2, artifact_id = a.artifact_id from a where gate_id = $gate"
get "$sam" /inbox
tap_case 'who wrote a revision is not asked to approve it' json_is "[t['id'] for t in j['turns']]" '[]'
get "$sam" '/inbox?list=others&why=author'
tap_case 'it waits for others' json_is "[t['id'] for t in j['turns']]" "[$gate]"
page "/gates/$gate"
tap_case 'the gate offers no approval' body_has 'value="approve" required disabled'
post "$sam" "/gates/$gate/decision" '{"kind": "approve", "revision": 2}'
tap_case 'and the database' json_is "j['status'], j['detail']" "(403, 'You wrote this revision: somebody else must approve it.')"
post "$ana" /inbox/approve "{\"gates\": [{\"id\": $gate, \"revision\": 2}]}"
tap_case 'others approve while no runner is up' json_is "[r['outcome'] for r in j['results']]" "['approved']"
tap_case 'and the next stage waits for one' test "$(sql "select state || ' ' || node from cursor where run_id = $run")" = 'R architect'

# ---- giving away ----
start Fourth
page "/gates/$gate/give"
tap_case 'there is a page to give it away' body_has 'id="to"'
form "/gates/$gate/give" --data-urlencode 'to=nobody' --data-urlencode "word=$hostile"
tap_case 'to nobody it is not given' is_status 422
tap_case 'and the words are kept' body_has '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; {{name}}'
form "/gates/$gate/give" --data-urlencode 'to=vi' --data-urlencode "word=$hostile"
tap_case 'to a person it is' header_is Location '/inbox?done=given'
page '/inbox?done=given'
tap_case 'which the inbox says' body_has 'It was given away.'
get "$viewer" /inbox
tap_case 'it is their turn, whatever their role' json_is "[(t['id'], t['why'], t['given_by'], t['given_word']) for t in j['turns']]" \
	"[($gate, 'assigned', 'sam', '$hostile')]"
get "$viewer" "/gates/$gate"
tap_case 'they see what it is about' json_is "j['assignee']" vi
get "$sam" /inbox
tap_case 'not any more of who gave it' json_is "j['turns']" '[]'
page '/inbox?list=others'
tap_case 'who can take it back' body_has "action=\"/gates/$gate/take-back\""
post "$bo" "/gates/$gate/take-back" '{}'
tap_case 'others cannot' is_status 403
form "/gates/$gate/take-back"
tap_case 'then it is theirs again' header_is Location '/inbox?done=back'
form "/gates/$gate/take-back"
tap_case 'once' is_status 409
post "$eve" "/gates/$gate/give" '{"to": "bo"}'
tap_case 'a stranger gives nothing away' is_status 404
post "$sam" "/gates/$gate/give" '{"to": "bo", "word": "please", "more": 1}'
tap_case 'only with what it takes' is_status 422
post "$sam" "/gates/$gate/give" '{"to": "bo", "word": "please"}'
tap_case 'a program gives, too' json_is "j['gate_id'], j['assignee']" "($gate, 'bo')"
page "/runs/$run"
tap_case 'the run says so' body_has 'sam gave the decision on Analyst to bo'

# ---- away ----
today=$(date -u +%F)
form /inbox/away -d "from=2026-02-30&until=$today" --data-urlencode 'stand_in=bo'
tap_case 'a day that there is not' is_status 422
tap_case 'is kept with the rest' body_has 'value="bo"'
form /inbox/away -d "from=$today&until=2020-01-01"
tap_case 'what ends before it begins' is_status 422
form /inbox/away -d "from=2020-01-01&until=2020-01-02"
tap_case 'or is over' is_status 422
form /inbox/away -d "from=$today&until=$today" --data-urlencode 'stand_in=sam'
tap_case 'nobody stands in for themselves' body_has 'Nobody stands in for themselves'
form /inbox/away -d "from=$today&until=$today" --data-urlencode 'stand_in=nobody'
tap_case 'nor does nobody' body_has 'There is nobody of this name.'
start Fifth
form /inbox/away -d "from=$today&until=$today" --data-urlencode 'stand_in=eve'
tap_case 'somebody does' header_is Location '/inbox?done=away'
get "$eve" /inbox
tap_case 'and sees it, in whose place' json_is "[(t['id'], t['why'], t['instead_of']) for t in j['turns']], j['stands_in_for'][0]['name']" \
	"([($gate, 'stand-in', 'sam')], 'sam')"
post "$eve" /inbox/approve "{\"gates\": [{\"id\": $gate, \"revision\": 1}]}"
tap_case 'and decides' json_is "[r['outcome'] for r in j['results']]" "['approved']"
get "$sam" /inbox/away
tap_case 'one sees that one is away' json_is "j['away']['now'], j['away']['until'], j['away']['stand_in']" "(True, '$today', 'eve')"
form /inbox/away/end
tap_case 'until one says that one is back' test "$(sql "select away_from is null and stand_in is null from account where name = 'sam'")" = t
tap_case 'all of it is in the audit' test "$(sql "select string_agg(action, ' ' order by audit_id) from audit
	where action in ('give', 'take_back', 'away', 'back')")" = 'give take_back give away back'

# ---- answers in place ----
run=$(sql "select play.parallel('sam', 'Asking')") asking=$run
q=$(sql "select play.ask($run, 'analyst', 'question', '$hostile')")
page /inbox
tap_case 'a question stands in the inbox, literally' body_has '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; {{name}}'
m=$(sql "select max(message_id) from message where gate_id = $q")
tap_case 'with a form to answer' body_has "name=\"message\" value=\"$m\""
tap_case 'and no box to approve' not body_has "name=\"gate-$q\""
form /runs/$run/reply -d "message=$m" --data-urlencode 'text= '
tap_case 'an empty answer is none' is_status 422
form /runs/$run/reply -d "message=$m" --data-urlencode 'text=Both.'
tap_case 'an answer goes back to the inbox' header_is Location '/inbox?done=answered'
tap_case 'and decides the question' test "$(sql "select kind || ': ' || comment from decision where gate_id = $q")" = 'answer: Both.'
form /runs/$run/reply -d "message=$m" --data-urlencode 'text=@nobody <b>'
tap_case 'what cannot be sent is kept' body_has 'id="kept">@nobody &lt;b&gt;<'
said=$(sql "select message_post($run, 'analyst', null, null, 'people', 3, 'Look at **this** <b>', null, null)")
start Talk
said_here=$(sql "select message_post($run, 'analyst', null, null, 'people', 0, 'I took <b>three</b>.', null, null)")
page "/gates/$gate"
tap_case 'what agents say stands at the gate' body_has "id=\"said-$said_here\""
form "/runs/$run/reply" -d "message=$said_here" --data-urlencode 'text=Good.'
tap_case 'where it is answered' test "$(sql "select body from message where reply_to = $said_here")" = Good.
run=$asking
get "$sam" /inbox
tap_case 'what agents say to people is beside it' json_is "[(m['id'], m['sender'], m['body']) for m in j['messages']]" \
	"[($said, 'analyst', 'Look at **this** <b>')]"
get "$ana" /inbox
tap_case 'for the project'\''s people only' json_is "j['messages']" '[]'
post "$sam" /runs/$run/reply "{\"message\": $said, \"text\": \"Seen.\"}"
tap_case 'a reply answers it' json_is "j['messages']" '[]'
tap_case 'to who said it' test "$(sql "select recipient || ': ' || body from message where reply_to = $said")" = 'analyst: Seen.'
said=$(sql "select message_post($run, 'analyst', null, null, 'people', 0, 'Again', null, null)")
form "/inbox/messages/$said/aside"
tap_case 'or it is put aside' header_is Location '/inbox?done=aside'
page /inbox
tap_case 'and is gone' not body_has "said-$said"
post "$eve" /runs/$run/reply "{\"message\": $said, \"text\": \"Me!\"}"
tap_case 'a stranger does not answer' is_status 404
post "$sam" /runs/$run/reply '{"message": 999, "text": "x"}'
tap_case 'what nobody said is not answered' is_status 404

# ---- many ----
# gates N: as many runs of one project that wait for a review.
gates() {
	sql "insert into run (project_id, tenant_id, graph_id, state)
		select p.project_id, p.account_id, r.graph_id, 'waiting' from generate_series(1, $1) i,
			(select * from project where name = 'Rooms') p, (select graph_id from run order by run_id limit 1) r;
		insert into stage (run_id, node, position, agent, state, revision)
		select run_id, 'analyst', 1, 'analyst', 'waiting', 1 from run r
		where not exists (select from stage s where s.run_id = r.run_id);
		insert into cursor (run_id, tenant_id, node, state, why)
		select run_id, tenant_id, 'gate_analyst', 'W', 'gate' from run r
		where not exists (select from cursor c where c.run_id = r.run_id);
		insert into gate (run_id, branch, node, stage, kind, revision)
		select run_id, 0, 'gate_analyst', 'analyst', 'review', 1 from run r
		where not exists (select from gate g where g.run_id = r.run_id) and state = 'waiting'"
}
turns() { sql "select count(*) from gate_turn t join gate g using (gate_id) where t.account_id = $(id sam)
	and g.given_by is distinct from $(id sam)
	and not exists (select from gate_vote v where v.gate_id = g.gate_id and v.account_id = $(id sam))"; }
gates 300
all=0 after='' pages=0
while [ "$pages" -lt 10 ]; do
	get "$sam" "/inbox?limit=100${after:+&after=$after}"
	all=$((all + $(json "len(j['turns'])"))) pages=$((pages + 1)) after=$(json "j['next'] or ''")
	[ -n "$after" ] || break
done
tap_case 'pages follow each other without a gap' test "$all" -eq "$(turns)"
gates 9700
sql 'analyze gate; analyze run; analyze stage; analyze cursor'
fresh
within() { t=$(curl -s -o "$web/body" -w "%{time_total}" "$@"); echo "$t s"; [ "${t%%.*}" -lt 2 ]; }
for who in "$sam" "$ana"; do
	for path in '/inbox' '/inbox?sort=cost' '/inbox?list=others' '/?fragment=1'; do
		tap_case "$path with 10000 turns takes less than two seconds" within -H "Authorization: Bearer $who" "$url$path"
	done
done
page /inbox
tap_case 'more than 99 are not counted' body_has 'id="turns">99+<'
tap_case 'and the page has the first 50 of them' test "$(grep -c 'id="turn-' "$web/body")" -eq 50
page /
tap_case 'home has the first five' test "$(grep -c 'id="turn-' "$web/body")" -eq 5
tap_case 'and says that there are more' body_has 'There are more: the inbox'
tap_done

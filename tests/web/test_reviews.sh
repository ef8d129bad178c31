#!/bin/sh
# SPDX-License-Identifier: MIT
# What is said at gates beside decisions: drafts, comments on lines with their answers, words on items,
# edits, comparisons, and the price of asking for changes.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
play_people
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/reviews.sql" >/dev/null || exit 99

start() {
	run=$(sql "select play.submit('sam', '$1')")
	go
}
go() {
	sql "select play.go($run)" >/dev/null
	gate=$(sql "select play.gate($run)")
}
form() {
	what=$1
	shift
	hit -b "$jar" --data-urlencode "_csrf=$code" "$@" "$url/gates/$gate/$what"
}
# api TOKEN WHAT JSON
api() { hit -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$3" "$url/api/v1/gates/$gate/$2"; }
view() { hit -H "Authorization: Bearer ${1:-$sam}" "$url/api/v1/gates/$gate${2:-}"; }
page() { hit -b "$jar" "$url/gates/$gate${1:-}"; }
stored() { sql "select body from artifact where run_id = $run and node = 'analyst' and revision = $1"; }

# ---- comments on lines ----
start Tools
page '?view=lines'
tap_case 'the document has lines' is_status 200
tap_case 'each can be commented on' body_has 'data-line="3"'
page '?view=lines&line=3'
tap_case 'without JavaScript a form opens there' body_has 'id="say-button"'
form comments -d 'revision=1&line=3&line_end=5' --data-urlencode 'text=Say what a member is. <b>&' --data-urlencode '_back=?view=lines'
tap_case 'a form keeps a draft' is_status 303
view
tap_case 'which is its writer’s alone' json_is "[(c['state'], c['text'], c['line'], c['line_end'], c['mine']) for c in j['comments']]" \
	"[('draft', 'Say what a member is. <b>&', 3, 5, True)]"
tap_case 'with the lines quoted' json_is "j['comments'][0]['quote'].split(chr(10))[0]" '## US-1 Borrow a tool'
draft=$(json "j['comments'][0]['id']")
view "$ana"
tap_case 'others do not see it' json_is "j['comments'], j['unresolved']" '([], 0)'
api "$ana" "comments/$draft" '{"revision": 1, "text": "mine now"}'
tap_case 'nor change it' is_status 404
api "$ana" "comments/$draft/delete" '{}'
tap_case 'nor remove it' is_status 404
api "$viewer" comments '{"revision": 1, "line": 1, "text": "x"}'
tap_case 'a stranger writes nothing' is_status 404
api "$sam" comments '{"revision": 1, "line": 900, "text": "x"}'
tap_case 'lines must be there' is_status 422
api "$sam" comments '{"revision": 7, "line": 1, "text": "x"}'
tap_case 'of the revision that is current' is_status 409
form comments -d 'revision=1&line=4' --data-urlencode 'text= '
tap_case 'an empty comment is refused' is_status 422
tap_case 'where it was typed' body_has 'id="say-line" class="short" name="line" inputmode="numeric" value="4"'
api "$sam" comments '{"revision": 1, "line": 1, "text": "second"}'
tap_case 'the API keeps drafts too' is_status 201
second=$(json "[c['id'] for c in j['comments'] if c['text'] == 'second'][0]")
form "comments/$second" -d revision=1 --data-urlencode 'text=Second, changed'
tap_case 'a draft can be changed' test "$(sql "select body from review_comment where comment_id = $second")" = 'Second, changed'
api "$sam" comments '{"revision": 1, "line": 2, "text": "third"}'
form "comments/$(json "[c['id'] for c in j['comments'] if c['text'] == 'third'][0]")/delete"
tap_case 'and removed' test "$(sql 'select count(*) from review_comment')" = 2

api "$sam" decision '{"kind": "comment", "revision": 1, "comment": ""}'
tap_case 'a review is sent without a decision' json_is "j['open'], j['decision_id']" '(True, None)'
api "$sam" decision '{"kind": "comment", "revision": 1}'
tap_case 'but not an empty one' is_status 422
view "$ana"
tap_case 'now others see it' json_is "[c['state'] for c in j['comments']], j['unresolved']" "(['open', 'open'], 2)"
api "$ana" decision '{"kind": "approve", "revision": 1}'
tap_case 'open comments hold an approval up' is_status 422
tap_case 'as the refusal says' json_is "'2 comments are not resolved' in j['detail']" True
form decision -d 'revision=1&kind=approve'
tap_case 'the form offers to approve all the same' body_has 'name="anyway"'
api "$ana" "comments/$second/resolve" '{}'
tap_case 'anybody who takes part resolves' json_is "[c['resolved_by'] for c in j['comments'] if c['state'] == 'resolved']" "['ana']"
api "$sam" "comments/$second/reopen" '{}'
tap_case 'and opens again' json_is "j['unresolved']" 2
api "$ana" "comments/$second/resolve" '{}'
api "$viewer" "comments/$second/reopen" '{}'
tap_case 'a stranger does not' is_status 404

form decision -d 'revision=1&kind=changes&reason=unclear'
tap_case 'a reason with the comments is enough to ask for changes' is_status 303
tap_case 'the agent gets each by number' test "$(sql "select jsonb_path_query_array(feedback, '\$.comments[*].number'),
	feedback #>> '{comments,0,text}' from stage where run_id = $run and node = 'analyst'")" = '[1]|Say what a member is. <b>&'
go
view
tap_case 'and the page has its answer' json_is "[a['text'] for c in j['comments'] if c['id'] == $draft for a in c['answers']]" \
	"['About “Say what a member is. <b>&”: done.']"
page
tap_case 'literally' body_has 'About “Say what a member is. &lt;b&gt;&amp;”: done.'
view
tap_case 'the comment stays open until somebody resolves it' json_is "j['unresolved']" 1
api "$ana" decision '{"kind": "approve", "revision": 2, "anyway": true}'
tap_case 'all the same can be said' is_status 200

# ---- words on items ----
start Items
marks() { # marks VERDICT ITEM…: as JSON
	verdict=$1
	shift
	for item in "$@"; do printf '{"list": "stories", "item": "%s", "verdict": %s, "comment": "why %s"},' "$item" "$verdict" "$item"; done
}
view
tap_case 'an output has items' json_is "[(l['list'], l['total'], len(l['items'])) for l in j['items']]" "[('stories', 5, 5)]"
words=$(marks '"approve"' S1 S2 S4)$(marks '"reject"' S3 S5)
api "$sam" items "{\"revision\": 1, \"items\": [${words%,}]}"
tap_case 'each gets a word' json_is "[i['draft'] for i in j['items'][0]['items']], j['items'][0]['kept']" \
	"(['approve', 'approve', 'reject', 'approve', 'reject'], 3)"
view "$ana"
tap_case 'that is a draft' json_is "{i['draft'] for i in j['items'][0]['items']}" '{None}'
api "$sam" items '{"revision": 1, "items": [{"list": "stories", "item": "S99", "verdict": "approve"}]}'
tap_case 'what is not there gets none' is_status 422
api "$sam" items '{"revision": 1, "items": [{"list": "entities", "item": "tool", "verdict": "approve"}]}'
tap_case 'nor what is no item' is_status 422
api "$sam" items '{"revision": 1, "items": [{"list": "stories", "item": "S1", "verdict": "perhaps"}]}'
tap_case 'nor another word' is_status 422
form items -d 'revision=1&_v%2Fstories%2FS5=&_v%2Fstories%2FS4=reject' --data-urlencode '_w/stories/S4=<i>'
tap_case 'a form says it too' test "$(sql "select string_agg(item || verdict || comment, ' ' order by item) from item_verdict
	where run_id = $run")" = 'S1approvewhy S1 S2approvewhy S2 S3rejectwhy S3 S4reject<i>'
form items -d 'revision=1&_all=stories&_v%2Fstories%2FS5=&_v%2Fstories%2FS4=reject'
tap_case 'and approves all others at once' test "$(sql "select string_agg(item, ' ' order by item) from item_verdict
	where run_id = $run and verdict = 'approve'")" = 'S1 S2 S5'
api "$sam" decision '{"kind": "changes", "revision": 1}'
tap_case 'words on items are enough to ask for changes' is_status 200
tap_case 'the agent is told what stays' test "$(sql "select jsonb_path_query_array(feedback, '\$.kept[*].id'),
	jsonb_path_query_array(feedback, '\$.redo[*].id') from stage where run_id = $run and node = 'analyst'")" = '["S1", "S2", "S5"]|["S3", "S4"]'
tap_case 'and what was approved is known by its hash' test "$(sql "select count(*) from item_verdict v join artifact a
	using (run_id, revision), json_array_elements(a.body::json -> 'stories') s where v.run_id = $run and s ->> 'id' = v.item
	and v.sha256 = sha256(convert_to(s::text, 'UTF8')) and v.review_id is not null")" = 5
go
view
tap_case 'an item that is another now was not approved' json_is "[(i['verdict'], i['changed_since']) for i in j['items'][0]['items']][0]" \
	"(None, True)"

form items -d 'revision=1&_v%2Fstories%2FS2=reject' --data-urlencode '_w/stories/S2=Kept <i>'
tap_case 'words on an older revision are refused' is_status 409
tap_case 'and stand in their field again' body_has 'name="_w/stories/S2" value="Kept &lt;i&gt;"'

# ---- editing ----
start Edit
page '/edit?at=/stories/1'
tap_case 'a story has a form' is_status 200
tap_case 'with its fields' body_has 'name="_/stories/1/title" value="Story 2 of revision 1"'
page '/edit?at='
tap_case 'the texts have one' body_has 'name="_/summary"'
page '/edit?at=/stories/77'
tap_case 'what is not there has none' is_status 404
hit -H "Authorization: Bearer $viewer" "$url/gates/$gate/edit?at="
tap_case 'a stranger has none' is_status 404
form edit -d 'revision=1&at=%2Fstories%2F1' --data-urlencode '_/stories/1/title=Mine <b>&"' --data-urlencode '_/stories/1/points=many'
tap_case 'what does not fit is refused' is_status 422
tap_case 'beside the field' body_has 'It must be'
tap_case 'with what was typed' body_has 'value="many"'
tap_case 'all of it' body_has 'value="Mine &lt;b&gt;&amp;&quot;"'
form edit -d 'revision=1&at=%2Fstories%2F1' --data-urlencode '_/stories/1/title=Mine <b>&"' --data-urlencode '_/stories/1/points=8'
tap_case 'what fits becomes a revision' is_status 303
view
tap_case 'of the person’s own' json_is "j['revision'], j['author'], j['compare']['from'], j['stage_view']['provider']" "(2, 'sam', 1, 'person')"
tap_case 'shown against the agent’s' json_is "j['stage_view']['diff']['added'] > 0" True
tap_case 'the item is theirs' json_is "[(i['item'], i['verdict'], i['by']) for i in j['items'][0]['items'] if i['verdict']]" \
	"[('S2', 'edited', 'sam')]"
same_but() {
	stored 1 >"$web/one"
	stored 2 >"$web/two"
	python3 - "$web/one" "$web/two" <<-'PY'
		import json, sys
		one, two = (json.load(open(p)) for p in sys.argv[1:])
		assert two["stories"][1].pop("title") == 'Mine <b>&"' and two["stories"][1].pop("points") == 8
		one["stories"][1].pop("title"), one["stories"][1].pop("points")
		assert one == two and json.dumps(one) == json.dumps(two), (one, two)
	PY
}
tap_case 'nothing else has changed' same_but
form edit -d 'revision=1&at=%2Fstories%2F1' --data-urlencode '_/stories/1/title=Late'
tap_case 'an edit of an older revision is refused' is_status 409
tap_case 'and kept in its field' body_has 'value="Late"'
api "$sam" decision '{"kind": "approve", "revision": 1}'
tap_case 'what was decided on before is not this' is_status 409
view
tap_case 'who wrote it may not approve it' json_is "'You wrote this' in j['approve_not']" True
form decision -d 'revision=2&kind=approve' --data-urlencode 'comment=Mine & fine'
tap_case 'a try is refused' is_status 403
tap_case 'with the words kept' body_has 'Mine &amp; fine</textarea>'
api "$ana" edit '{"revision": 2, "at": "/assumptions", "value": ["One.", "Two\nlines."]}'
tap_case 'programs edit by a pointer' json_is "j['revision'], j['stage_view']['body']['assumptions']" "(3, ['One.', 'Two\\nlines.'])"
api "$ana" edit '{"revision": 3, "at": "/stories", "value": []}'
tap_case 'and are told by pointers' json_is "[e['pointer'] for e in j['errors']]" "['/stories']"
api "$ana" edit '{"revision": 3, "at": "/answers", "value": [{"comment": 1, "text": "I said so"}]}'
tap_case 'an agent’s answers are not edited' is_status 422
api "$ana" edit "{\"revision\": 3, \"at\": \"\", \"value\": $(sql "select (body::jsonb || '{\"confidence\": 1}')::text
	from artifact where run_id = $run and revision = 3")}"
tap_case 'not even with the whole' is_status 422
api "$ana" edit '{"revision": 3, "at": "/stories/0/id", "value": "S3"}'
tap_case 'two of a name are refused' is_status 422
api "$ana" edit '{"revision": 3, "at": "/stories/-", "value": {"id": "S6", "title": "More", "role": "a", "want": "b", "benefit": "c",
	"priority": "could", "points": 1, "source": "", "criteria": [{"given": "a", "when": "b", "then": "c"},
	{"given": "a", "when": "b", "then": "c"}, {"given": "a", "when": "b", "then": "c"}]}}'
tap_case 'something can be added' json_is "len(j['stage_view']['body']['stories'])" 6
api "$ana" edit '{"revision": 4, "at": "/stories/5", "remove": true}'
tap_case 'and removed' json_is "j['revision'], len(j['stage_view']['body']['stories'])" '(5, 5)'
tap_case 'each edit is in the audit' test "$(sql "select count(*) from audit where action = 'edit' and (body ->> 'run')::bigint = $run")" = 4
view "$sam" '?against=agent'
tap_case 'all that people wrote can be looked at' json_is "j['compare']['with'], j['compare']['from']" "('agent', 1)"
api "$sam" decision '{"kind": "approve", "revision": 5}'
sql "select play.go($run)" >/dev/null
tap_case 'the next agent works from it' test "$(sql "select a.revision from stage s join artifact a using (artifact_id)
	where s.run_id = $run and s.node = 'analyst'")" = 5

# ---- files ----
cat >"$web/files.sql" <<'SQL'
create or replace function play.body(p_node text, p_revision integer, p_feedback jsonb) returns text language sql as $$
	select case when p_node <> 'developer' then '{}' else json_build_object('summary', 'x', 'files', (select json_agg(json_build_object(
		'path', f ->> 'path', 'sha256', f ->> 'sha256', 'size', (f ->> 'size')::int))
		from jsonb_array_elements(play.files(p_node, p_revision)) f where f ->> 'path' not like '%+%'), 'changes', '',
		'confidence', 0.9, 'concerns', '[]'::json, 'messages', '[]'::json, 'questions', '[]'::json, 'answers', '[]'::json)::text end
$$;
update workflow_node set reviews = 'developer' where node = 'gate_architect';
update workflow_edge set next = 'developer' where node = 'architect' and outcome = 'pass';
update workflow_edge set next = 'gate_architect' where node = 'developer' and outcome = 'pass';
SQL
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$web/files.sql" >/dev/null || exit 99
start Files
api "$sam" decision '{"kind": "approve", "revision": 1}'
go
view
tap_case 'files are items' json_is "[i['item'] for i in j['items'][0]['items']], j['stage']" "(['README.md', 'app/server.py', 'app/empty.txt'], 'developer')"
page '/edit?at=/files/1'
tap_case 'a file has its content in a field' body_has 'name="_content"'
form edit -d 'revision=1&at=%2Ffiles%2F1' --data-urlencode '_content=print("mine")
'
tap_case 'which can be edited' is_status 303
tap_case 'and is stored' test "$(sql "select convert_from(b.body, 'UTF8') from gate g join artifact_file f using (artifact_id) join blob b using (sha256)
	where g.gate_id = $gate and f.path = 'app/server.py'")" = 'print("mine")'
view
tap_case 'with its size in the output' json_is "[f['size'] for f in j['stage_view']['body']['files'] if f['path'] == 'app/server.py']" '[14]'
tap_case 'and the difference is shown' json_is "[f['path'] for f in j['stage_view']['diff']['files']]" "['app/server.py']"
api "$sam" edit '{"revision": 2, "at": "/files/1", "remove": true}'
tap_case 'none is removed' is_status 422
api "$sam" edit '{"revision": 2, "at": "/files/1/path", "value": "../x"}'
tap_case 'nor renamed' is_status 422
page '?view=lines&file=app/server.py'
tap_case 'a file has lines' body_has 'print(&quot;mine&quot;)'
api "$sam" comments '{"revision": 2, "path": "app/server.py", "line": 1, "text": "Why?"}'
tap_case 'that can be commented on' json_is "[(c['path'], c['quote']) for c in j['comments']]" "[('app/server.py', 'print(\"mine\")')]"
sql "update workflow_node set reviews = 'architect' where node = 'gate_architect'" >/dev/null
sql "update workflow_edge set next = 'gate_architect' where node = 'architect' and outcome = 'pass'" >/dev/null
sql "update workflow_edge set next = 'tester' where node = 'developer' and outcome = 'pass'" >/dev/null
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/reviews.sql" >/dev/null || exit 99

# ---- comparing ----
start Compare
api "$sam" decision '{"kind": "changes", "revision": 1, "comment": "one"}'
go
api "$ana" decision '{"kind": "changes", "revision": 2, "comment": "two"}'
go
view "$sam" '?against=mine'
tap_case 'my last review is the one that I saw' json_is "j['compare']['mine'], j['stage_view']['diff']['from']" '(1, 1)'
view "$ana" '?against=mine'
tap_case 'and another’s is theirs' json_is "j['compare']['mine'], j['compare']['previous']" '(2, 2)'
page '?against=mine&diff=split'
tap_case 'both sides can stand beside each other' body_has 'diff-split'
tap_case 'the ways of looking are links' body_has 'aria-current="true">Side by side'

# ---- what asking for changes costs ----
view
tap_case 'the price comes from what it took before' json_is "[s['title'] for s in j['price']['stages']], j['price']['samples'] >= 3, j['price']['p50_s'] is not None" \
	"(['Analyst'], True, True)"
page
tap_case 'before the click' body_has 'About <strong>'
sql "update artifact set author_id = (select account_id from account where name = 'ana') where node = 'analyst'"
view
tap_case 'where there is none, nothing is made up' json_is "j['price']['samples'], j['price']['p50_s'], j['price']['p90_usd']" '(0, None, None)'
page
tap_case 'and the page says so' body_has 'no history yet'

# ---- whatever people write ----
hostile() {
	python3 - "$url/api/v1/gates/$gate" "$sam" "$url/gates/$gate" <<-'PY'
		import html, json, sys, urllib.request
		api, token, page = sys.argv[1:]
		corpus = ["<script>alert(1)</script>", "&lt;&amp;", "\"'`", "{{x}} {{{x}}} {{#x}}", "%s%n%00", "'; drop table review; --",
		          "\u202eabc\u202c", "\u200b\u200d\ufeff.", "e\u0301\U0001f469\u200d\U0001f680", "../../../etc/passwd", "javascript:alert(1)",
		          "\ttab\nand line\n\n\nend  ", "\\u0041 \\n", "x" * 7900, "\u4e2d" * 1900, "null", "-1e999", "]]>", "=cmd|' /C calc'!A0"]

		def ask(address, body=None, kind="application/json"):
		    data = None if body is None else json.dumps(body).encode()
		    r = urllib.request.Request(address, data, {"Authorization": "Bearer " + token, "Content-Type": "application/json", "Accept": kind})
		    return urllib.request.urlopen(r).read().decode()

		for text in corpus:
		    ask(api + "/comments", {"revision": 3, "line": 1, "text": text})
		said = [c["text"] for c in json.loads(ask(api))["comments"] if c["state"] == "draft"]
		assert sorted(said) == sorted(corpus), set(said) ^ set(corpus)
		shown = ask(page, kind="text/html")
		for text in corpus:
		    assert html.escape(text).replace("&#x27;", "&#39;") in shown, text
		    word = text.replace("\n", " ")[:2000]
		    ask(api + "/items", {"revision": 3, "items": [{"list": "stories", "item": "S1", "verdict": "reject", "comment": word}]})
		    item = json.loads(ask(api))["items"][0]["items"][0]
		    assert item["draft_comment"] == word, item
		revision = 3
		for text in corpus:
		    want = text[:2000]
		    v = json.loads(ask(api + "/edit", {"revision": revision, "at": "/risks", "value": [want]}))
		    assert v["stage_view"]["body"]["risks"] == [want], want
		    revision = v["revision"]
		print(revision)
	PY
}
tap_case 'is shown literally and kept exactly' hostile
sql "insert into review (gate_id, account_id, revision, kind) select $gate, account_id, 3, 'comment' from account where name = 'sam';
	insert into review_comment (run_id, stage, revision, account_id, line, line_end, quote, body, review_id)
	select $run, 'analyst', 3, account_id, i, i, 'a line', 'Comment ' || i, (select max(review_id) from review)
	from account, generate_series(1, 10000) i where name = 'sam';
	update artifact set document = (select string_agg('line ' || i, E'\n') from generate_series(1, 10000) i)
	where artifact_id = (select artifact_id from gate where gate_id = $gate)" >/dev/null
page '?view=lines&from=9800'
tap_case 'ten thousand lines and comments are a page' is_status 200
tap_case 'in parts' body_has 'id="L10000"'
tap_case 'and it says what is left out' body_has 'older comments are not shown'

# ---- keys ----
page
tap_case 'shortcuts are there' body_has 'id="shortcuts"'
sql "update account set shortcuts = false where name = 'sam'"
page
tap_case 'unless they are turned off' not body_has 'id="shortcuts"'
tap_done

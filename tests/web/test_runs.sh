#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs, stages, tests, files and archives: as pages, as JSON, and for those whom they do not concern.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
play_people

run=$(sql "select play.submit('sam', 'Tool <library>', 5)")
as() { who=$1; shift; hit -H "Authorization: Bearer $who" "$@"; }
api() { as "$sam" "$url/api/v1/$1"; }

# ---- a run ----
try 'a run has a page' 200 -b "$jar" "$url/runs/$run"
tap_case 'that shows hostile names as text' body_has 'Tool &lt;library&gt;'
tap_case 'and its place in the queue' body_has 'waiting for a runner, the longest waiting first'
tag=$(header ETag)
try 'the moving part alone' 200 -b "$jar" "$url/runs/$run?fragment=1"
tap_case 'is no whole page' not body_has '<html'
tag=$(header ETag)
try 'unchanged' 304 -b "$jar" -H "If-None-Match: $tag" "$url/runs/$run?fragment=1"
sql "select play.go($run)" >/dev/null
try 'changed' 200 -b "$jar" -H "If-None-Match: $tag" "$url/runs/$run?fragment=1"
tap_case 'it says what waits' body_has 'Decide on the Analyst'
api "runs/$run"
tap_case 'the API gives the view' is_status 200
tap_case 'with the run waiting' json_is "j['state'], j['stage']" "('waiting', 'analyst')"
tap_case 'its four stages' json_is "[s['name'] for s in j['stages']]" "['analyst', 'architect', 'developer', 'tester']"
tap_case 'its gate with a public link' json_is "j['gates'][0]['url']" "http://localhost:8080/gates/$(sql "select play.gate($run)")"
tap_case 'money as numbers' json_is "j['cost']['usd'], j['cost']['cap_usd'], j['cost']['known']" '(0, 5, True)'
tap_case 'tests not executed yet' json_is "j['tests']['executed'], j['tests']['total'], j['tests']['vacuous']" '(False, 0, None)'
tap_case 'and nothing that is for pages only' json_is "[k for k in j if k[0] == '_']" '[]'
try 'the page answers JSON too' 200 -b "$jar" -H 'Accept: application/json' "$url/runs/$run"
sed 's/"seconds":[0-9]*//' "$web/body" >"$web/one" # a clock may go on between the two
api "runs/$run"
sed 's/"seconds":[0-9]*//' "$web/body" >"$web/two"
tap_case 'and it is the same' cmp "$web/one" "$web/two"

for path in "runs/999" "runs/x" "runs/0" "runs/999/stages/analyst" "runs/$run/stages/nobody" "runs/999/tests" \
	"runs/$run/files/developer/none.py" "runs/999/download.zip" "runs/$run/download.zip" "runs/$run/download.tar.gz" \
	"runs/$run/stages/analyst?revision=7" "gates/999" "gates/x"; do
	try "there is no $path" 404 -b "$jar" "$url/$path"
	tap_case 'and a page says so' body_has 'Go to the home page'
done
for path in "runs/$run" "runs/$run/stages/analyst" "runs/$run/tests"; do
	try "to somebody else $path does not exist" 404 -H "Authorization: Bearer $viewer" "$url/$path"
	try "an approver sees $path" 200 -H "Authorization: Bearer $ana" "$url/$path"
	try "a stranger is asked to sign in before $path" 303 "$url/$path"
done
try 'a revision that is no number' 422 -b "$jar" "$url/runs/$run/stages/analyst?revision=two"

# ---- holding ----
try 'for a viewer who is not in the project there is nothing to pause' 404 -X POST -H "Authorization: Bearer $viewer" "$url/api/v1/runs/$run/pause"
try 'without the form token nothing is paused' 403 -b "$jar" -X POST "$url/runs/$run/pause"
try 'a form pauses' 303 -b "$jar" -d "_csrf=$code" "$url/runs/$run/pause"
tap_case 'and leads back' header_is Location "/runs/$run"
tap_case 'it is held' test "$(sql "select paused from run where run_id = $run")" = t
try 'the API resumes' 200 -X POST -H "Authorization: Bearer $sam" "$url/api/v1/runs/$run/resume"
tap_case 'and answers the run' json_is "j['paused']" False
try 'pausing what is not there' 404 -X POST -H "Authorization: Bearer $sam" "$url/api/v1/runs/999/pause"
other=$(sql "select play.submit('ana', 'Hers')")
for verb in pause resume cancel; do
	try "nobody can $verb the run of another" 404 -X POST -H "Authorization: Bearer $sam" "$url/api/v1/runs/$other/$verb"
done
try 'the API cancels' 200 -X POST -H "Authorization: Bearer $ana" "$url/api/v1/runs/$other/cancel"
tap_case 'and says so' json_is "j['state']" cancelled
try 'once' 409 -X POST -H "Authorization: Bearer $ana" "$url/api/v1/runs/$other/cancel"
tap_case 'in words' json_is "j['detail']" 'The run has ended: cancelled.'

# ---- to the end, with a second revision on the way ----
decide() { sql "select gate_decide(g.gate_id, g.revision, '$2', '$3', a.account_id) from gate g, account a
	where g.run_id = $1 and g.state = 'open' and a.name = 'sam'" >/dev/null; }
decide "$run" changes 'At most three loans.'
sql "select play.go($run)" >/dev/null
decide "$run" approve ''
sql "select play.go($run)" >/dev/null
decide "$run" approve ''
sql "select play.go($run, 1)" >/dev/null

# ---- stages ----
api "runs/$run/artifacts/analyst"
tap_case 'a stage tells its newest revision' json_is "j['revision'], [r['revision'] for r in j['revisions']]" '(2, [2, 1])'
tap_case 'what changed since the one before' json_is \
	"j['diff']['from'], [l['text'] for h in j['diff']['hunks'] for l in h['lines'] if l['kind'] == 'added'][-1]" \
	"(1, 'At most three loans.')"
api "runs/$run/artifacts/analyst?revision=1"
tap_case 'an older one can be asked for' json_is "j['revision'], j['diff']" '(1, None)'
try 'the page draws the document' 200 -b "$jar" "$url/runs/$run/stages/analyst"
tap_case 'as markup' body_has '<td>name, e-mail</td>'
tap_case 'and the change as a row' body_has '<tr class="d-added">'
api "runs/$run/artifacts/developer"
tap_case 'files are told with their hashes' json_is "[f['path'] for f in j['files']]" \
	"['README.md', 'app/a name+plus.txt', 'app/empty.txt', 'app/server.py']"
tap_case 'changed files are compared' json_is "[(f['path'], f['change']) for f in j['diff']['files']]" "[('app/server.py', 'changed')]"
link=$(json "j['files'][1]['url']")
api "runs/$run/artifacts"
tap_case 'all accepted outputs are listed' json_is "[(a['stage'], a['revision']) for a in j['artifacts']][:3]" \
	"[('analyst', 1), ('analyst', 2), ('architect', 1)]"
api 'runs/999/artifacts'
tap_case 'of a run that there is' is_status 404

# ---- files ----
try 'a link to a file with odd letters works' 200 -b "$jar" "$url${link#http://localhost:8080}"
tap_case 'and names the file' body_has 'app/a name+plus.txt'
try 'a file is shown as text' 200 -b "$jar" "$url/runs/$run/files/developer/app/server.py"
tap_case 'whatever it holds' body_has '&lt;b&gt;not markup&lt;/b&gt;'
tap_case 'by lines' body_has '<li id="L2">import http.server</li>'
try 'Markdown can be rendered' 200 -b "$jar" "$url/runs/$run/files/developer/README.md?rendered=1"
tap_case 'as markup' body_has '<code>python3 app/server.py</code>'
try 'raw is an attachment' 200 -b "$jar" "$url/runs/$run/files/developer/app/server.py?raw=1"
tap_case 'by its name' header_is Content-Disposition 'attachment; filename="server.py"'
tap_case 'of no type that a browser runs' header_is Content-Type application/octet-stream
tap_case 'and not to be guessed at' header_is X-Content-Type-Options nosniff
try 'an odd name is made safe' 200 -b "$jar" "$url${link#http://localhost:8080}&raw=1"
tap_case 'in the header' header_is Content-Disposition 'attachment; filename="a_name_plus.txt"'
try 'JSON has the text' 200 -H "Authorization: Bearer $sam" -H 'Accept: application/json' \
	"$url/runs/$run/files/developer/app/empty.txt"
tap_case 'even when there is none' json_is "j['text'], j['size']" "('', 0)"
for path in '../../etc/passwd' '%2e%2e/x' 'app' 'app/server.py%00' ; do
	hit --path-as-is -b "$jar" "$url/runs/$run/files/developer/$path"
	tap_case "no file is $path" sh -c "case $status in 400|404) ;; *) exit 1;; esac"
done

# ---- tests ----
try 'the tests are listed' 200 -b "$jar" "$url/runs/$run/tests"
tap_case 'with hostile logs as text' body_has '&lt;script&gt;alert(1)&lt;/script&gt;'
try 'and as JSON' 200 -b "$jar" -H 'Accept: application/json' "$url/runs/$run/tests"
tap_case 'with counts that agree with the list' json_is \
	"j['executed'], j['passed'], j['failed'], j['total'], sum(t['outcome'] == 'passed' for t in j['tests'])" \
	'(True, 11, 1, 12, 11)'
api "runs/$run"
tap_case 'and with the run' json_is "[j['tests'][k] for k in ('executed', 'total', 'passed', 'failed')]" '[True, 12, 11, 1]'

# ---- archives ----
for kind in zip tar.gz; do
	try "a $kind can be taken away" 200 -b "$jar" "$url/runs/$run/download.$kind"
	tap_case 'under a safe name' header_is Content-Disposition "attachment; filename=\"tool-library-$run.$kind\""
	mkdir -p "$web/$kind"
	if [ "$kind" = zip ]; then unzip -qd "$web/$kind" "$web/body"; else tar xzf "$web/body" -C "$web/$kind"; fi
	tap_case 'that holds the application' grep -q 'http.server' "$web/$kind/tool-library/app/server.py"
	tap_case 'and its suite' test -f "$web/$kind/tool-library/tests/test_app.py"
	try "the API gives the same $kind" 200 -H "Authorization: Bearer $sam" "$url/api/v1/runs/$run/download.$kind"
	try "but not to others" 404 -H "Authorization: Bearer $viewer" "$url/api/v1/runs/$run/download.$kind"
done
tap_case 'both hold the same' diff -r "$web/zip" "$web/tar.gz"

# ---- events ----
api "runs/$run/events"
tap_case 'events have no gaps' json_is "[e['seq'] for e in j['events']] == list(range(1, j['last'] + 1))" True
last=$(json "j['last']")
api "runs/$run/events?after=$((last - 1))"
tap_case 'and can be read on from a number' json_is "[e['seq'] for e in j['events']]" "[$last]"
api "runs/$run/events?after=x"
tap_case 'that is one' is_status 422
api 'runs/999/events'
tap_case 'of a run that there is' is_status 404
tap_done

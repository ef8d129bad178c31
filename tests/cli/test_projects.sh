#!/bin/bash
# SPDX-License-Identifier: MIT
# Projects and decisions from the shell: what scripts rely on, to the letter.
# shellcheck disable=SC2317 # cases are called by name
set -u
# shellcheck source=tests/lib/stack.sh
. "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/stack.sh"
stack_begin
out=$STATE/out err=$STATE/err

# run ARGUMENTS…: sets status, leaves out and err.
run() {
	timeout 180 "$top_builddir/botarmy" "$@" >"$out" 2>"$err"
	status=$?
}
says() { # says STATUS TEXT-ON-STDERR
	[ "$status" -eq "$1" ] && grep -qF -- "$2" "$err" && [ ! -s "$out" ] && return
	echo "exit status $status"
	cat "$out" "$err"
	return 1
}
# json EXPRESSION: true of the status of run $id, as j.
json() {
	run status "$id" --json
	python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
if not eval("(" + sys.argv[2] + ")"):
    sys.exit("not so of " + json.dumps(j, indent=1))' "$out" "$1"
}
until_state() {
	for _ in $(seq 300); do
		json "j['state'] == '$1'" >/dev/null 2>&1 && return
		sleep 0.2
	done
	cat "$out"
	return 1
}
gate() { run status "$id" --json; python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["gates"][0]["id"])' "$out"; }
brief=$STATE/brief.md
echo 'A list of books. Each book has a title, an author and a year. People add books and find them by title.' >"$brief"

# ---- direct, to the end ----
stack_runner
run submit --name Books --file "$brief" --workflow direct --stack python-stdlib --cap 2.50 --wait
submitted=$status
cp "$out" "$STATE/submit.out"
cp "$err" "$STATE/submit.err"
id=$(cat "$STATE/submit.out")
tap_case 'submit --wait ends with 0 when the run is done' test "$submitted" -eq 0
tap_case 'its standard output is the run'\''s number alone' grep -qxE '[0-9]+' "$STATE/submit.out"
tap_case 'its progress is on standard error' grep -q '4/4 done' "$STATE/submit.err"
tap_case 'the cap is what was said' test "$(sql "select cap_usd = 2.5 from budget where kind = '4-project'")" = t
shape() {
	json "list(j) == ['id','state','stage','stages','gates','tests','cost','problem'] and j['id'] == $id and j['state'] == 'done'
		and [s['name'] for s in j['stages']] == ['analyst','architect','developer','tester']
		and all(list(s) == ['name','state','revision','attempts','artifact_sha256'] and s['state'] == 'done' and s['revision'] == 1
			and s['attempts'] == 1 and len(s['artifact_sha256']) == 64 for s in j['stages'])
		and j['gates'] == [] and list(j['tests']) == ['total','passed','failed','vacuous']
		and list(j['cost']) == ['usd','held_usd','known'] and j['problem'] is None" 2>&1
}
tap_case 'status --json has the members that scripts rely on' shape
tap_case 'it counts the tests that were executed' json "j['tests']['total'] >= 10 and j['tests']['passed'] == j['tests']['total'] and j['tests']['failed'] == 0 and j['tests']['vacuous'] is None"
tap_case 'it knows that the fallback cost nothing' json "j['cost'] == {'usd': 0, 'held_usd': 0, 'known': True}"
run status "$id"
tap_case 'status for people says the same' grep -qE 'tests: [0-9]+ passed, 0 failed' "$out"
run outputs "$id"
outputs_match() {
	sort "$out" >"$STATE/outputs"
	sql "select node || ' ' || revision || ' ' || encode(sha256, 'hex') from artifact where run_id = $id order by 1" | sort | diff - "$STATE/outputs" &&
		[ "$(wc -l <"$STATE/outputs")" -eq 4 ]
}
tap_case 'outputs prints stage, revision and SHA-256 of each' outputs_match
run watch "$id"
tap_case 'watch of a run that is done ends with 0' test "$status" -eq 0
run export "$id" -o "$STATE/books.zip"
tap_case 'export writes a zip' python3 -m zipfile -t "$STATE/books.zip"
run export "$id" -o "$STATE/books.tar.gz"
tap_case 'and a tar.gz with the same files' sh -c "python3 -m zipfile -l '$STATE/books.zip' | awk 'NR > 1 && !/\/ / { print \$1 }' | grep -v '/\$' | sort >'$STATE/zip.list' &&
	tar tzf '$STATE/books.tar.gz' | grep -v '/\$' | sort | diff '$STATE/zip.list' - && [ -s '$STATE/zip.list' ]"

# ---- sdlc: decisions ----
run submit --name Shelf --file - --wait <"$brief"
submitted=$status
id=$(cat "$out")
tap_case 'submit --wait ends with 2 when a person must act' test "$submitted" -eq 2
tap_case 'the usual workflow asks after the first stage' json "j['state'] == 'waiting' and list(j['gates'][0]) == ['id','stage','revision','opened_at','url'] and j['gates'][0]['stage'] == 'analyst' and j['gates'][0]['url'].startswith('$BOTARMY_URL/')"
gate=$(gate)
run status "$id"
tap_case 'status for people names the gate' grep -q "^gate $gate waits" "$out"
run export "$id" -o "$STATE/early.zip"
tap_case 'export refuses what is not there yet' test "$status" -eq 1
tap_case 'and leaves no file behind' not ls "$STATE"/early.zip*
run changes "$gate" --revision 1
tap_case 'changes without a comment are refused, and it says which field' says 1 'omment'
run approve "$gate" --revision 7
tap_case 'a revision that is not current is refused' says 1 '(409)'
run changes "$gate" --revision 1 --comment 'Please also keep the publisher of each book.'
tap_case 'changes with a comment succeed' test "$status" -eq 0
run approve "$gate" --revision 1
tap_case 'a decided gate is decided' says 1 '(409)'
new_revision() { for _ in $(seq 100); do json "j['gates'] and j['gates'][0]['revision'] == 2" >/dev/null 2>&1 && return; sleep 0.2; done; cat "$out"; return 1; }
tap_case 'the agent answers with a new revision' new_revision
gate=$(gate)
run approve "$gate" --revision 2 --comment 'Good.'
tap_case 'approve succeeds' test "$status" -eq 0
next_gate() { for _ in $(seq 100); do json "j['gates'] and j['gates'][0]['stage'] == 'architect'" >/dev/null 2>&1 && return; sleep 0.2; done; cat "$out"; return 1; }
tap_case 'the run goes on to the next gate' next_gate
gate=$(gate)
run reject "$gate" --revision 1 --comment 'No.'
tap_case 'reject succeeds' test "$status" -eq 0
tap_case 'and ends the run' until_state rejected
run watch "$id"
tap_case 'watch of a rejected run ends with 1' test "$status" -eq 1
stack_end "$RUNNER_PID" 20
RUNNER_PID=

# ---- refusals of the API reach the person ----
run submit --name ' ' --file "$brief"
tap_case 'the first mistake in a field is told' says 1 'Name'
run submit --name X --file "$brief" --workflow nonsense
tap_case 'a workflow that there is not is told' says 1 'orkflow'
run submit --name X --file "$brief" --stack nonsense
tap_case 'a stack that there is not is told' says 1 'tack'
for command in 'status 999999' 'outputs 999999' 'watch 999999' 'export 999999 -o x.zip' 'approve 999999 --revision 1'; do
	# shellcheck disable=SC2086 # words
	run $command
	tap_case "${command%% *} of what is not there says so" says 1 '(404)'
done
BOTARMY_TOKEN=nonsense run status 1
tap_case 'a wrong token is refused' says 1 '(401)'
viewer_token() { operator user add viv --role viewer >/dev/null && operator token create viv --name t; }
BOTARMY_TOKEN=$(viewer_token) run submit --name X --file "$brief"
tap_case 'a viewer may not submit' says 1 '(403)'
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Links to decisions: looking changes nothing, deciding takes the person whom the link was sent to, a form of
# their session, the link's revision, and works once. The token reaches no log and no other address.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
play_people
sql "update account set password = null" >/dev/null
account pat submitter 'correct horse battery'
pat_jar=$web/pat
sign_in "$link" "$pat_jar"
pat_code=$(csrf "$pat_jar")

# link TOKEN PERSON RUN: a link to the run's open gate, as botarmy-mail stores it.
link() {
	sql "insert into decision_link select sha256('$1'), a.account_id, g.gate_id, g.revision, now(), now() + interval '7 days'
		from account a, gate g where a.name = '$2' and g.gate_id = play.gate($3)" >/dev/null
}
run_of() {
	run=$(sql "select play.submit('sam', '$1', 5)")
	sql "select play.go($run)" >/dev/null
	gate=$(sql "select play.gate($run)")
}
decided() { [ "$(sql "select count(*) from decision where gate_id = $gate")" = "$1" ]; }
unused() { [ "$(sql "select count(*) from decision_link where token_hash = sha256('$1') and used_at is null")" = 1 ]; }
tokenA=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

# ---- looking ----
run_of Tools
link "$tokenA" sam "$run"
try 'a stranger is asked to sign in, on the page itself' 200 "$url/decide/$tokenA"
tap_case 'and will come back' body_has "name=\"next\" value=\"/decide/$tokenA\""
tap_case 'learns nothing of the project' not body_has Tools
tap_case 'no address of the page goes with what it loads' header_is Referrer-Policy strict-origin
try 'nor does the page say whether there is such a link' 200 "$url/decide/none"
for _ in 1 2 3; do
	hit "$url/decide/$tokenA"
	hit -I "$url/decide/$tokenA"
	hit -b "$jar" "$url/decide/$tokenA"
	hit -b "$jar" -I "$url/decide/$tokenA"
done
scanned() { decided 0 && unused "$tokenA" && [ "$(sql "select state from gate where gate_id = $gate")" = open ]; }
tap_case 'a scanner that opens it changes nothing' scanned
try 'its person sees what is to be decided' 200 -b "$jar" "$url/decide/$tokenA"
tap_case 'the document' body_has 'Borrow a tool'
tap_case 'and the form' body_has "action=\"$base/decide/$tokenA\""
tap_case 'kept nowhere without asking again' header_is Cache-Control 'private, no-cache'
tap_case 'with no address to go along' header_is Referrer-Policy strict-origin
tap_case 'said once' test "$(grep -ci '^referrer-policy' "$web/head")" = 1
try 'somebody else does not' 403 -b "$pat_jar" "$url/decide/$tokenA"
tap_case 'and is told why' body_has 'sent to somebody else'
tap_case 'and nothing of it' not body_has Tools

# ---- deciding ----
try 'without a session nothing is decided' 401 -d kind=approve "$url/decide/$tokenA"
try 'nor without the form of the session' 403 -b "$jar" -d kind=approve "$url/decide/$tokenA"
try 'nor by a token of a script' 403 -H "Authorization: Bearer $sam" -d kind=approve "$url/decide/$tokenA"
try 'nor by somebody else' 403 -b "$pat_jar" -d "_csrf=$pat_code&kind=approve" "$url/decide/$tokenA"
try 'nor by somebody else who may decide there' 403 -b "$pat_jar" -d "_csrf=$pat_code&kind=reject" "$url/decide/$tokenA"
tap_case 'so far it is open' scanned
try 'asking for changes takes a comment' 422 -b "$jar" -d "_csrf=$code&kind=changes&comment=" "$url/decide/$tokenA"
tap_case 'which the page says' body_has 'Say in the comment what is to change'
try 'a wrong kind is refused' 422 -b "$jar" -d "_csrf=$code&kind=answer&comment=x" "$url/decide/$tokenA"
tap_case 'with what was typed' body_has '>
x</textarea>'
tap_case 'a refusal uses nothing up' unused "$tokenA"
try 'the person decides' 303 -b "$jar" -d "_csrf=$code&kind=approve&comment=By+mail" "$url/decide/$tokenA"
tap_case 'and goes to the run' header_is Location "$base/runs/$run"
tap_case 'as that person, with the comment' test "$(sql "select a.name, d.kind, d.comment, d.revision from decision d
	join account a using (account_id) where gate_id = $gate")" = 'sam|approve|By mail|1'
try 'once' 409 -b "$jar" -d "_csrf=$code&kind=reject" "$url/decide/$tokenA"
tap_case 'and is told so' body_has 'This link was used at'
try 'afterwards the page says what was decided' 200 -b "$jar" "$url/decide/$tokenA"
tap_case 'by whom' body_has 'id="decided"'
tap_case 'and asks nothing' not body_has 'id="decide"'

# ---- what has changed meanwhile ----
run_of Stale
link old-one sam "$run"
sql "select * from gate_decide($gate, 1, 'changes', 'more', (select account_id from account where name = 'ana')); select play.go($run)" >/dev/null
try 'a gate that was decided answers 409' 409 -b "$jar" -d "_csrf=$code&kind=approve" "$url/decide/old-one"
tap_case 'with who did what' body_has 'already decided: changes by ana'
run_of Newer
link newer sam "$run"
sql "update gate set revision = 2 where gate_id = $gate; update stage set revision = 2 where run_id = $run and node = 'analyst';
	insert into artifact (run_id, node, revision, sha256, body, document, provider, model)
	select run_id, node, 2, sha256('{\"x\": 2}'), '{\"x\": 2}', '# Two', provider, model from artifact where run_id = $run" >/dev/null
try 'of another revision the page says so' 200 -b "$jar" "$url/decide/newer"
tap_case 'in words' body_has 'about revision 1, but revision 2 is current'
tap_case 'and leads to the gate instead' not body_has 'id="decide-button"'
try 'a decision on it answers 409' 409 -b "$jar" -d "_csrf=$code&kind=approve&comment=kept" "$url/decide/newer"
tap_case 'with words' body_has 'revision 2 is current'
tap_case 'and what was typed' body_has 'id="kept">kept<'
try 'for programs it is a problem' 409 -b "$jar" -H 'Accept: application/json' -H "X-CSRF-Token: $code" -H 'Content-Type: application/json' \
	-d '{"kind": "approve"}' "$url/decide/newer"
tap_case 'of RFC 9457' problem
tap_case 'the link is as it was' unused newer
run_of Late
link late sam "$run"
sql "update decision_link set expires_at = now() - interval '1 second' where token_hash = sha256('late')" >/dev/null
try 'an expired link answers 409' 409 -b "$jar" -d "_csrf=$code&kind=approve" "$url/decide/late"
tap_case 'and says so' body_has 'has expired'
try 'what is no link is not there' 404 -b "$jar" "$url/decide/nothing"
run_of Moved
link moved pat "$run"
try 'who may not see the gate any more does not by a link' 404 -b "$pat_jar" "$url/decide/moved"
try 'and decides nothing' 403 -b "$pat_jar" -d "_csrf=$pat_code&kind=approve" "$url/decide/moved"

# ---- two at once, a person's two links ----
run_of Twice
link first sam "$run"
link second sam "$run"
for token in first second; do
	curl -s -o /dev/null -w '%{http_code}\n' -b "$jar" -d "_csrf=$code&kind=approve" "$url/decide/$token" >"$web/code-$token" &
done
wait_codes() { while [ ! -s "$web/code-first" ] || [ ! -s "$web/code-second" ]; do sleep 0.05; done; sort "$web/code-first" "$web/code-second" | tr '\n' ' '; }
tap_case 'of two links one decides' test "$(wait_codes)" = '303 409 '

# ---- signing in leads back ----
run_of Back
link back pat "$run"
sql "insert into project_member (project_id, account_id, role) select r.project_id, a.account_id, 'approver'
	from run r, account a where r.run_id = $run and a.name = 'pat'" >/dev/null
fresh=$web/fresh
hit -c "$fresh" "$url/decide/back"
form=$(sed -n 's/.*name="_csrf" value="\([0-9a-f]*\)".*/\1/p' "$web/body" | head -n 1)
try 'signing in on the page' 303 -b "$fresh" -c "$fresh" -H 'Sec-Fetch-Site: same-origin' -d "_csrf=$form&name=pat&password=correct+horse+battery&next=/decide/back" "$url/sign-in"
tap_case 'leads back to the link' header_is Location "$base/decide/back"
try 'which then shows the decision' 200 -b "$fresh" "$url/decide/back"
tap_case 'to be taken' body_has 'id="decide-button"'

# ---- no trace ----
grep -rl -e "$tokenA" "$web/log" >"$web/traces"
tap_case 'the token is in no log' test "$(wc -l <"$web/traces")" = 0
tap_case 'which says that there was something' grep -q '/decide/-' "$web/log/access.log"
tap_case 'nor in the database' test "$(sql "select count(*) from decision_link where encode(token_hash, 'escape') like '%AAAA%'")" = 0
tap_done

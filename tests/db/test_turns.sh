#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may decide, as the database alone says it to the role of the web: turns and why, several approvals,
# who wrote a revision, questions given to others, people who are away.
# shellcheck disable=SC2317,SC2016 # cases are called by name; quotes hold SQL
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0"
fi

own() { psql -XAtq -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }
web() { psql -XAtq -v ON_ERROR_STOP=1 "$WEB_DATABASE_URL" -c "$1"; }
# is WANTED SQL: as the web.
is() {
	said=$(web "$2" 2>&1 | grep .)
	echo "$said"
	[ "$said" = "$1" ]
}
# says TEXT SQL: the web is refused, with these words.
says() {
	said=$(web "$2" 2>&1) && { echo "it was allowed: $said"; return 1; }
	echo "$said"
	case $said in *"$1"*) ;; *) return 1 ;; esac
}
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/play.sql" -f "$top_srcdir/tests/web/parallel.sql" \
	>/dev/null || exit 99
own "insert into account (name, role) values ('vi', 'viewer'), ('sam', 'submitter'), ('eve', 'submitter'),
	('ana', 'approver'), ('bo', 'approver'), ('cy', 'approver'), ('op', 'operator'), ('ad', 'admin'), ('gone', 'admin')"
own "update account set disabled_at = now() where name = 'gone'"
id() { own "select account_id from account where name = '$1'"; }
# Makes run and gate: at the analyst's output, with a quorum of N.
start() {
	run=$(own "select play.submit('sam', 'Tools')")
	own "select play.go($run); update gate set quorum = $1 where run_id = $run" >/dev/null
	gate=$(own "select play.gate($run)")
}
turns() {
	echo "select string_agg(format('%s:%s', a.name, t.why || coalesce(' for ' || o.name, '')), ' ' order by a.name)
		from gate_turn t join account a using (account_id) left join account o on o.account_id = t.instead_of
		where t.gate_id = $gate"
}
decide() { echo "select open, votes, quorum from gate_decide($gate, ${3:-1}, '$2', 'word', $(id "$1"))"; }
# The revision becomes another, written by this person.
edited() {
	own "with a as (
			insert into artifact (run_id, node, revision, sha256, body, document, provider, model, author_id)
			select run_id, node, revision + 1, sha256(body::bytea), body, 'edited', 'person', '$1', $(id "$1")
			from artifact where run_id = $run and node = 'analyst' order by revision desc limit 1 returning *)
		update gate set revision = a.revision, artifact_id = a.artifact_id from a where gate.gate_id = $gate;
		update stage set revision = revision + 1 where run_id = $run and node = 'analyst'" >/dev/null
}

# ---- whose turn ----
start 1
tap_case 'it is the turn of the owner and of the role' is 'ad:site ana:site bo:site cy:site op:site sam:owner' "$(turns)"
tap_case 'a viewer may not' says 'takes the role approver' "$(decide vi approve)"
tap_case 'nor another submitter' says 'takes the role approver' "$(decide eve approve)"
tap_case 'nor who is disabled' says 'takes the role approver' "$(decide gone approve)"
own "insert into project_member (project_id, account_id, role) select project_id, $(id eve), 'approver' from run
	where run_id = $run" >/dev/null
tap_case 'a role in the project makes it theirs' is 'eve:member' "$(turns | sed "s/where /where a.name = 'eve' and /")"
tap_case 'the person decides' is 'f|1|1' "$(decide eve approve)"
tap_case 'and it is kept why they might' is 'member|f' "select turn, own from decision where gate_id = $gate"
tap_case 'of what is decided it is nobody'\''s turn' is '' "$(turns)"
start 1
own "update gate set role = 'operator', assignee_id = $(id vi) where gate_id = $gate"
tap_case 'a gate that takes more is not the owner'\''s' is 'ad:site op:site vi:assigned' "$(turns)"
tap_case 'whom it is assigned to may, whatever their role' is 'f|1|1' "$(decide vi approve)"

# ---- several ----
start 2
tap_case 'the first of two approvals is a vote' is 't|1|2' "$(decide ana approve)"
tap_case 'nobody approves twice' says 'approved this already' "$(decide ana approve)"
edited op
tap_case 'votes on what is old are refused' says 'revision 2 is current' "$(decide bo approve)"
tap_case 'and count no more' is 't|1|2' "$(decide bo approve 2)"
tap_case 'who voted on the old one votes anew' is 'f|2|2' "$(decide ana approve 2)"
start 3
web "$(decide ana approve)" >/dev/null
tap_case 'one who wants changes ends the voting' is 'f|1|3' "$(decide bo changes)"
start 3
web "$(decide ana approve)" >/dev/null
tap_case 'and so does one who rejects' is 'f|1|3' "$(decide sam reject)"

# ---- who wrote it ----
start 1
edited ana
tap_case 'who wrote the revision does not approve it' says 'You wrote this revision' "$(decide ana approve 2)"
tap_case 'but may want changes' is 'f|1|1' "$(decide ana changes 2)"
start 2
edited ana
web "$(decide bo approve 2)" >/dev/null
tap_case 'nor give one of two approvals' says 'You wrote this revision' "$(decide ana approve 2)"
tap_case 'others complete them' is 'f|2|2' "$(decide sam approve 2)"
start 1
edited sam
own "update account set disabled_at = now() where name <> 'sam'"
tap_case 'where nobody else may, the writer does' is 'f|1|1' "$(decide sam approve 2)"
tap_case 'and that is kept' is 'owner|t' "select turn, own from decision where gate_id = $gate"
tap_case 'in the audit, too' is 'true' \
	"select body ->> 'own' from audit where action = 'approve' order by audit_id desc limit 1"
own "update account set disabled_at = null where name <> 'gone'"

# ---- given to others ----
start 1
tap_case 'only who may decide gives it away' says 'Only who may decide' \
	"select gate_give($gate, 'vi', '', $(id eve))"
tap_case 'to nobody it is not given' says 'nobody called "nemo"' "select gate_give($gate, 'nemo', '', $(id ana))"
tap_case 'nor to who is disabled' says 'nobody called "gone"' "select gate_give($gate, 'gone', '', $(id ana))"
tap_case 'nor to oneself' says 'yours already' "select gate_give($gate, 'ana', '', $(id ana))"
tap_case 'one gives it to another with a word' is 'vi|ana|You know <this>.' "select gate_give($gate, 'vi', 'You know <this>.', $(id ana));
	select a.name, b.name, given_word from gate join account a on a.account_id = assignee_id
		join account b on b.account_id = given_by where gate_id = $gate"
own "select gate_give($gate, 'eve', '', $(id vi))" >/dev/null
tap_case 'who passes it on gets it back first' is 'vi' "select gate_take_back($gate, $(id vi));
	select a.name from gate join account a on a.account_id = assignee_id where gate_id = $gate"
tap_case 'once' says 'given to nobody' "select gate_take_back($gate, $(id vi))"
start 1
own "select gate_give($gate, 'vi', '', $(id ana))" >/dev/null
tap_case 'a third takes nothing back' says 'Only who gave it' "select gate_take_back($gate, $(id bo))"
tap_case 'who has it decides' is 'f|1|1' "$(decide vi approve)"
tap_case 'what is decided is not given' says 'not asked any more' "select gate_give($gate, 'bo', '', $(id ana))"
edited_by_bo() { start 1; edited bo; }
edited_by_bo
tap_case 'who wrote it does not get it to approve' says 'wrote this revision' "select gate_give($gate, 'bo', '', $(id ana))"

# ---- away ----
away() { own "update account set away_from = now() - interval '1 day', away_until = now() + interval '1 day',
	stand_in = $(id "$2") where name = '$1'"; }
start 1
own "update gate set role = 'operator' where gate_id = $gate"
away op eve
tap_case 'a stand-in may what the other may' is 'ad:site eve:stand-in for op op:site' "$(turns)"
away ad eve
tap_case 'of two in one row' is 'ad:site eve:stand-in for op op:site' "$(turns)"
tap_case 'and decides' is 'f|1|1' "$(decide eve approve)"
tap_case 'in whose place is kept' is "stand-in|$(id op)" "select turn, instead_of from decision where gate_id = $gate"
start 2
own "update gate set role = 'operator' where gate_id = $gate"
web "$(decide op approve)" >/dev/null
own "update account set stand_in = null where name = 'ad'"
tap_case 'who has approved is not stood in for' is 'ad:site op:site' "$(turns)"
own "update account set away_from = now() - interval '3 days', away_until = now() - interval '1 day' where name = 'op';
	update account set away_from = null, away_until = null, stand_in = null where name = 'ad'"
start 1
own "update gate set role = 'operator' where gate_id = $gate"
tap_case 'who is back is not stood in for' is 'ad:site op:site' "$(turns)"

# ---- time ----
run=$(own "select play.parallel('sam', 'Rooms')")
own "select play.step($run, 'analyst', 'pass'); update workflow_node set on_expiry = 'delegate', expiry_to = 'vi'
	where node = 'gate_analyst' and quorum = 2; update gate set expires_at = now() where run_id = $run" >/dev/null
gate=$(own "select play.gate($run)")
away vi eve
own "select gate_give($gate, 'cy', 'please', $(id ana))" >/dev/null
tap_case 'what waits too long goes to whom the workflow names' is '1' "$(
	own "select gate_due(10)" >/dev/null
	echo "select reminders from gate where gate_id = $gate and assignee_id = $(id vi) and given_by is null")"
tap_case 'and to their stand-in while they are away' is 'eve:stand-in for vi vi:assigned' \
	"$(turns | sed "s/where /where a.name in ('eve', 'vi') and /")"
tap_case 'nothing else changes by time' is 't|1|2' "$(decide eve approve)"

# ---- borders ----
tap_case 'the web says nobody'\''s turn itself' says 'permission denied' \
	"update gate set assignee_id = $(id eve) where gate_id = $gate"
tap_case 'and gives nobody a role' says 'permission denied' "update account set role = 'admin'"
tap_case 'nor writes who wrote what' says 'permission denied' "update artifact set author_id = null"
tap_done

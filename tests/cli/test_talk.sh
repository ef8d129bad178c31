#!/bin/sh
# SPDX-License-Identifier: MIT
# From the shell: votes, questions, messages, doing a stage again, the log, caps, priorities.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/parallel.sql" >/dev/null || exit 99
account ana approver
ana=$token
account bo approver
bo=$token
account ope operator
ope=$token
out=$web/out err=$web/err
# run TOKEN ARGUMENTS…
run() {
	BOTARMY_URL=$url BOTARMY_TOKEN=$1
	export BOTARMY_URL BOTARMY_TOKEN
	shift
	timeout 30 "$top_builddir/botarmy" "$@" >"$out" 2>"$err"
	status=$?
}
says() { # says STATUS TEXT: on standard output where it succeeds, else on standard error
	if [ "$status" -eq "$1" ] && { [ "$1" -ne 0 ] || grep -qF -- "$2" "$out"; } && { [ "$1" -eq 0 ] || grep -qF -- "$2" "$err"; }; then
		return
	fi
	echo "exit status $status"
	cat "$out" "$err"
	return 1
}
gate() { sql "select max(gate_id) from gate where run_id = $id and state = 'open'"; }

printf 'A list of books.\n' >"$web/brief"
run "$ana" submit --name Books --file "$web/brief" --workflow parallel --priority 7
id=$(cat "$out")
tap_case 'a project has the priority that was said' test "$(sql "select priority from run where run_id = $id")" = 7
run "$ana" submit --name Books --file "$web/brief" --priority 11
tap_case 'one that there is not is refused' says 64 '--priority is a number from -10 to 10'
sql "select play.step($id, 'analyst', 'pass')"
run "$ana" approve "$(gate)" --revision 1
tap_case 'a first approval is a vote' says 0 'approve: 1 of 2 approvals'
run "$ana" approve "$(gate)" --revision 1
tap_case 'that one gives once' says 1 'approved this already'
run "$bo" approve "$(gate)" --revision 1
tap_case 'the second decides' says 0 'decided: approve'

g=$(sql "select play.ask($id, 'developer', 'question', 'Which port?')")
run "$ana" messages "$id"
tap_case 'a question is listed' says 0 'developer -> @people (waits for an answer)'
run "$ana" answer "$g" --revision 0
tap_case 'an answer needs words' says 1 'Say in the comment what the answer is.'
run "$ana" answer "$g" --revision 0 --comment 'Port 80.'
tap_case 'an answer is given' says 0 'decided: answer'
g=$(sql "select play.ask($id, 'developer', 'question', 'Really?')")
m=$(sql "select message_id from message where gate_id = $g and sender is not null")
run "$ana" say "$id" 'Yes.' --reply "$m"
tap_case 'or said as a reply' test "$(sql "select comment from decision where gate_id = $g")" = Yes.
run "$ana" say "$id" '@developer keep it small' --priority 2
tap_case 'a message has its number printed' test "$(cat "$out")" = "$(sql 'select max(message_id) from message')"
run "$ana" messages "$id"
tap_case 'and is listed with who has read it' says 0 'developer: ready'
run "$ana" say "$id" 'to nobody'
tap_case 'one to nobody is refused' says 1 'Begin with whom it is for: @analyst'
run "$ana" say "$id"
tap_case 'so is none' says 64 'say one text'

run "$ana" retry "$id" tester
tap_case 'a stage that has not begun is not done again' says 1 'has not begun yet'
run "$ana" retry "$id" analyst --comment 'Shorter.'
tap_case 'one that has is' says 0 "run $id: running, at analyst"
tap_case 'with what was said' test "$(sql "select feedback ->> 'comment' from stage where run_id = $id and node = 'analyst'")" = Shorter.
run "$ana" retry "$id"
tap_case 'the stage must be named' says 64 'name one run and one of its stages'

sql "insert into log (run_id, stage, level, text) values ($id, 'analyst', 'info', 'began'), ($id, 'analyst', 'error', 'broke')"
run "$ana" log "$id" --level error --stage analyst
tap_case 'the log is printed' test "$(sed 's/^[^ ]* //' "$out")" = 'error analyst: broke'
run "$ana" log "$id" --level loud
tap_case 'with levels that there are' says 1 'level'

run "$ope" budget set site 12.50
tap_case 'a cap is set' says 0 'site: cap 12.5, spent 0, held 0, unconfirmed 0'
run "$ope" budget set account ana 007.125
tap_case 'an account'\''s' says 0 'account ana: cap 7.125'
run "$ope" budget set account ana none
tap_case 'and lifted' test "$(sql "select count(*) from budget where kind = '3-account' and cap_usd is not null")" = 0
run "$ope" budget set project "$(sql "select project_id from run where run_id = $id")" 3
tap_case 'a project'\''s' says 0 'Books: cap 3'
run "$ope" budget set day 1,5
tap_case 'a wrong amount is refused' says 64 'US dollars such as 12.50'
run "$ope" budget set moon 5
tap_case 'so is a wrong kind' says 64 'site, day, account NAME or project N'
run "$ope" budget set account ana
tap_case 'and an amount that is missing' says 64 'amount or none'
run "$ana" budget list
tap_case 'caps are for operators' test "$status" -eq 1
tap_done

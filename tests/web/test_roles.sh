#!/bin/sh
# SPDX-License-Identifier: MIT
# Every route as everybody: see the table in roles.py. Nobody sees a project that is not theirs.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"

people=
# person NAME ROLE: an account with a token and a session.
person() {
	account "$1" "$2"
	sign_in "$link" "$web/$1.jar"
	session=$(sed -n 's/.*	botarmy	//p' "$web/$1.jar")
	people="$people${people:+, }\"$1\": {\"token\": \"$token\", \"session\": \"$session\", \"csrf\": \"$(csrf "$web/$1.jar")\"}"
}
for role in viewer submitter approver operator admin; do
	person "$role" "$role"
done
person owner submitter
person assigned viewer
run=$(sql "select play.submit('owner', 'Zebrafish')")
for role in viewer submitter approver operator; do
	person "m_$role" viewer
	sql "select member_set((select account_id from account where name = 'owner'), project_id, 'm_$role', '$role')
		from run where run_id = $run" >/dev/null
done
# As far as the last gate, so that there is something to read, to take away and to decide.
sql "select play.go($run)" >/dev/null
for _ in 1 2; do
	sql "select gate_decide(play.gate($run), 1, 'approve', '', account_id) from account where name = 'approver';
		select play.go($run)" >/dev/null
done
gate=$(sql "select play.gate($run)")
sql "update gate set assignee_id = (select account_id from account where name = 'assigned') where gate_id = $gate" >/dev/null
# It stays with whom it was given to, whoever takes it back.
sql "create function keep_assignee() returns trigger language plpgsql as 'begin new.assignee_id = old.assignee_id; return new; end';
	create trigger keep_assignee before update on gate for each row execute function keep_assignee()" >/dev/null
project=$(sql "select project_id from run where run_id = $run")
python3 "$top_srcdir/tests/web/roles.py" "$top_srcdir/src/web/routes.c" "$url" Zebrafish "{\"people\": {$people},
	\"ids\": {\"project\": $project, \"run\": $run, \"gate\": $gate, \"stage\": \"developer\", \"agent\": \"analyst\",
		\"path\": \"app/server.py\"}}"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Many say different things at the same moment: exactly one is taken, the others get 409, and the
# run goes where that one sent it.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
account ana approver
rounds=${DECIDE_ROUNDS:-6} many=100
sql "select play.go(play.submit('ana', 'Run ' || i)) from generate_series(1, $rounds) i" >/dev/null

# round GATE: all at once; prints how many there were of each status.
round() {
	for n in $(seq $many); do
		case $((n % 3)) in 0) kind=approve ;; 1) kind=changes ;; *) kind=reject ;; esac
		echo "url = \"$url/api/v1/gates/$1/decision\""
		echo "header = \"Authorization: Bearer $token\""
		echo 'header = "Content-Type: application/json"'
		echo "data = \"{\\\"kind\\\": \\\"$kind\\\", \\\"revision\\\": 1, \\\"comment\\\": \\\"x\\\"}\""
		echo 'output = /dev/null'
		printf '%s\n' 'write-out = "%{http_code}\n"'
		echo next
	done | sed '$d' >"$web/round"
	curl -s --max-time 60 --parallel --parallel-immediate --parallel-max $many -K "$web/round" 2>/dev/null | sort | uniq -c | tr -s ' \n' ' '
}
: >"$web/rounds"
for gate in $(sql "select gate_id from gate where state = 'open' order by gate_id"); do
	round "$gate" >>"$web/rounds"
	echo >>"$web/rounds"
done
once() {
	[ "$(grep -c "^ 1 200 $((many - 1)) 409 \$" "$web/rounds")" = "$rounds" ] || { sort "$web/rounds" | uniq -c; return 1; }
}
nothing() {
	found=$(sql "$1")
	[ -z "$found" ] || { echo "$found"; return 1; }
}
tap_case "in each of $rounds rounds one of $many wins, and all others are told so" once
tap_case 'each gate has one decision' nothing \
	"select gate_id, count(decision_id) from gate left join decision using (gate_id) group by 1 having count(decision_id) <> 1"
tap_case 'with one event' nothing "select g.gate_id from gate g where 1 <> (select count(*) from event e
	where e.run_id = g.run_id and e.kind = 'decision' and (e.body ->> 'gate')::bigint = g.gate_id)"
tap_case 'and one line of audit' nothing "select g.gate_id from gate g where 1 <> (select count(*) from audit a
	where a.action in ('approve', 'changes', 'reject') and (a.body ->> 'gate')::bigint = g.gate_id)"
tap_case 'each run is where its decision leads' nothing "select r.run_id, d.kind, r.state, c.node
	from decision d join gate g using (gate_id) join run r using (run_id) join cursor c using (run_id)
	where (d.kind, c.node) not in (('approve', 'architect'), ('changes', 'analyst'))
		and not (d.kind = 'reject' and r.state = 'rejected')"
tap_case 'no event number is missing' nothing "select run_id from event group by run_id
	having count(*) <> max(seq) or min(seq) <> 1"
tap_done

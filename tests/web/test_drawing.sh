#!/bin/sh
# SPDX-License-Identifier: MIT
# The drawing on a run's page: each node as it is now, and where the run stands.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"

"$top_builddir/tests/model/workflow_main" "$RUNNER_DATABASE_URL" "$top_srcdir" 2>"$web/store.log" || exit 99
# shellcheck disable=SC2119
web_start
account ana admin
jar=$web/jar
sign_in "$link" "$jar"
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }
submit() {
	sql "select run_id from project_submit((select account_id from account where name = 'ana'), 'Tool library', 'B',
		'python-stdlib', '$1', 5, gen_random_uuid()::text)"
}
look() { hit -b "$jar" "$url/runs/$1"; }
# drawn NODE-NAME STATE: the node is there in this state, in the drawing and in words.
drawn() {
	body_has "aria-label=\"$1: $2\"" && body_has "<title>$1: ${2%%,*}" && body_has "<strong>$1</strong>: $2"
}
count() {
	found=$(grep -c -- "$1" "$web/body")
	echo "$found"
	[ "$found" -eq "$2" ]
}
well_formed() {
	python3 - "$web/body" <<-'PY'
		import re, sys, xml.etree.ElementTree as tree
		svg = re.search(r'<svg[^>]* role="group".*?</svg>', open(sys.argv[1]).read(), re.S).group(0)
		top = tree.fromstring(svg)
		width, height = float(top.get("width")), float(top.get("height"))
		for path in top.iter("path"):
		    if "d-edge" in (path.get("class") or ""):
		        at = [[float(n) for n in p.split(",")] for p in re.findall(r"[-0-9.]+,[-0-9.]+", path.get("d"))]
		        assert len(at) % 3 == 1, path.get("d")
		        for i in range(0, len(at) - 1, 3):
		            for t in (k / 8 for k in range(9)):
		                x, y = (sum(w * p[c] for w, p in zip(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t),
		                    t ** 3), at[i:i + 4])) for c in (0, 1))
		                assert -1 <= x <= width + 1 and -1 <= y <= height + 1, path.get("d")
		assert not [e for e in top.iter() if e.get("style")]
	PY
}

run=$(submit sdlc)
look "$run"
tap_case 'a run that waits for a runner is at its first stage' drawn Analyst 'pending, the run is here'
tap_case 'one node is where the run is' count 'd-current' 1
tap_case 'what comes later is pending' drawn 'Review of Tester' pending
tap_case 'all nodes are drawn' count 'class="d-node ' 9
tap_case 'the words say where a node leads and how often' body_has 'pass to Review of Architect, concern to Analyst (at most 3 times)'
tap_case 'the picture is well-formed, inside its frame, and without styles of its own' well_formed

sql "update stage set state = 'waiting', revision = 1, attempts = 1 where run_id = $run and node = 'analyst';
	insert into gate (run_id, branch, node, stage, kind, revision, state)
	values ($run, 0, 'gate_analyst', 'analyst', 'review', 1, 'open');
	update cursor set node = 'gate_analyst', state = 'W', why = 'gate' where run_id = $run;
	update run set state = 'waiting' where run_id = $run"
look "$run"
tap_case 'a gate that is open waits, and the run is there' drawn 'Review of Analyst' 'waiting, the run is here'
sql "select gate_decide((select gate_id from gate where run_id = $run), 1, 'approve', '',
	(select account_id from account where name = 'ana'))" >"$web/decided"
look "$run"
tap_case 'a gate that was approved is done' drawn 'Review of Analyst' done
tap_case 'and the run is at the next stage' drawn Architect 'pending, the run is here'
sql "select run_cancel($run, 1)" >"$web/cancelled"
look "$run"
tap_case 'a run that has ended is nowhere' not body_has 'd-current'

run=$(submit reviewed)
sql "update stage set state = 'done', revision = 1 where run_id = $run and position < 6;
	update cursor set node = 'reviews', state = 'W', why = 'join' where run_id = $run;
	insert into cursor (run_id, branch, tenant_id, parent, node, state)
	select $run, n, 1, 0, node, 'R' from unnest(array['security_reviewer', 'usability_reviewer']) with ordinality as t(node, n)"
look "$run"
tap_case 'a run in two branches is at two nodes' count 'd-current' 2
tap_case 'the join waits for them, and nobody has to act' drawn 'Join after Developer' queued

run=$(submit direct)
sql "update cursor set node = 'done', state = 'D' where run_id = $run;
	update run set state = 'done', ended_at = now() where run_id = $run"
look "$run"
tap_case 'the exit that was reached says how the run ended' drawn 'End: done' done
sql "update workflow set layout = null"
look "$run"
tap_case 'a version without a drawing has a page without one' not body_has 'class="drawing"'
tap_case 'which is there all the same' is_status 200
tap_done

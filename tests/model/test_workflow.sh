#!/bin/sh
# SPDX-License-Identifier: MIT
# Workflow files become versions: each text once, never changed, the one in the folder for new runs.
# shellcheck disable=SC2317,SC2016 # cases are called by name; quotes hold SQL
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0"
fi
data=$(mktemp -d) || exit 99
trap 'rm -rf "$data"' EXIT
mkdir -p "$data/workflows" "$data/agents/doer" "$data/agents/shared"
echo '{}' >"$data/agents/doer/agent.json"

# The runner's rights are enough.
store() { "$top_builddir/tests/model/workflow_main" "$RUNNER_DATABASE_URL" "$data" 2>"$data/log"; }
is() {
	found=$(psql -XAtq -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1") || return 1
	echo "$found"
	[ "$found" = "$2" ]
}
# full TITLE [WAIT]: a graph with all there is.
full() {
	cat >"$data/workflows/full.dot" <<-DOT
		digraph full {
			title="$1"; start=a
			a [kind=agent agent=doer max_attempts=2 retry_base_s=5 retry_max_s=50 timeout_s=60 confidence=0.75]
			b [kind=agent agent=doer]
			c [kind=agent agent=doer]
			j [kind=join]
			g [kind=gate reviews=a quorum=2 role=operator expires_s=3600 then=escalate to=admin]
			t [kind=timer wait_s=${2:-90}]
			done [kind=exit outcome=done]
			a -> b [label=pass]
			a -> c [label=pass]
			b -> j [label=pass]
			c -> j [label=pass]
			c -> j [label=fail]
			j -> g [label=pass]
			j -> a [label=fail max=3]
			g -> t [label=approve]
			t -> done [label=pass]
		}
	DOT
}
refuses() {
	said=$(store) && { echo accepted; return 1; }
	echo "$said"
	case $said in
	*"$1"*) ;;
	*) return 1 ;;
	esac
}
# What a new run would follow, as project_submit finds it.
submits() {
	psql -XAtq "$DATABASE_URL" -c "select project_submit((select account_id from account where name = 'ann'), 'P',
		'Brief', 'stack', 'full', null, gen_random_uuid()::text)" &&
		is "select w.title from run join workflow w using (graph_id) order by run_id desc limit 1" "$1"
}

full One
tap_case 'a file is taken in' store
tap_case 'all of a node is stored' is "
	select node, kind, agent, reviews, outcome, position, max_attempts, timeout_s, retry_base_s, retry_max_s,
		confidence, quorum, role, expires_s, on_expiry, expiry_to, wait_s
	from workflow_node order by position, node" \
'a|agent|doer|||1|2|60|5|50|0.75|1|approver||||
b|agent|doer|||2|4|1800|1|60|0.60|1|approver||||
c|agent|doer|||2|4|1800|1|60|0.60|1|approver||||
j|join||a||3|4|1800|1|60|0.60|1|approver||||
g|gate||a||4|4|1800|1|60|0.60|2|operator|3600|escalate|admin|
t|timer||||5|4|1800|1|60|0.60|1|approver||||90
done|exit|||done|6|4|1800|1|60|0.60|1|approver||||'
tap_case 'all of an edge is stored' is "
	select node, outcome, next, max_times, meets from workflow_edge order by node, outcome, next" \
'a|pass|b||j
a|pass|c||j
b|pass|j||
c|fail|j||
c|pass|j||
g|approve|t||
j|fail|a|3|
j|pass|g||
t|pass|done||'
tap_case 'the drawing has every node, and a line for each two that an edge joins' is "
	select jsonb_array_length(layout -> 'nodes'), jsonb_array_length(layout -> 'edges') from workflow" '7|8'
psql -qX "$DATABASE_URL" -c "insert into account (name, role) values ('ann', 'admin')"
tap_case 'the same text again is no new version' eval "store && is 'select count(*) from workflow' 1"
tap_case 'a run can follow it' submits One

full Two
tap_case 'another text is a new version' eval "store && is 'select count(*) from workflow' 2"
tap_case 'new runs follow the new version' submits Two
tap_case 'the run that was begun keeps its own' is "
	select w.title from run join workflow w using (graph_id) order by run_id limit 1" One
full One
tap_case 'a file put back is no new version' eval "store && is 'select count(*) from workflow' 2"
tap_case 'new runs follow the text that was put back' submits One
tap_case 'the nodes of a version never change' is "select count(*) from workflow_node" 14
tap_case 'a version that is offered already is not offered again' is "
	select count(*) from workflow where offered_at > created_at" 1
full One 0
tap_case 'what is unsound is refused by file and node' refuses 'full.dot: t: wait_s must be'
tap_case 'nothing is taken from it' is 'select count(*) from workflow' 2
full One
sed 's/digraph full/digraph other/; s/agent=doer/agent=nobody/' "$data/workflows/full.dot" >"$data/workflows/other.dot"
tap_case 'an agent that there is none of is refused' refuses 'other.dot: node a: there is no agent "nobody"; there is doer'
sed 's/digraph full/digraph another/' "$data/workflows/full.dot" >"$data/workflows/other.dot"
tap_case 'a file is named as its graph' refuses 'named "another"; both must be the same'
rm "$data/workflows/other.dot"
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# How the engine's hot statements reach rows: by the primary key or the index made for it, whatever
# the statistics say, with 100,000 runs in the tables. Each function is called often enough to have
# its plans made both for the values at hand and for any.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0"
fi
# shellcheck source=deploy/cluster.sh
. "$top_srcdir/deploy/cluster.sh"
plans=$(mktemp) || exit 99
trap 'rm -f "$plans" "$plans.own"' EXIT

# Only the superuser may ask for plans of statements inside functions.
super() {
	psql -XAtq -v ON_ERROR_STOP=1 "$(printf '%s' "$DATABASE_URL" | sed 's,//[^@/]*@,//postgres@,; s/user=[^ ]*/user=postgres/')" "$@"
}
hot='cursor run stage stage_result budget budget_hold llm_call artifact artifact_file blob'

# fill N: as many runs.
fill() {
	super -v n="$1" <<-'SQL'
		insert into account (name, role) values ('ann', 'admin'), ('bob', 'admin');
		insert into workflow (name, title, sha256, source, start) values ('w', 'W', sha256('w'), '', 'a');
		insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position) values
			(1, 'a', 'agent', 'x', null, null, 1), (1, 'b', 'agent', 'y', null, null, 2),
			(1, 'c', 'agent', 'z', null, null, 2), (1, 'j', 'join', null, 'a', null, 3),
			(1, 'end', 'exit', null, null, 'done', 4);
		insert into workflow_edge (graph_id, node, outcome, next, meets) values (1, 'a', 'pass', 'b', 'j'),
			(1, 'a', 'pass', 'c', 'j'), (1, 'b', 'pass', 'j', null), (1, 'c', 'pass', 'j', null),
			(1, 'j', 'pass', 'end', null);
		insert into project (account_id, name, brief, stack, submit_key) values (1, 'p', 'b', 's', 'k');
		insert into run (project_id, tenant_id, graph_id) select 1, 1 + n % 2, 1 from generate_series(1, :n) n;
		insert into stage (run_id, node, position, agent)
			select r.run_id, n.node, n.position, n.agent from run r cross join workflow_node n where n.kind = 'agent';
		insert into cursor (run_id, tenant_id, node, state, rank)
			select run_id, tenant_id, 'a', 'R', now() - run_id * interval '1 s' from run;
		insert into budget (kind, key) select '4-project', n from generate_series(1, :n) n;
		insert into llm_call (run_id, node, revision, call_no, owner, provider, model, request_hash, state, started_at)
			select run_id, 'a', 1, 1, gen_random_uuid(), 'p', 'm', sha256('q'), 'failed', now() from run;
		insert into budget_hold (call_id, amount_usd, day, account_id, project_id, settled_at, spent_usd, unconfirmed)
			select call_id, 0, 1, 1, 1, now(), 0, false from llm_call;
		insert into runner (runner_id, host, pid, version, expires_at)
			values ('00000000-0000-0000-0000-000000000001', 'h', 1, 'v', now() + interval '1 hour');
		insert into blob (sha256, body) values (sha256('f'), 'f');
		insert into artifact (run_id, node, revision, sha256, body, document, provider, model)
			select run_id, 'a', 1, sha256('x'), '{}', '', 'p', 'm' from run;
		insert into artifact_file (artifact_id, path, sha256, size) select artifact_id, 'f', sha256('f'), 1 from artifact;
		update stage s set artifact_id = a.artifact_id, revision = 1 from artifact a where a.run_id = s.run_id and a.node = s.node;
	SQL
}

# The runner's own reading, prepared as it prepares it.
inputs() {
	echo "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_bitmapscan = off;"
	for name in input_runs input_outputs input_bodies input_files input_reports input_failed_tests; do
		echo "prepare $name as"
		awk -v name="$name" '/^-- :name/ { on = $3 == name } on && !/^--/' "$top_srcdir/sql/queries/input.sql"
		case $name in
		input_bodies | input_files) echo "; execute $name('{1,2,3}');" ;;
		*) echo "; execute $name('{1,2,3}', '{b,b,c}');" ;;
		esac
	done
}

# Claims, pays, advances, waits again, is rescued; eight rounds in one session. An event is also what a page writes,
# whose session forbids nothing.
ask() {
	{ rounds && inputs; } | super >/dev/null 2>"$plans"
}
rounds() {
	cat <<-'SQL'
		load 'auto_explain';
		set auto_explain.log_min_duration = 0;
		set auto_explain.log_nested_statements = on;
		set auto_explain.log_level = notice;
		set client_min_messages = notice;
		select event_append(array[1::bigint], array['message'], array['{}'::jsonb]);
		do $$
		declare
			me constant uuid := '00000000-0000-0000-0000-000000000001';
			r bigint[];
			b integer[];
			e bigint[];
			c bigint[];
			n bigint;
		begin
			for i in 1 .. 8 loop
				select array_agg(x.run_id), array_agg(x.branch), array_agg(x.epoch), count(*) into r, b, e, n
				from stage_claim(me, 4, 4) x;
				select array_agg(x.call_id) into c from call_begin(me, r, b, e, array_fill('p'::text, array[n::integer]),
					array_fill('m'::text, array[n::integer]), array_fill(sha256('q'), array[n::integer]),
					array_fill(0.1, array[n::integer])) x;
				for k in 1 .. 3 loop
					select array_agg(x.run_id), array_agg(x.branch), array_agg(x.epoch), count(*) into r, b, e, n
					from stage_advance(me, r, b, e, array_fill('pass'::text, array[n::integer]),
						array_fill(sha256('x'), array[n::integer]), array_fill('{}'::text, array[n::integer]),
						array_fill(''::text, array[n::integer]), array_fill('p'::text, array[n::integer]), array_fill('m'::text, array[n::integer]),
						array_fill('[]'::jsonb, array[n::integer]), array_fill(null::jsonb, array[n::integer]),
						array_fill(null::text, array[n::integer]), array_fill(null::jsonb, array[n::integer]), true) x
					where x.ord is null;
					exit when n = 0;
				end loop;
				perform call_end(c, array_fill('answered'::text, array[cardinality(c)]),
					array_fill(''::text, array[cardinality(c)]), array_fill(null::text, array[cardinality(c)]),
					array_fill(200, array[cardinality(c)]), array_fill(1::bigint, array[cardinality(c)]),
					array_fill(1::bigint, array[cardinality(c)]), array_fill(0.1, array[cardinality(c)]));
				select array_agg(x.run_id), array_agg(x.branch), array_agg(x.epoch), count(*) into r, b, e, n
				from stage_claim(me, 3, 3) x;
				perform stage_retry(me, r[1], b[1], e[1], 0, 'p', true);
				perform stage_park(me, r[2], b[2], e[2], 'question', 'q', null, null);
				update cursor set deadline = now() - interval '1 s' where run_id = r[3] and branch = b[3];
				perform stage_rescue(100);
			end loop;
		end $$;
	SQL
}

# No table that grows is read as a whole, and the cursor is found by its key or the index meant.
by_index() {
	ask || { grep -A3 "^ERROR" "$plans"; return 1; }
	# The test's own way to let a lease become overdue is none of the engine's.
	awk 'BEGIN { RS = "NOTICE:" } !/set deadline = now\(\)/' "$plans" >"$plans.own" && mv "$plans.own" "$plans"
	grep -q 'Index.* using cursor_ready on cursor' "$plans" || { echo 'the pick does not use cursor_ready'; return 1; }
	grep -q 'Index.* using cursor_pkey on cursor' "$plans" || { echo 'nobody uses the key'; return 1; }
	for table in $hot; do
		if grep -qE "(Seq Scan|Bitmap Heap Scan) on $table( |\$)" "$plans"; then
			echo "a scan of $table:"
			awk -v t="$table" '/Query Text/ { q = "" } { q = q "\n" $0 }
				$0 ~ "(Seq Scan|Bitmap Heap Scan) on " t "( |$)" { print substr(q, 1, 2500); exit }' "$plans"
			return 1
		fi
	done
}
few_rows() {
	fill 40 && super -c 'analyze' && by_index && super -c 'truncate account, workflow, blob, runner, budget restart identity cascade'
}
empty_statistics() {
	super -c 'analyze' && fill 100000 && by_index
}
fresh_statistics() {
	super -c 'analyze' && by_index
}
# As after a night in which all was done, and a morning in which much was submitted.
stale_statistics() {
	super -c "update cursor set state = 'D', why = null, owner = null, deadline = null" -c 'analyze' \
		-c "update cursor c set state = 'R' from run r where r.run_id = c.run_id and c.node = 'a' and r.state = 'queued'" && by_index
}

tap_case 'with few rows, which would be read as a whole just now' few_rows
tap_case 'with statistics of empty tables' empty_statistics
tap_case 'with fresh statistics' fresh_statistics
tap_case 'with statistics of another time' stale_statistics
tap_done

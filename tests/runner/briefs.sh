#!/bin/sh
# SPDX-License-Identifier: MIT
# Three briefs go through the whole of direct with the built-in fallback, unattended.
# shellcheck disable=SC2317 # cases are called by name
AGENTS=agents
# shellcheck source=tests/runner/inside.sh
. "$(dirname "$0")/inside.sh"

runner --drain || exit 99 # stores the workflows
for brief in clinic recipes tool-library; do
	run=$(submit direct "$brief" "$(cat "tests/fixtures/briefs/$brief.md")") || exit 99
	eval "run_$(echo $brief | tr - _)=$run"
done
runner --drain || tail -n 5 "$log"

# The stages' names in the order in which they are done.
stages() {
	sql "select string_agg(node || ' ' || state || ' ' || revision, ', ' order by position) from stage
		where run_id = $1"
}

is_done() {
	is "$(state "$1")" 'done' || { sql "select problem from run where run_id = $1"; return 1; }
}

ten_tests_passed() {
	is "$(sql "select executed and total >= 10 and passed = total and failed = 0 and problem is null
		from test_report where run_id = $1 order by artifact_id desc limit 1")" t &&
		is "$(sql "select count(*) = min(r.total) from test_report r
			join test_result t using (artifact_id)
			where r.run_id = $1 and t.outcome = 'passed'")" t
}

report_is_bound_to_the_files() {
	is "$(sql "with s as (select artifact_id, node from stage where run_id = $1
		and node in ('developer', 'tester'))
		select encode(sha256(convert_to(string_agg(encode(f.sha256, 'hex') || ' ' || f.path ||
		E'\n', ''
			order by f.path collate \"C\"), 'UTF8')), 'hex')
		from s join artifact_file f using (artifact_id)")" \
		"$(sql "select encode(files_sha256, 'hex') from test_report where run_id = $1
			order by artifact_id desc limit 1")"
}

bodies_name_their_files_by_hash() {
	is "$(sql "select count(*) from artifact a cross join jsonb_array_elements(a.body::jsonb -> 'files') f
		where a.run_id = $1 and a.node in ('developer', 'tester') and (f ? 'content' or
			not exists (select from artifact_file x
		where x.artifact_id = a.artifact_id and x.path = f ->> 'path'
			and encode(x.sha256, 'hex') = f ->> 'sha256'
			and x.size = (f ->> 'size')::bigint))")" 0 &&
		is "$(sql "select bool_and(sha256 = sha256(convert_to(body, 'UTF8'))) from artifact
			where run_id = $1")" t &&
		is "$(sql "select bool_and(sha256(b.body) = b.sha256) from blob b")" t
}

applications_differ() {
	is "$(sql "select count(distinct a.document) from artifact a where a.node = 'architect'")" 3 &&
		is "$(sql "select count(distinct a.sha256) from artifact a where a.node = 'developer'")" 3
}

# decide RUN KIND COMMENT: at the gate that is open.
decide() {
	psql -XqAt -v ON_ERROR_STOP=1 -v run="$1" -v kind="$2" -v comment="$3" "$DATABASE_URL" <<-'SQL' >/dev/null
		select gate_decide(gate_id, revision, :'kind', :'comment', 1) from gate
		where run_id = :run and state = 'open';
	SQL
}

gate_at() {
	sql "select stage || ' ' || revision from gate where run_id = $1 and state = 'open'"
}

people_decide_at_each_gate() {
	run=$(submit sdlc 'Books' 'A list of books. Each book has a title and an author. People search books by title.')
	runner --drain && is "$(gate_at "$run")" 'analyst 1' || return 1
	decide "$run" changes 'A book also has a publisher. Members may lend at most two books.'
	runner --drain && is "$(gate_at "$run")" 'analyst 2' || return 1
	is "$(sql "select count(distinct document) from artifact where run_id = $run and node = 'analyst'")" 2 &&
		is "$(sql "select body::jsonb ->> 'changes' like '%publisher%' from artifact
			where run_id = $run and node = 'analyst' and revision = 2")" t || return 1
	decide "$run" approve ''
	runner --drain && is "$(gate_at "$run")" 'architect 1' || return 1
	decide "$run" approve ''
	runner --drain && is "$(gate_at "$run")" 'tester 1' || return 1
	decide "$run" changes 'The list of books shows the author first.'
	runner --drain && is "$(gate_at "$run")" 'tester 2' &&
		is "$(sql "select revision from stage where run_id = $run and node = 'developer'")" 2 || return 1
	decide "$run" approve ''
	is "$(state "$run")" 'done' && sound
}

for brief in clinic recipes tool-library; do
	eval "run=\$run_$(echo $brief | tr - _)"
	tap_case "$brief: the run is done" is_done "$run"
	tap_case "$brief: every stage is done" is "$(stages "$run" | sed 's/ [0-9]*,/,/g; s/ [0-9]*$//')" \
		'analyst done, architect done, developer done, tester done'
	tap_case "$brief: at least ten tests were executed, and all passed" ten_tests_passed "$run"
	tap_case "$brief: the report is bound to the files that were executed" report_is_bound_to_the_files "$run"
	tap_case "$brief: outputs name their files by hash" bodies_name_their_files_by_hash "$run"
done
tap_case 'the three applications differ' applications_differ
tap_case 'sdlc: people approve and ask for changes at each gate' people_decide_at_each_gate
tap_case 'receipts, events and revisions are sound' sound
tap_done

# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For tests of the runner as a program. Sourced first: starts the script again with a database
# of its own, as an ordinary user, in a folder that holds the runner and its data. AGENTS names the
# agents to use, below the source folder; ALSO what else the folder holds; OWN_CLUSTER=yes asks for a database
# server that may be stopped. An empty database (with-database --empty) gets no account.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
if [ -z "${RUNNER_INSIDE:-}" ]; then
	if [ -n "${OWN_CLUSTER:-}" ] && [ -z "${RUNNER_OWN:-}" ]; then
		unset BOTARMY_TEST_DATABASE BOTARMY_TEST_CLUSTER BOTARMY_TEST_OWNER
		RUNNER_OWN=yes
		export RUNNER_OWN
	fi
	if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
		exec "$top_srcdir/tests/lib/with-database" "$0" "$@"
	fi
	BOTARMY_TEST_USER=$(stat -c %U "$BOTARMY_TEST_CLUSTER/data")
	RUNNER_INSIDE=yes
	export BOTARMY_TEST_USER RUNNER_INSIDE
	also=
	for one in ${ALSO:-}; do
		also="$also -c $one"
	done
	# shellcheck disable=SC2086 # also is a list
	exec "$top_srcdir/tests/lib/as-user" $also -c "$top_builddir/botarmy-runner" -c "$top_srcdir/harness" \
		-c "$top_srcdir/workflows" -c "$top_srcdir/blueprints" -c "$top_srcdir/$AGENTS" \
		-c "$top_srcdir/tests" -c "$top_srcdir/deploy" \
		-- sh "./tests/$(basename "$(dirname "$0")")/$(basename "$0")" "$@"
fi
top_srcdir=$PWD
BOTARMY_DATA_DIR=$PWD
BOTARMY_STATE_DIR=$BOTARMY_TEST_DIR/state
export BOTARMY_DATA_DIR BOTARMY_STATE_DIR
unset OPENAI_API_KEY OPENAI_BASE_URL BOTARMY_CONFIG
# shellcheck source=tests/lib/tap.sh
. ./tests/lib/tap.sh
log=$BOTARMY_TEST_DIR/log
pids=

# shellcheck disable=SC2317,SC2086 # called by the trap; pids is a list
end_all() {
	for pid in $pids; do
		kill -9 "$pid" 2>/dev/null
	done
}
trap end_all EXIT

sql() {
	psql -XqAt -v ON_ERROR_STOP=1 -c "$1" "$DATABASE_URL"
}

# submit WORKFLOW NAME BRIEF [CAP]: the run's id.
submit() {
	psql -XqAt -v ON_ERROR_STOP=1 -v workflow="$1" -v name="$2" -v brief="$3" -v cap="${4:-}" \
		"$DATABASE_URL" <<-'SQL'
		select run_id
			from project_submit(1, :'name', :'brief', 'python-stdlib', :'workflow', nullif(:'cap', '')::numeric,
			gen_random_uuid()::text);
	SQL
}

runner() {
	./botarmy-runner "$@" 2>>"$log"
}

# The background runner's id is in $pid.
start_runner() {
	./botarmy-runner "$@" 2>>"$log" &
	pid=$!
	pids="$pids $pid"
}

is() {
	[ "$1" = "$2" ] || {
		echo "is: $1"
		echo "wanted: $2"
		return 1
	}
}

state() {
	sql "select state from run where run_id = $1"
}

# until SECONDS SQL: waits until the query says t.
until_true() {
	left=$(($1 * 10))
	while [ "$(sql "$2")" != t ]; do
		left=$((left - 1))
		if [ "$left" -le 0 ]; then
			echo "never true: $2"
			tail -n 20 "$log"
			return 1
		fi
		sleep 0.1
	done
}

# logged MESSAGE…: there are lines of such beginnings in the log, and of all lines those about a stage, and
# what the database said to one, bear its run, and no others do.
logged() {
	python3 - "$log" "$@" <<-'PY'
		import json, re, sys
		wanted = set(sys.argv[2:])
		for line in open(sys.argv[1]):
		    record = json.loads(line)
		    said, run = record["message"], record.get("run")
		    stage = re.match(r"(stage|call) ", said)
		    if stage and run is None:
		        sys.exit("of which run? " + line)
		    database = re.match("statement|database connection|no connection|the database closed", said)
		    if not stage and not database and run is not None:
		        sys.exit("no run's: " + line)
		    wanted -= {one for one in wanted if said.startswith(one)}
		sys.exit(f"never said: {wanted}" if wanted else 0)
	PY
}

# What must be so of every run, whatever happened.
sound() {
	is "$(sql "select count(*) from run r where r.ev_seq <> (select count(distinct e.seq) from event e
		where e.run_id = r.run_id and e.seq between 1 and r.ev_seq)
		or r.ev_seq <> (select count(*) from event e where e.run_id = r.run_id)")" 0 &&
		is "$(sql "select count(*) from (select 1 from artifact group by run_id, node, revision
			having count(*) > 1) x")" 0 &&
		is "$(sql "select count(*) from artifact a where not exists (select from stage_result s
			where s.artifact_id = a.artifact_id)")" 0 &&
		is "$(sql "select count(*) from (select 1 from stage_result group by artifact_id
			having count(*) > 1) x")" 0
}

[ -n "${BOTARMY_TEST_EMPTY:-}" ] || sql "insert into account (name, role) values ('tester', 'admin')" || exit 99

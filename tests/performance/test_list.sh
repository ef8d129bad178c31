#!/bin/sh
# SPDX-License-Identifier: MIT
# The project list costs what the shown rows cost, however many projects there are.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
newest=9223372036854775807

# What the responder's statements are is seen in the server's log, of this database alone.
sockets=$(cat "$BOTARMY_TEST_CLUSTER/socket-folder")
psql -qX -h "$sockets" -U postgres -d "$BOTARMY_TEST_DATABASE" \
	-c "alter role botarmy_web in database $BOTARMY_TEST_DATABASE set log_statement = 'all'" || exit 99
log=$BOTARMY_TEST_CLUSTER/log
web_start
account ana admin
psql -qX -v ON_ERROR_STOP=1 -v projects=10000 "$DATABASE_URL" <"$top_srcdir/bench/seed.sql" || exit 99
jar=$web/jar
sign_in "$link" "$jar"

# statement NAME: its text, as the programs have it.
statement() { awk -v name="$1" '/^-- :name/ { on = $3 == name; next } on && !/^--/' "$top_srcdir/sql/queries/project.sql"; }
# reads_few NAME ROWS ARGUMENTS: planned as the programs' sessions plan it.
reads_few() {
	text=$(statement "$1")
	psql -qXAt -v ON_ERROR_STOP=1 "$DATABASE_URL" >"$web/plan" <<-SQL || return 1
		set plan_cache_mode = force_generic_plan;
		prepare it as $text;
		explain (analyze, format json) execute it ($3);
	SQL
	python3 "$top_srcdir/tests/performance/plan.py" "$2" <"$web/plan" 2>&1 || { cat "$web/plan"; return 1; }
}

# statements CURL-ARGUMENTS: the names of those that one request executes.
statements() {
	before=$(wc -c <"$log")
	curl -s -f -o "$web/body" "$@" || return 1
	tail -c "+$((before + 1))" "$log" | sed -n 's/.* botarmy-web LOG:  execute \([a-z_]*\): .*/\1/p'
}
# same_statements WANTED ROW-PATTERN PATH CURL-ARGUMENTS: for one row as for a hundred.
same_statements() {
	wanted=$1 row=$2 path=$3
	shift 3
	for rows in 1 10 100; do
		got=$(statements "$@" "$url$path?limit=$rows" | grep -vx inbox_count | paste -sd' ')
		shown=$(grep -o "$row" "$web/body" | wc -l)
		[ "$shown" -eq "$rows" ] || { echo "$shown rows instead of $rows"; return 1; }
		[ "$got" = "$wanted" ] || { echo "$rows rows: $got"; return 1; }
	done
}

hash=$(sql "select quote_literal(token_hash) from session limit 1")
everybodys() { reads_few project_list 51 "$1, 51, $hash, 60"; }
id=$(sql "select account_id from account where name = 'ana'")
tap_case "everybody's projects are read by index, some rows for each shown" everybodys "$newest"
tap_case "one's own projects too" reads_few project_list_own 51 "$newest, 51, $id"
tap_case "deep in the list it is the same" everybodys 3000
# Once a minute the way in is noted, and turns are counted every two seconds at most; that is not the page's.
curl -s -o /dev/null -H "Authorization: Bearer $token" "$url/api/v1/projects"
tap_case "a page executes two statements, whatever it shows" \
	same_statements "session_find project_list" 'class="row-title"' /projects -b "$jar"
counted() { for _ in 1 2 3 4 5; do statements -b "$jar" "$url/projects"; done | grep -cx inbox_count; }
few_counts() { [ "$(counted)" -le 1 ]; }
tap_case 'turns are not counted at each page' few_counts
tap_case "its JSON executes two statements, whatever it shows" \
	same_statements "api_token_find project_list" '"run_id":' /api/v1/projects -H "Authorization: Bearer $token"
tap_done

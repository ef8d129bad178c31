# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Runs that go where a test wants them, without a runner: the responder of web.sh with play.sql in its
# database. Sourced first, by a script that has set top_srcdir; brings tap.sh and web.sh along.
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start ""
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/play.sql" >/dev/null || exit 99

# Sets the tokens viewer, sam (a submitter) and ana (an approver). Sam has a browser: jar and code.
# shellcheck disable=SC2034 # for the scripts
play_people() {
	account vi viewer
	viewer=$token
	account sam submitter
	sam=$token
	jar=$web/jar
	sign_in "$link" "$jar"
	code=$(csrf "$jar")
	account ana approver
	ana=$token
}

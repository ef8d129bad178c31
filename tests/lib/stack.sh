# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The whole system for one test, as ./demo makes it: a cluster of its own with full durability, nginx,
# the responder, and runners when asked. Sourced by bash scripts; brings tap.sh along.
#
#   stack_begin     starts it; sets STATE, PORT, BIN, DATA, and exports BOTARMY_URL and BOTARMY_TOKEN
#   stack_runner    starts a runner that stays; its id is in RUNNER_PID
#   stack_over      ends everything and removes it; at exit it happens by itself
#   sql STATEMENT   asks the database as its superuser, whose address is in owner_url
: "${top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=deploy/stack.sh
. "$top_srcdir/deploy/stack.sh"
STATE='' PORT='' BASE='' SERVICE=''
WEB_PID='' FEED_PID='' NGINX_PID='' RUNNER_PID=''
[ "$(id -u)" -ne 0 ] || SERVICE=nobody
for name in $(compgen -e); do
	case $name in BOTARMY_TEST_*) ;; BOTARMY_* | OPENAI_* | *DATABASE_URL | PG*) unset "$name" ;; esac
done

cluster() { BOTARMY_USER=$SERVICE sh "$top_srcdir/deploy/cluster.sh" "$1" "$STATE/pg" "${@:2}"; }
# A command of an operator's, as the service user with the system's settings.
operator() { stack_as "$BIN/botarmy" "$@"; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$owner_url" -c "$1"; }

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

stack_begin() {
	STATE=$(mktemp -d /tmp/botarmy-stack-XXXXXX) || exit 99
	trap stack_over EXIT
	trap 'exit 130' INT TERM HUP
	PORT=$(free_port)
	if ! { stack_folders && stack_programs "$top_srcdir" "$top_builddir" && cluster init && cluster start &&
		stack_configure && operator migrate && operator user add admin --role admin &&
		stack_serve; } >"$STATE/begin.log" 2>&1; then
		sed 's/^/# /' "$STATE/begin.log"
		echo "Bail out! the system did not start"
		exit 99
	fi
	owner_url=$(cluster url postgres)
	BOTARMY_URL=http://localhost:$PORT$BASE
	BOTARMY_TOKEN=$(operator token create admin --name test)
	export BOTARMY_URL BOTARMY_TOKEN
}

stack_runner() {
	stack_spawn "$STATE/log/runner.log" "$BIN/botarmy-runner" --config "$STATE/demo.conf"
	RUNNER_PID=$!
}

# shellcheck disable=SC2317 # called by the trap
stack_over() {
	trap '' INT TERM HUP
	stack_end "$RUNNER_PID" 20
	stack_end "$NGINX_PID" 10
	stack_end "$FEED_PID" 10
	stack_end "$WEB_PID" 10
	cluster stop immediate 2>/dev/null
	rm -rf "${STATE:?}" "$tap_output"
}

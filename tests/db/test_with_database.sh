#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/lib/with-database: each command has a database of its own, and nothing stays behind.
# shellcheck disable=SC2317,SC2016 # cases are called by name; quotes are for the inner shell
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
with=$top_srcdir/tests/lib/with-database
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$with" sh "$0"
fi
cluster=$BOTARMY_TEST_CLUSTER
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

query() {
	psql -XAtq "$1" -c "$2"
}
roles_are_right() {
	for role in web runner feed; do
		url=$(eval "echo \$$(echo "$role" | tr "[:lower:]" "[:upper:]")_DATABASE_URL")
		[ "$(query "$url" 'select current_user')" = "botarmy_$role" ] || return 1
	done
	[ "$(query "$DATABASE_URL" 'select current_user')" = botarmy ]
}
schema_is_there() {
	[ "$(query "$DATABASE_URL" 'select count(*) > 0 from schema_migration')" = t ]
}
# shellcheck disable=SC2016 # for the inner shell
{
	inner='psql -XAtq "$DATABASE_URL" -c "select current_database(), to_regclass('\''run'\'') is null"'
	slow='echo "$BOTARMY_TEST_DATABASE" >"$0/name"; exec sleep 60'
	own='echo "$BOTARMY_TEST_CLUSTER" >"$0/cluster"; exit 3'
}
another_is_another() {
	"$with" sh -c "$inner" >"$work/other" && cat "$work/other" &&
		[ "$(cut -d'|' -f1 "$work/other")" != "$BOTARMY_TEST_DATABASE" ]
}
empty_is_empty() {
	"$with" --empty sh -c "$inner" >"$work/other" && [ "$(cut -d'|' -f2 "$work/other")" = t ]
}
passes_status_on() {
	"$with" sh -c 'exit 7'
	[ $? -eq 7 ]
}
passes_input_on() {
	[ "$(echo words | "$with" cat)" = words ]
}
is_gone() {
	[ "$(query "$DATABASE_URL" "select count(*) from pg_database where datname = '$1'")" = 0 ]
}
dropped_afterwards() {
	name=$(cut -d'|' -f1 "$work/other")
	[ -n "$name" ] && is_gone "$name"
}
ends_on_term() {
	rm -f "$work/name"
	"$with" sh -c "$slow" "$work" &
	pid=$!
	for _ in $(seq 100); do
		[ ! -s "$work/name" ] || break
		sleep 0.1
	done
	[ -s "$work/name" ] && kill -TERM "$pid"
	wait "$pid"
	[ $? -eq 143 ] && is_gone "$(cat "$work/name")"
}
own_cluster_is_removed() {
	env -u BOTARMY_TEST_CLUSTER -u BOTARMY_TEST_OWNER "$with" sh -c "$own" "$work"
	[ $? -eq 3 ] && made=$(cat "$work/cluster") && [ "$made" != "$cluster" ] && [ ! -e "$made" ]
}
# The owner is a process that ends; two tests share its cluster, and the keeper removes it.
shared_cluster_is_removed() {
	sleep 60 &
	owner=$!
	for i in 1 2; do
		env -u BOTARMY_TEST_CLUSTER BOTARMY_TEST_OWNER="$owner" "$with" sh -c "$own" "$work"
		cp "$work/cluster" "$work/cluster.$i"
	done
	cat "$work/cluster.1"
	shared=$(cat "$work/cluster")
	cmp "$work/cluster.1" "$work/cluster.2" && [ "$shared" != "$cluster" ] &&
		sh "$top_srcdir/deploy/cluster.sh" status "$shared" || return 1
	kill "$owner"
	wait "$owner"
	for _ in $(seq 600); do
		[ -e "$shared" ] || return 0
		sleep 0.1
	done
	return 1
}

tap_case 'each role has its URL' roles_are_right
tap_case 'the schema is there' schema_is_there
tap_case 'each command has another database' another_is_another
tap_case 'which is dropped afterwards' dropped_afterwards
tap_case 'an empty one is empty' empty_is_empty
tap_case 'the exit status is passed on' passes_status_on
tap_case 'standard input is passed on' passes_input_on
tap_case 'a signal ends it at once and leaves nothing' ends_on_term
tap_case 'a cluster of its own is removed' own_cluster_is_removed
tap_case 'a shared cluster is removed when its owner has ended' shared_cluster_is_removed
tap_done

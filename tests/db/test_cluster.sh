#!/bin/sh
# SPDX-License-Identifier: MIT
# deploy/cluster.sh: it can be called again at any point, and says what is wrong.
# shellcheck disable=SC2317,SC2016 # cases are called by name; quotes are for the inner shell
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
cluster=$top_srcdir/deploy/cluster.sh
top=$(mktemp -d /tmp/botarmy-cluster-XXXXXX) || exit 99
chmod 755 "$top"
# A space, a quote and a percent sign: what a path may hold.
dir="$top/it's 5% mine"
long=$top/$(printf '%0100d' 0)
export CLUSTER_SETTINGS='fsync = off'

clean_up() {
	for d in "$dir" "$long"; do
		sh "$cluster" stop "$d" immediate 2>/dev/null
	done
	rm -rf "$top"
}
trap clean_up EXIT
trap 'exit 143' INT TERM

status_is() {
	sh "$cluster" status "$dir"
	[ $? -eq "$1" ]
}
ask() {
	psql -XAtq "$(sh "$cluster" url "$dir" "${2:-botarmy}")" -c "$1"
}
answers() {
	[ "$(ask 'select 40 + 2')" = 42 ]
}
# The owner is no superuser, and nobody is let in from elsewhere.
owner_is_modest() {
	[ "$(ask "select rolsuper, rolcreaterole, current_setting('listen_addresses') = '' from pg_roles
		where rolname = current_user")" = 'f|t|t' ]
}
is_durable() {
	[ "$(ask "select current_setting('synchronous_commit'), current_setting('full_page_writes'),
		current_setting('data_checksums')")" = 'on|on|on' ]
}
closed_to_others() {
	[ "$(stat -c %a "$dir")" = 700 ] && [ "$(stat -c %a "$dir/data")" = 700 ]
}
keeps_data() {
	ask 'create table kept as select 7 as n' && sh "$cluster" stop "$dir" && sh "$cluster" start "$dir" &&
		[ "$(ask 'select n from kept')" = 7 ]
}
# The pid file of a server that was killed stays behind.
survives_a_kill() {
	kill -9 "$(head -n 1 "$dir/data/postmaster.pid")" && sh "$cluster" start "$dir" &&
		[ "$(ask 'select n from kept')" = 7 ]
}
replaces_half_made() {
	other=$top/half
	mkdir -p "$other/data.new/base"
	[ "$(id -u)" -ne 0 ] || chown -R "$(stat -c %U "$dir/data"):" "$other"
	sh "$cluster" init "$other" && [ -f "$other/data/PG_VERSION" ] && [ ! -e "$other/data.new" ]
}
says() {
	words=$1
	shift
	said=$("$@" 2>&1) && return 1
	echo "$said"
	case $said in
	*"$words"*) ;;
	*) return 1 ;;
	esac
}
foreign=$top/foreign
mkdir -p "$foreign/data"
echo hello >"$foreign/data/file"
broken=$top/broken
cp -r "$foreign" "$broken"
echo 14 >"$broken/data/PG_VERSION"
too_long_still_works() {
	sh "$cluster" init "$long" && sh "$cluster" start "$long" || return 1
	url=$(sh "$cluster" url "$long")
	echo "$url"
	[ "$(psql -XAtq "$url" -c 'select 1')" = 1 ] && sh "$cluster" stop "$long" &&
		[ ! -e "$(cat "$long/socket-folder")" ] && sh "$cluster" start "$long" &&
		[ "$(psql -XAtq "$(sh "$cluster" url "$long")" -c 'select 1')" = 1 ]
}

tap_case 'nothing there has status 4' status_is 4
tap_case 'starting nothing says what to do' says 'cluster.sh init' sh "$cluster" start "$dir"
tap_case 'stopping nothing is no error' sh "$cluster" stop "$dir"
tap_case 'init makes it' sh "$cluster" init "$dir"
tap_case 'init again leaves it' sh "$cluster" init "$dir"
tap_case 'stopped has status 3' status_is 3
tap_case 'start' sh "$cluster" start "$dir"
tap_case 'start again is no error' sh "$cluster" start "$dir"
tap_case 'running has status 0' status_is 0
tap_case 'its URL works, whatever the path' answers
tap_case 'the owner is no superuser, the socket the only way in' owner_is_modest
tap_case 'it is as durable as PostgreSQL is by default' is_durable
tap_case 'its folder is closed to others' closed_to_others
tap_case 'data outlives a stop' keeps_data
tap_case 'data outlives kill -9, and the stale pid file does not matter' survives_a_kill
tap_case 'stop' sh "$cluster" stop "$dir"
tap_case 'stop again is no error' sh "$cluster" stop "$dir"
tap_case 'an interrupted init is begun again' replaces_half_made
tap_case 'a folder with something else in it is left alone' says 'is no cluster' sh "$cluster" init "$foreign"
tap_case 'another version is refused' says 'belongs to PostgreSQL 14' sh "$cluster" init "$broken"
: >"$broken/data/PG_VERSION"
tap_case 'what a power cut left empty is no cluster' says 'is no cluster: move it away' sh "$cluster" init "$broken"
tap_case 'a path too long for a socket gets a short one' too_long_still_works
tap_case 'an unknown command is refused' says usage: sh "$cluster" explode "$dir"
tap_case 'a missing folder is refused' says usage: sh "$cluster" init
if [ "$(id -u)" -eq 0 ]; then
	tap_case 'as root it does not run as root' \
		says 'unprivileged' sh "$cluster" --user root init "$top/root"
	chmod 700 "$top"
	tap_case 'a folder that its user cannot reach is named' says 'parent folders' \
		sh "$cluster" --user nobody init "$top/closed"
	chmod 755 "$top"
fi
tap_done

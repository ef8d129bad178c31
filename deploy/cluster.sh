#!/bin/sh
# SPDX-License-Identifier: MIT
# A private PostgreSQL 15 in a folder of its own: reachable by a unix socket only, and only by
# whoever may enter that folder. Used by ./demo and by the tests, as a command or sourced.
#
#   cluster.sh init   DIR    makes it; an existing one is left alone
#   cluster.sh start  DIR    starts it and waits until it answers
#   cluster.sh stop   DIR    stops it; one that does not run is no error
#   cluster.sh status DIR    prints a line; exit status 0 running, 3 stopped, 4 not there
#   cluster.sh url    DIR [ROLE [DATABASE]]    prints a connection URL
#
# DIR/data is the cluster, DIR/log its log, DIR/run its socket. The login "botarmy" owns the
# database "botarmy" and may make roles, but is no superuser; that one is "postgres".
#
# As root, PostgreSQL runs as --user NAME (or BOTARMY_USER; default postgres, else nobody);
# an existing cluster runs as its owner. CLUSTER_SETTINGS may hold lines for postgresql.conf,
# read at init.

# A unix socket's path has 107 bytes at most, and the server adds this name to the folder's.
CLUSTER_SOCKET=.s.PGSQL.5432

cluster_say() {
	printf 'cluster: %s\n' "$*" >&2
}

cluster_bin() {
	if [ -x /usr/lib/postgresql/15/bin/postgres ]; then
		cluster_bindir=/usr/lib/postgresql/15/bin
	else
		cluster_bindir=$(pg_config --bindir 2>/dev/null) || cluster_bindir=
		if [ -z "$cluster_bindir" ] || [ ! -x "$cluster_bindir/postgres" ]; then
			cluster_say 'PostgreSQL 15 is not installed: apt-get install postgresql-15'
			return 1
		fi
	fi
	case $("$cluster_bindir/postgres" --version) in
	*' 15'*) ;;
	*)
		cluster_say "PostgreSQL 15 is needed, but $cluster_bindir has another version"
		return 1
		;;
	esac
}

# Sets cluster_dir (absolute), cluster_user and cluster_bindir.
cluster_open() {
	case $1 in
	/*) cluster_dir=$1 ;;
	*) cluster_dir=$PWD/$1 ;;
	esac
	case $cluster_dir in
	*"
"*)
		cluster_say 'the folder has a line break in its name'
		return 1
		;;
	esac
	cluster_bin || return 1
	cluster_user=
	if [ "$(id -u)" -ne 0 ]; then
		return 0
	fi
	if [ -d "$cluster_dir/data" ]; then
		cluster_user=$(stat -c %U "$cluster_dir/data")
	fi
	if [ -n "$cluster_user" ] && [ "$cluster_user" != root ]; then
		:
	elif [ -n "${BOTARMY_USER:-}" ]; then
		cluster_user=$BOTARMY_USER
	elif id postgres >/dev/null 2>&1; then
		cluster_user=postgres
	else
		cluster_user=nobody
	fi
	if ! id "$cluster_user" >/dev/null 2>&1 || [ "$(id -u "$cluster_user")" -eq 0 ]; then
		cluster_say "PostgreSQL cannot run as $cluster_user: name an unprivileged user by --user"
		return 1
	fi
}

# Runs a command as the cluster's user, in a folder that this user can be in.
cluster_as() {
	if [ -z "$cluster_user" ]; then
		(cd / && exec "$@")
	else
		(cd / && exec setpriv --reuid "$cluster_user" --regid "$(id -g "$cluster_user")" \
			--init-groups --reset-env -- env LC_ALL=C.UTF-8 "$@")
	fi
}

# A quoted value for postgresql.conf.
cluster_quote() {
	printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"
}

# Where the socket is; empty while nothing is known.
cluster_socket_dir() {
	if [ -f "$cluster_dir/socket-folder" ]; then
		cat "$cluster_dir/socket-folder"
	fi
}

# Makes the socket's folder and writes down where it is. DIR/run, unless its path is too long.
cluster_make_socket_dir() {
	sockets=$(cluster_socket_dir)
	if [ -z "$sockets" ] || [ ! -d "$sockets" ] || ! cluster_as test -O "$sockets" -a -w "$sockets"; then
		sockets=$cluster_dir/run
		if [ "$(printf '%s/%s' "$sockets" "$CLUSTER_SOCKET" | wc -c)" -gt 107 ]; then
			sockets=$(cluster_as mktemp -d /tmp/botarmy-db-XXXXXX) || return 1
		else
			cluster_as mkdir -p -m 700 "$sockets" || return 1
		fi
		printf '%s\n' "$sockets" | cluster_as tee "$cluster_dir/socket-folder" >/dev/null || return 1
	fi
	printf 'unix_socket_directories = %s\n' "$(cluster_quote "$sockets")" |
		cluster_as tee "$cluster_dir/data/socket.conf" >/dev/null
}

cluster_init() {
	cluster_open "$1" || return 1
	if [ -s "$cluster_dir/data/PG_VERSION" ]; then
		version=$(cat "$cluster_dir/data/PG_VERSION")
		if [ "$version" != 15 ]; then
			cluster_say "$cluster_dir/data belongs to PostgreSQL $version, not 15"
			return 1
		fi
		return 0
	fi
	if [ -e "$cluster_dir/data" ]; then
		cluster_say "$cluster_dir/data is there but is no cluster: move it away"
		return 1
	fi
	mkdir -p "$cluster_dir" || return 1
	if [ -n "$cluster_user" ]; then
		chown "$cluster_user:" "$cluster_dir" || return 1
	fi
	chmod 700 "$cluster_dir" || return 1
	if ! cluster_as test -w "$cluster_dir" -a -x "$cluster_dir"; then
		cluster_say "the user ${cluster_user:-$(id -un)} cannot get into $cluster_dir:" \
			'its parent folders must let everybody through'
		return 1
	fi
	# What an interrupted init left behind: nothing that was ever used.
	cluster_as rm -rf "$cluster_dir/data.new"
	new=$cluster_dir/data.new
	# Everything is written to disk once, before the folder gets its name.
	if ! cluster_as "$cluster_bindir/initdb" -D "$new" -U postgres --auth-local=trust --auth-host=reject \
		--no-sync --encoding=UTF8 --locale=C.UTF-8 --data-checksums >"$cluster_dir/init.log" 2>&1; then
		cluster_say "initdb failed; $cluster_dir/init.log ends:"
		tail -n 5 "$cluster_dir/init.log" >&2
		return 1
	fi
	{
		printf "listen_addresses = ''\nunix_socket_permissions = 0700\nport = 5432\n"
		printf "timezone = 'UTC'\nlog_timezone = 'UTC'\nlog_line_prefix = '%%m [%%p] %%a '\n"
		printf 'max_connections = 200\n%s\n' "${CLUSTER_SETTINGS:-}"
		printf "include_if_exists = 'socket.conf'\n"
	} | cluster_as tee -a "$new/postgresql.conf" >/dev/null || return 1
	# Role and database are made before the folder gets its name, so what has the name is whole.
	if ! printf '%s\n' 'create role botarmy login createrole' 'create database botarmy owner botarmy' |
		cluster_as "$cluster_bindir/postgres" --single -F -D "$new" postgres \
			>>"$cluster_dir/init.log" 2>&1 ||
		grep -q 'ERROR:' "$cluster_dir/init.log"; then
		cluster_say "the first database could not be made; $cluster_dir/init.log ends:"
		tail -n 5 "$cluster_dir/init.log" >&2
		return 1
	fi
	cluster_as "$cluster_bindir/initdb" --sync-only -D "$new" >>"$cluster_dir/init.log" 2>&1 || {
		cluster_say "$new could not be written to disk; see $cluster_dir/init.log"
		return 1
	}
	cluster_as mv "$new" "$cluster_dir/data"
}

cluster_answers() {
	sockets=$(cluster_socket_dir)
	[ -n "$sockets" ] && "$cluster_bindir/pg_isready" -q -h "$sockets" -p 5432 -d postgres -U postgres
}

# pg_ctl trusts the pid in a stale file, so the answer counts as well.
cluster_running() {
	[ -f "$cluster_dir/data/postmaster.pid" ] &&
		cluster_as "$cluster_bindir/pg_ctl" status -s -D "$cluster_dir/data" >/dev/null 2>&1
}

cluster_start() {
	cluster_open "$1" || return 1
	if [ ! -f "$cluster_dir/data/PG_VERSION" ]; then
		cluster_say "there is no cluster in $cluster_dir: cluster.sh init $cluster_dir"
		return 1
	fi
	if cluster_running && cluster_answers; then
		return 0
	fi
	cluster_make_socket_dir || return 1
	# After a kill -9 the old server's children may hold its memory for a moment.
	for try in 1 2 3 4 5 6; do
		if cluster_as "$cluster_bindir/pg_ctl" start -s -w -t 60 -D "$cluster_dir/data" \
			-l "$cluster_dir/log" >/dev/null 2>&1; then
			return 0
		fi
		if cluster_running && cluster_answers; then
			return 0
		fi
		tail -n 5 "$cluster_dir/log" 2>/dev/null |
			grep -q 'pre-existing shared memory block\|lock file' || break
		[ "$try" = 6 ] || sleep 0.5
	done
	cluster_say "PostgreSQL did not start; $cluster_dir/log ends:"
	tail -n 5 "$cluster_dir/log" >&2
	return 1
}

# The second argument is pg_ctl's mode: fast (default), smart, immediate.
cluster_stop() {
	cluster_open "$1" || return 1
	if [ -d "$cluster_dir/data" ] && cluster_running; then
		if ! cluster_as "$cluster_bindir/pg_ctl" stop -s -w -t 60 -m "${2:-fast}" \
			-D "$cluster_dir/data"; then
			cluster_say "PostgreSQL in $cluster_dir did not stop"
			return 1
		fi
	fi
	sockets=$(cluster_socket_dir)
	case $sockets in
	/tmp/botarmy-db-*) rmdir "$sockets" 2>/dev/null || : ;;
	esac
}

cluster_status() {
	cluster_open "$1" || return 1
	if [ ! -f "$cluster_dir/data/PG_VERSION" ]; then
		echo "none: there is no cluster in $cluster_dir"
		return 4
	elif cluster_running && cluster_answers; then
		echo "running: $(cluster_socket_dir)"
	else
		echo "stopped: $cluster_dir"
		return 3
	fi
}

# Percent-encodes what a URL cannot hold as it stands.
cluster_escape() {
	printf '%s' "$1" | od -An -v -tx1 | tr -s ' ' '\n' | while read -r byte; do
		case $byte in
		'') ;;
		3[0-9] | 4[1-9a-f] | 5[0-9a] | 6[1-9a-f] | 7[0-9a] | 2[def] | 5f)
			# shellcheck disable=SC2059 # the octal number is the format
			printf "\\$(printf '%03o' "0x$byte")"
			;;
		*) printf '%%%s' "$byte" ;;
		esac
	done
}

cluster_url() {
	cluster_open "$1" || return 1
	sockets=$(cluster_socket_dir)
	if [ -z "$sockets" ]; then
		cluster_say "the cluster in $cluster_dir was never started"
		return 1
	fi
	printf 'postgresql:///%s?host=%s&user=%s\n' "${3:-botarmy}" "$(cluster_escape "$sockets")" \
		"${2:-botarmy}"
}

cluster_main() {
	usage='usage: cluster.sh [--user NAME] init|start|stop|status|url DIR [...]'
	if [ "${1:-}" = --user ] && [ $# -gt 2 ]; then
		BOTARMY_USER=$2
		shift 2
	fi
	if [ $# -lt 2 ] || [ -z "$2" ]; then
		echo "$usage" >&2
		return 2
	fi
	command=$1
	shift
	case $command in
	init | start | stop | status | url) "cluster_$command" "$@" ;;
	*)
		echo "$usage" >&2
		return 2
		;;
	esac
}

case ${0##*/} in
cluster.sh) cluster_main "$@" ;;
esac

#!/bin/bash
# SPDX-License-Identifier: MIT
# For bench.py: the whole system as ./demo runs it, with 10,000 projects and with the minimal
# responder behind the same nginx, in a new folder. Prints NAME=VALUE lines, then "ready"; obeys a
# line "drain" (prints "drained"); ends and removes everything at the end of its standard input.
set -u
: "${top_srcdir:?}" "${top_builddir:?}"
projects=$1 PORT=$2

fail() {
	echo "bench: $*" >&2
	exit 1
}

# Below a folder that the service user can reach, whatever TMPDIR is.
folder=$(mktemp -d "${BENCH_DIR:-/var/tmp}/botarmy-bench-XXXXXX") || exit 1
chmod 0755 "$folder"
STATE=$folder/state BIN=$top_builddir DATA=$top_srcdir SERVICE='' BASE=''
MINIMAL_PID='' RUNNER_PID='' WEB_PID='' FEED_PID='' NGINX_PID=''
# shellcheck source=deploy/stack.sh
. "$top_srcdir/deploy/stack.sh"

# shellcheck disable=SC2317 # called by the trap
stop() {
	trap '' INT TERM HUP
	stack_end "$RUNNER_PID" 30
	stack_end "$NGINX_PID" 10
	stack_end "$MINIMAL_PID" 10
	stack_end "$FEED_PID" 10
	stack_end "$WEB_PID" 10
	sh "$top_srcdir/deploy/cluster.sh" stop "$STATE/pg" >/dev/null 2>&1
	rm -rf "$folder"
}
trap stop EXIT
trap 'exit 143' INT TERM HUP

if [ "$(id -u)" -eq 0 ]; then
	for SERVICE in botarmy postgres nobody; do
		id "$SERVICE" >/dev/null 2>&1 && break
	done
	reach=(setpriv --reuid="$SERVICE" --regid="$(id -g "$SERVICE")" --clear-groups)
	# What lies in a closed home is copied to where the service user can run it.
	if ! "${reach[@]}" test -x "$BIN/botarmy-web" -a -r "$DATA/nginx/site.conf.in"; then
		make -s -C "$top_builddir" install DESTDIR="$folder/tree" >/dev/null || fail "the programs could not be copied"
		cp "$top_builddir/bench/fcgi_minimal" "$folder/"
		BIN=$(dirname "$(find "$folder/tree" -name botarmy-web -type f)")
		DATA=$(dirname "$(find "$folder/tree" -name nginx -type d)")
	fi
fi
minimal=$top_builddir/bench/fcgi_minimal
[ ! -x "$folder/fcgi_minimal" ] || minimal=$folder/fcgi_minimal

export BOTARMY_USER=$SERVICE
stack_folders || fail "no folder below $folder"
sh "$top_srcdir/deploy/cluster.sh" init "$STATE/pg" && sh "$top_srcdir/deploy/cluster.sh" start "$STATE/pg" || exit 1
stack_configure || exit 1
stack_as "$BIN/botarmy" migrate >/dev/null || fail "the database could not be migrated"
stack_as "$BIN/botarmy" user add admin --role admin --if-missing >/dev/null || exit 1
# The first runner writes the workflows down.
stack_as "$BIN/botarmy-runner" --drain 2>>"$STATE/log/runner.log" || fail "the runner failed: $(tail -n 3 "$STATE/log/runner.log")"
stack_as psql -XAtq -v ON_ERROR_STOP=1 -v projects="$projects" -d "$(stack_database_url botarmy)" \
	<"$top_srcdir/bench/seed.sql" || fail "the projects could not be made"

# Between nginx and the minimal responder stands what stands between nginx and the real one.
sed -i "s|^\tlocation = $BASE/unavailable.json {|\tlocation /minimal/ {\n\t\tfastcgi_pass unix:$STATE/run/minimal.sock;\n\t\tinclude $STATE/site/botarmy-fastcgi.conf;\n\t}\n&|" \
	"$STATE/site/site.conf"
grep -q 'location /minimal/ ' "$STATE/site/site.conf" || fail "the site has no place for the minimal responder"
stack_serve || exit 1
token=$(stack_as "$BIN/botarmy" token create admin --name bench) || exit 1
# As many threads as the real one has besides its first.
threads=$(($(find "/proc/$WEB_PID/task" -mindepth 1 -maxdepth 1 | wc -l) - 1))
mkdir "$folder/pages" && chmod 0755 "$folder/pages" || exit 1
stack_spawn "$STATE/log/minimal.log" "$minimal" "$STATE/run/minimal.sock" "$threads" "$(stack_database_url botarmy_web)" "$folder/pages"
MINIMAL_PID=$!
for _ in {1..100}; do
	[ ! -S "$STATE/run/minimal.sock" ] || break
	sleep 0.05
done
link=$(stack_as "$BIN/botarmy" user link admin) || exit 1

cat <<-VALUES
	web=$WEB_PID
	feed=$FEED_PID
	nginx=$NGINX_PID
	minimal=$MINIMAL_PID
	url=http://localhost:$PORT
	token=$token
	link=$link
	database=$(stack_database_url botarmy)
	superuser=$(sh "$top_srcdir/deploy/cluster.sh" url "$STATE/pg" postgres)
	log=$STATE/pg/log
	pages=$folder/pages
	threads=$threads
	ready
VALUES
while read -r order; do
	[ "$order" = drain ] || continue
	stack_spawn "$STATE/log/runner.log" "$BIN/botarmy-runner" --config "$STATE/demo.conf" --drain
	RUNNER_PID=$!
	wait "$RUNNER_PID" || fail "the runner failed: $(tail -n 3 "$STATE/log/runner.log")"
	RUNNER_PID=''
	echo drained
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Starting, stopping, and what happens when the database goes away and comes back.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start '' https://botarmy.example
botarmy_web=$top_builddir/botarmy-web
jar=$web/jar
superuser=$(sh "$top_srcdir/deploy/cluster.sh" url "$BOTARMY_TEST_CLUSTER" postgres postgres)

account ann admin
hit -X POST "$url/sign-in/$link"
tap_case 'under TLS the cookie is bound to the host' header_has Set-Cookie '__Host-botarmy='
tap_case 'and secure' header_has Set-Cookie '; Secure'
tap_case 'for the whole of it' header_has Set-Cookie 'Path=/;'
tap_case 'the socket is for user and group' test "$(stat -c %a "$web/run/web.sock")" = 660
tap_case 'the version is told' "$botarmy_web" --version
tap_case 'an unknown option is refused' not "$botarmy_web" --unknown
tap_case 'an extra word is refused' not "$botarmy_web" x
echo 'nonsense = 1' >"$web/bad.conf"
tap_case 'a setting that there is not is refused' not "$botarmy_web" --config "$web/bad.conf"
tap_case 'a second responder is refused' not timeout 10 "$botarmy_web" --config "$web/web.conf"
tap_case 'and the first one still answers' test "$(curl -s -o /dev/null -w '%{http_code}' "$url/healthz")" = 200

# A lock makes a request slow for as long as we like.
mkfifo "$web/lock"
psql -qXAt "$DATABASE_URL" <"$web/lock" >"$web/locked" 2>&1 &
locker=$!
exec 7>"$web/lock"
echo "begin; lock table project in access exclusive mode; select 'held';" >&7
web_wait grep -q held "$web/locked"
curl -s -o "$web/slow" -w '%{http_code}' -H "Authorization: Bearer $token" "$url/api/v1/projects" >"$web/slow.status" &
slow=$!
slow_waits() {
	[ "$(psql -qXAt "$superuser" -c "select count(*) from pg_stat_activity where datname = '$BOTARMY_TEST_DATABASE'
		and application_name = 'botarmy-web' and wait_event_type = 'Lock'")" = 1 ]
}
web_wait slow_waits
kill -TERM "$responder"
sleep 0.5
tap_case 'asked to stop, it waits for the request in flight' kill -0 "$responder"
tap_case 'and takes no new ones' test "$(curl -s -o "$web/body" -w '%{http_code}' "$url/healthz")" = 502
tap_case 'for which there is a page' body_has '<title>'
echo 'commit;' >&7
wait "$slow"
tap_case 'the request in flight is finished' test "$(cat "$web/slow.status")" = 200
tap_case 'as a whole' grep -q '"projects":\[\]' "$web/slow"
wait "$responder"
tap_case 'then it ends well' test "$?" -eq 0
tap_case 'and its socket is gone' test ! -e "$web/run/web.sock"
exec 7>&-
locker=

web_responder
kill -KILL "$responder"
wait "$responder" 2>/dev/null
tap_case 'killed, it leaves its socket' test -S "$web/run/web.sock"
web_responder
try 'the next one takes it over' 200 "$url/healthz"
kill -TERM "$responder"
wait "$responder"
echo precious >"$web/run/web.sock"
tap_case 'a file in its place is left alone' not timeout 10 "$botarmy_web" --config "$web/web.conf"
tap_case 'as it was' grep -q precious "$web/run/web.sock"
rm "$web/run/web.sock"
web_responder

database_closed() {
	psql -qX "$superuser" -c "alter database $BOTARMY_TEST_DATABASE allow_connections = $1" \
		-c "select pg_terminate_backend(pid) from pg_stat_activity where datname = '$BOTARMY_TEST_DATABASE'" >/dev/null
}
try 'with a database, all is well' 200 -H "Authorization: Bearer $token" "$url/projects"
database_closed false
try 'without one, pages say so' 503 -H "Authorization: Bearer $token" "$url/projects"
tap_case 'in words' body_has 'database'
tap_case 'without its own' not body_has 'FATAL'
tap_case 'and when to come back' test -n "$(header Retry-After)"
try 'JSON says so' 503 -H "Authorization: Bearer $token" "$url/api/v1/projects"
tap_case 'as a problem' problem
try 'the program is healthy' 200 "$url/healthz"
try 'but not ready' 503 "$url/readyz"
database_closed true
try 'when it is back, all is well again' 200 -H "Authorization: Bearer $token" "$url/projects"
psql -qX "$superuser" -c "select pg_terminate_backend(pid) from pg_stat_activity where datname = '$BOTARMY_TEST_DATABASE'" >/dev/null
sleep 0.2
for n in 1 2 3 4 5 6; do
	hit -H "Authorization: Bearer $token" "$url/projects"
	[ "$status" = 200 ] || break
done
tap_case 'a connection lost while idle is not noticed by people' is_status 200

: >"$web/statuses"
for n in $(seq 1 300); do
	curl -s -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $token" "$url/api/v1/projects" >>"$web/statuses"
done &
load=$!
sleep 0.3
kill -TERM "$responder"
wait "$responder"
web_responder
wait "$load"
tap_case 'a restart under load cuts no answer short' test -z "$(grep -vE '^(200|502)$' "$web/statuses")"
tap_case 'and answers most' test "$(grep -c '^200$' "$web/statuses")" -gt 100
tap_done

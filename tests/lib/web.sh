# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# A responder and a real nginx over the database of with-database, for scripts that use curl.
# Sourced after tap.sh; starts the script again below with-database where needed. Everything is in
# $web, and gone at the end.

if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0"
fi
# shellcheck source=deploy/render.sh
. "$top_srcdir/deploy/render.sh"

web=$(mktemp -d /tmp/botarmy-web-XXXXXX) || exit 99
chmod 755 "$web"
responder=
feed=
nginx=
locker=

web_end() {
	for pid in "$locker" "$nginx" "$feed" "$responder"; do
		[ -z "$pid" ] || kill "$pid" 2>/dev/null
	done
	for pid in "$nginx" "$feed" "$responder"; do
		[ -z "$pid" ] || wait "$pid" 2>/dev/null
	done
	rm -rf "$web"
}
trap web_end EXIT
trap 'exit 130' INT TERM

# As much of a data folder as the responder reads, with a blueprint that is certain to be there.
web_data() {
	mkdir -p "$web/data/blueprints/python-stdlib" "$web/log" "$web/run" "$web/site"
	for part in agents templates static sql nginx; do
		ln -s "$top_srcdir/$part" "$web/data/$part"
	done
	echo '{"title": "Python, standard library", "description": "A web service with SQLite."}' \
		>"$web/data/blueprints/python-stdlib/blueprint.json"
	psql -qX "$DATABASE_URL" <"$top_srcdir/tests/web/workflows.sql" || exit 99
}

# A port that nobody has right now; nginx is asked again with another if somebody was faster.
web_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

served() { grep -c 'threads serve' "$web/log/web.log"; }
served_again() { [ "$(served)" -gt "$before" ]; }
web_responder() {
	: >>"$web/log/web.log"
	before=$(served)
	# shellcheck disable=SC2086 # options
	"$top_builddir/botarmy-web" --config "$web/web.conf" ${1:-} 2>>"$web/log/web.log" &
	responder=$!
	web_wait served_again
}

# For scripts that need it, after web_start.
web_feed() {
	rm -f "$web/run/feed.sock"
	"$top_builddir/botarmy-feed" --config "$web/web.conf" 2>>"$web/log/feed.log" &
	feed=$!
	web_wait test -S "$web/run/feed.sock"
}

web_nginx() {
	port=$(web_port)
	render "$top_srcdir/nginx/site.conf.in" RUN_DIR="$web/run" DATA_DIR="$web/data" SITE_DIR="$web/site" \
		FEED_SOCKET="$web/run/feed.sock" LISTEN="127.0.0.1:$port" SERVER_NAME=localhost BASE="$base" \
		TRUSTED_PROXIES="${PROXIES:-}" LOGIN_PROXIES="${LOGIN_PROXIES:-}" LOGIN_HEADER="${LOGIN_HEADER:-\"\"}" \
		ACCESS_LOG="$web/log/access.log" >"$web/site/site.conf"
	cp "$top_srcdir/nginx/botarmy-fastcgi.conf" "$web/site/"
	{
		[ "$(id -u)" -ne 0 ] || echo 'user root;'
		render "$top_srcdir/nginx/private.conf.in" RUN_DIR="$web/run" FILES="$(files_limit)" \
			CONNECTIONS="${NGINX_CONNECTIONS:-4096}" SITE_DIR="$web/site" |
			sed 's/^worker_processes.*/worker_processes 1;/'
	} >"$web/site/nginx.conf"
	/usr/sbin/nginx -c "$web/site/nginx.conf" -p "$web/run" -e "$web/log/nginx.log" &
	nginx=$!
	origin=http://localhost:$port
	url=$origin$base
	web_wait curl -s -o /dev/null "$url/healthz"
}

web_wait() {
	tries=100
	while ! "$@" 2>/dev/null; do
		tries=$((tries - 1))
		if [ "$tries" -eq 0 ]; then
			echo "Bail out! waited in vain for: $*"
			tail -n 5 "$web/log/"*.log >&2
			exit 99
		fi
		sleep 0.05
	done
}

# web_start [SUBPATH [PUBLIC_URL]]
web_start() {
	base=${1:-}
	web_data
	cat >"$web/web.conf" <<-CONF
		data_dir = "$web/data"
		web_database_url = "${WEB_URL:-$WEB_DATABASE_URL}"
		public_url = "${2:-http://localhost:8080$base}"
		web_socket = "$web/run/web.sock"
		feed_database_url = "$FEED_DATABASE_URL"
		feed_socket = "$web/run/feed.sock"
		feed_check_s = 2
		web_threads = 4
		${WEB_SETTINGS:-}
	CONF
	web_responder
	web_nginx
}

# account NAME ROLE [PASSWORD]: sets token and link.
account() {
	# shellcheck disable=SC2046 # two words
	set -- $("$top_builddir/tests/web/account_main" "$@")
	token=${1-} link=${2-}
	[ -n "$link" ] || { echo "Bail out! no account"; exit 99; }
}

# hit CURL-ARGUMENTS…: one request; sets status, and leaves $web/head and $web/body.
hit() {
	status=$(curl -s --max-time 60 -D "$web/head" -o "$web/body" -w '%{http_code}' "$@") || status=000
}
# try NAME STATUS CURL-ARGUMENTS…: one request is one case; more can be asked of its answer after it.
try() {
	name=$1 want=$2
	shift 2
	hit "$@"
	tap_case "$name" is_status "$want"
}
is_status() {
	[ "$status" = "$1" ] && return
	echo "status $status instead of $1"
	cat "$web/head" "$web/body"
	return 1
}
header() { sed -n "s/^$1: \\(.*\\)\\r\$/\\1/Ip" "$web/head"; }
header_is() { [ "$(header "$1")" = "$2" ] || { header "$1"; return 1; }; }
# One of several headers of a name.
header_has() { header "$1" | grep -qF -- "$2"; }
body_has() { grep -qF -- "$1" "$web/body"; }
# json EXPRESSION: over the body as `j`.
json() {
	python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$web/body" "$1" 2>&1
}
json_is() { [ "$(json "$1")" = "$2" ] || { json "$1"; return 1; }; }
# A problem of RFC 9457 that repeats its status.
problem() {
	header_is Content-Type application/problem+json && json_is "j['status']" "$status" &&
		json "j['type'], j['title'], j['detail'], j['instance']" | grep -q "^('about:blank', '[A-Z]"
}
# sign_in LINK JAR
sign_in() { curl -s -o /dev/null -c "$2" -X POST "$url/sign-in/$1"; }
# csrf JAR: the form token of the session in the jar.
csrf() {
	curl -s -b "$1" "$url/settings" | sed -n 's/.*name="_csrf" value="\([0-9a-f]*\)".*/\1/p' | head -n 1
}
sql() { psql -qXAt "$DATABASE_URL" -c "$1"; }

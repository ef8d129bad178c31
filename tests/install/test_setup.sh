#!/bin/bash
# SPDX-License-Identifier: MIT
# An installation as on a real host: make install, botarmy setup, Debian's PostgreSQL, nginx and cron
# daemon, under a sub-path. The host is not touched: everything happens in namespaces of its own whose
# /etc, /usr/local, /var and /run are overlays that vanish.
set -u
: "${top_srcdir:?}" "${top_builddir:?}"
if [ "$(id -u)" -ne 0 ]; then
	echo "1..0 # SKIP installing needs root"
	exit 0
fi
if ! grep -qx 'prefix = /usr/local' "$top_builddir/Makefile"; then
	echo "1..0 # SKIP this build is not for /usr/local"
	exit 0
fi
if [ -z "${INSIDE-}" ]; then
	work=$(mktemp -d /tmp/botarmy-install-XXXXXX)
	INSIDE=$work unshare --mount --net --pid --fork --kill-child --mount-proc bash "$0"
	status=$?
	rm -rf "$work"
	exit $status
fi

n=0
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
stop() {
	[ -n "${WEB-}" ] && kill "$WEB"
	[ -n "${FEED-}" ] && kill "$FEED"
	pg_ctlcluster 15 botarmy stop --mode immediate >/dev/null 2>&1
	echo "1..$n"
}

if ! mount -t tmpfs tmpfs "$INSIDE" || ! ip link set lo up; then
	echo "1..0 # SKIP no mounts in namespaces here"
	exit 0
fi
for folder in etc usr/local var; do
	mkdir -p "$INSIDE/$folder/upper" "$INSIDE/$folder/work"
	mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$INSIDE/$folder/upper,workdir=$INSIDE/$folder/work" "/$folder" ||
		{ echo "1..0 # SKIP no overlays here"; exit 0; }
done
mount -t tmpfs tmpfs /run
mkdir -p /run/postgresql /run/lock
chown postgres: /run/postgresql
trap stop EXIT
export PGPORT=5499

pg_createcluster 15 botarmy -p $PGPORT --start -- --no-sync >/dev/null 2>&1
ok $? "Debian's PostgreSQL runs"
make -s -C "$top_builddir" install >"$INSIDE/install.log" 2>&1
ok $? "make install"
rm -f /etc/nginx/sites-enabled/default
link=$(env -i PATH="$PATH" PGPORT=$PGPORT /usr/local/bin/botarmy setup --public-url http://localhost/sub \
	--trusted-proxy 127.0.0.2 2>"$INSIDE/setup.log" | sed -n 's/^sign in once with //p')
case $link in http://localhost/sub/sign-in/?*) ok 0 "botarmy setup prints a sign-in link" ;;
*) ok 1 "botarmy setup prints a sign-in link"; cat "$INSIDE/setup.log" >&2 ;; esac
env -i PATH="$PATH" PGPORT=$PGPORT /usr/local/bin/botarmy setup --public-url http://localhost/sub >/dev/null 2>"$INSIDE/setup.log"
ok $? "setup may be run again"
[ "$(stat -c '%a %U %G' /etc/botarmy/openai_api_key)" = "640 root botarmy_runner" ]
ok $? "only the runner may read the key"
[ "$(stat -c '%a %U %G' /etc/botarmy/smtp_password)" = "640 root botarmy_mail" ]
ok $? "only the mailer may read the mail server's password"

# What systemd would start, with what the unit says.
setpriv --reuid=botarmy_web --regid=www-data --clear-groups env -i /usr/local/bin/botarmy-web --config /etc/botarmy/botarmy.conf \
	2>"$INSIDE/web.log" &
WEB=$!
setpriv --reuid=botarmy_feed --regid=www-data --clear-groups env -i /usr/local/bin/botarmy-feed --config /etc/botarmy/botarmy.conf \
	2>"$INSIDE/feed.log" &
FEED=$!
/usr/sbin/nginx
for _ in $(seq 50); do
	[ "$(curl -s -o /dev/null -w '%{http_code}' http://localhost/sub/healthz)" = 200 ] && break
	sleep 0.1
done
[ "$(curl -s -o /dev/null -w '%{http_code}' http://localhost/sub/healthz)" = 200 ]
ok $? "nginx and the responder answer under the sub-path"
curl -s "$link" | grep -q 'action="/sub/sign-in/'
ok $? "the sign-in page's form stays under the sub-path"
[ "$(curl -s -o /dev/null -w '%{http_code}' http://localhost/sub/static/botarmy.css)" = 200 ]
ok $? "static files are served under the sub-path"
BOTARMY_TOKEN=$(runuser -u botarmy -- /usr/local/bin/botarmy token create admin --name test)
export BOTARMY_TOKEN BOTARMY_URL=http://localhost/sub
[ -n "$BOTARMY_TOKEN" ]
ok $? "an API token is made"

curl -sN -m 3 -H "Authorization: Bearer $BOTARMY_TOKEN" http://localhost/sub/events/inbox | grep -q '"kind":"state"'
ok $? "the feed answers under the sub-path"
! grep -q 'worker_connections 768' /etc/nginx/nginx.conf
ok $? "nginx has room for pages that stay"

# from ADDRESS: what the log says of the client when somebody at ADDRESS forwards for 203.0.113.9.
from() {
	curl -s --interface "$1" -H 'X-Forwarded-For: 198.51.100.1, 203.0.113.9' "http://localhost/sub/healthz?$1" >/dev/null
	sed -n "s|^\([^ ]*\) .*healthz?$1\" .*|\1|p" /var/log/nginx/botarmy.log
}
[ "$(from 127.0.0.2)" = 203.0.113.9 ]
ok $? "the trusted proxy's word about the client counts"
[ "$(from 127.0.0.3)" = 127.0.0.3 ]
ok $? "nobody else's does"
sed -i 's/server_tokens off;/& # mine/' /etc/nginx/sites-available/botarmy
env -i PATH="$PATH" PGPORT=$PGPORT /usr/local/bin/botarmy setup --public-url http://localhost/sub --no-start >/dev/null 2>"$INSIDE/setup.log"
grep -q '# mine' /etc/nginx/sites-available/botarmy && grep -q proposed "$INSIDE/setup.log"
ok $? "setup leaves what a person wrote into nginx's site"
grep -q ' "GET /sub/sign-in/-" 200 ' /var/log/nginx/botarmy.log && ! grep -qF -e "${link##*/}" /var/log/nginx/botarmy.log
ok $? "no sign-in link is in nginx's log"

# A mail server, and somebody who wants mail.
mkdir "$INSIDE/letters"
python3 "$top_srcdir/tests/lib/smtp_server.py" "$INSIDE/letters" >/dev/null 2>&1 &
SMTP=$!
for _ in $(seq 50); do [ -e "$INSIDE/letters/port" ] && break; sleep 0.1; done
printf 'smtp_url = "smtp://localhost:%s"\nsmtp_tls = "off"\nmail_from = "botarmy@example.org"\n' \
	"$(cat "$INSIDE/letters/port")" >>/etc/botarmy/botarmy.conf
runuser -u botarmy -- psql -qX -d botarmy -c "update account set email = 'admin@example.org' where name = 'admin'"

# The real cron daemon, with nothing of this environment.
env -i /usr/sbin/cron
run=$(/usr/local/bin/botarmy submit --name Tools --file "$top_srcdir/tests/fixtures/briefs/tool-library.md" --workflow direct)
timeout 300 /usr/local/bin/botarmy watch "$run" 2>"$INSIDE/watch.log"
status=$?
ok $status "a project goes through, started by cron"
[ $status -eq 0 ] || { tail -n 3 "$INSIDE/watch.log" "$INSIDE/web.log" >&2; /usr/local/bin/botarmy status "$run" >&2; }
for _ in $(seq 90); do ls "$INSIDE/letters"/*.eml >/dev/null 2>&1 && break; sleep 1; done
grep -qs '^Subject: Finished: Tools' "$INSIDE/letters"/*.eml
ok $? "its owner is told by mail, by cron too"
kill "$SMTP"
runuser -u botarmy -- /usr/local/bin/botarmy doctor >"$INSIDE/doctor.log"
ok $? "doctor finds nothing wrong"
grep BAD -A1 "$INSIDE/doctor.log" >&2

kill "$WEB"
wait "$WEB"
WEB=
curl -s http://localhost/sub/ | grep -q 'is not answering'
ok $? "without the responder nginx shows a page that says so"
[ "$(curl -s -o "$INSIDE/problem" -w '%{http_code} %{content_type}' http://localhost/sub/api/v1/projects)" = "502 application/problem+json" ] &&
	python3 -m json.tool "$INSIDE/problem" >/dev/null
ok $? "and the API a problem document"

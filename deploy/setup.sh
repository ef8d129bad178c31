#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs BotArmy on this Debian host after `make install`: users, roles and schema, configuration,
# nginx's site, the responder's and the feed's services, cron's line, and a sign-in link. Run as root, by
# `botarmy setup`, as often as wanted: settings and nginx's site stay as a person has made them.
set -eu
usage() {
	cat >&2 <<-TEXT
	usage: botarmy setup --public-url URL [option…]
	  --public-url URL     how people reach it: https://host or https://host/sub-path
	  --listen ADDR        nginx listens there (80); behind another proxy 127.0.0.1:8081, say
	  --trusted-proxy CIDR its X-Forwarded-For counts; may be given again
	  --login-header NAME  a proxy signs people in and names them in this header
	  --login-proxy CIDR   … when it asks from here; nobody else is believed; may be given again
	  --database NAME      (botarmy), on the server that PGHOST and PGPORT name, or the local one
	  --admin NAME         the first administrator (admin)
	  --no-start           write everything, start nothing
	TEXT
	exit 64
}
fail() {
	echo "setup: $*" >&2
	exit 1
}

url='' listen=80 proxies='' login_proxies='' header='' database=botarmy admin=admin start=yes
while [ $# -gt 0 ]; do
	case $1 in
	--public-url) url=${2-} ;;
	--listen) listen=${2-} ;;
	--trusted-proxy) proxies="$proxies set_real_ip_from ${2-};" ;;
	--login-proxy) login_proxies="$login_proxies ${2-} 1;" ;;
	--login-header) header=${2-} ;;
	--database) database=${2-} ;;
	--admin) admin=${2-} ;;
	--no-start) start=no; shift; continue ;;
	*) usage ;;
	esac
	[ $# -ge 2 ] || usage
	shift 2
done
[ "$(id -u)" -eq 0 ] || fail "this changes the system: run it as root"
url=${url%/}
case $url in
http://?* | https://?*) ;;
*) usage ;;
esac
case $url$listen$proxies$login_proxies$database$admin in *[\"\'\\\$]*) fail "quotes, backslashes and dollars are not allowed in the options" ;; esac
case $header in
'') login_header='""' login_param='' ;;
*[!A-Za-z0-9-]*) fail "the header's name may hold letters, digits and - only" ;;
*) login_header="\$http_$(printf '%s' "$header" | tr 'A-Z-' 'a-z_')" login_param=BOTARMY_LOGIN ;;
esac
case $database in '' | *[!a-z0-9_]*) fail "the database's name may hold a-z, 0-9 and _ only" ;; esac
rest=${url#*://}
server=${rest%%/*}
server=${server%%:*}
base=${rest#"${rest%%/*}"}

here=$(cd "$(dirname "$0")" && pwd -P)
data=$(dirname "$here")
bin=${BOTARMY_BIN:?is set by the program botarmy}
etc=${BOTARMY_SYSCONFDIR:?is set by the program botarmy}/botarmy
# shellcheck source=deploy/render.sh
. "$here/render.sh"
put() { # put FILE MODE: writes standard input there, whole or not at all
	mkdir -p "$(dirname "$1")"
	cat >"$1.new"
	chmod "$2" "$1.new"
	mv "$1.new" "$1"
}

for tool in nginx psql bwrap python3; do
	command -v "$tool" >/dev/null || [ -x "/usr/sbin/$tool" ] || fail "\"$tool\" is missing: install what $data/deploy/packages.debian names under [run]"
done

# ---- users and folders: the programs connect to the database as the users they run as ----
for user in botarmy botarmy_web botarmy_feed botarmy_runner botarmy_mail; do
	id "$user" >/dev/null 2>&1 ||
		useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
done
install -d -m 0755 "$etc"
install -d -m 0750 -o botarmy_runner -g botarmy_runner /var/lib/botarmy
install -d -m 0755 -o botarmy_web -g botarmy_web /run/botarmy
install -d -m 0755 -o botarmy_feed -g botarmy_feed /run/botarmy-feed

# ---- configuration ----
if [ ! -e "$etc/botarmy.conf" ]; then
	render "$here/botarmy.conf.in" DATABASE="${PGHOST:+host=$PGHOST }${PGPORT:+port=$PGPORT }dbname=$database" \
		PUBLIC_URL="$url" ETC="$etc" LOGIN_PARAM="$login_param" | put "$etc/botarmy.conf" 0644
fi
if [ ! -e "$etc/openai_api_key" ]; then
	: | put "$etc/openai_api_key" 0640
	chown root:botarmy_runner "$etc/openai_api_key"
fi
if [ ! -e "$etc/smtp_password" ]; then
	: | put "$etc/smtp_password" 0640
	chown root:botarmy_mail "$etc/smtp_password"
fi

# ---- database ----
as_postgres() { runuser -u postgres -- "$@"; }
as_postgres psql -X -q -v ON_ERROR_STOP=1 -d postgres <"$data/sql/roles/roles.sql" ||
	fail "PostgreSQL does not let its superuser in; start it, or set PGHOST and PGPORT"
if [ -z "$(as_postgres psql -X -Atc "select 1 from pg_roles where rolname = 'botarmy'" -d postgres)" ]; then
	as_postgres createuser botarmy
fi
if [ -z "$(as_postgres psql -X -Atc "select 1 from pg_database where datname = '$database'" -d postgres)" ]; then
	as_postgres createdb -O botarmy "$database"
fi
as_owner() { runuser -u botarmy -- "$bin/botarmy" --config "$etc/botarmy.conf" "$@"; }
as_owner migrate
as_owner user add "$admin" --role admin --if-missing

# ---- responder, runner, nginx ----
render "$here/botarmy-web.service.in" BIN="$bin" ETC="$etc" | put /etc/systemd/system/botarmy-web.service 0644
render "$here/botarmy-feed.service.in" BIN="$bin" ETC="$etc" | put /etc/systemd/system/botarmy-feed.service 0644
render "$here/botarmy.cron.in" BIN="$bin" ETC="$etc" | put /etc/cron.d/botarmy 0644
mkdir -p /etc/nginx/botarmy
put /etc/nginx/botarmy/botarmy-fastcgi.conf 0644 <"$data/nginx/botarmy-fastcgi.conf"
site=/etc/nginx/sites-available/botarmy
render "$data/nginx/site.conf.in" RUN_DIR=/run/botarmy FEED_SOCKET=/run/botarmy-feed/feed.sock DATA_DIR="$data" SITE_DIR=/etc/nginx/botarmy \
	LISTEN="$listen" SERVER_NAME="$server" BASE="$base" TRUSTED_PROXIES="$proxies" \
	LOGIN_PROXIES="$login_proxies" LOGIN_HEADER="$login_header" \
	ACCESS_LOG=/var/log/nginx/botarmy.log | put "$site.proposed" 0644
if [ ! -e "$site" ] || cmp -s "$site" "$site.proposed"; then
	mv "$site.proposed" "$site"
else
	echo "$site is there and stays as it is; what these options would make of it is in $site.proposed" >&2
fi
ln -sf ../sites-available/botarmy /etc/nginx/sites-enabled/botarmy
# Each page that watches something takes two connections and two descriptors; Debian's 768 are for 380 pages.
sed -i 's/^\([[:space:]]*worker_connections\) 768;/\1 16384;/' /etc/nginx/nginx.conf
put /etc/systemd/system/nginx.service.d/botarmy.conf 0644 <"$here/nginx-files.conf"
/usr/sbin/nginx -t -q || fail "nginx refuses its configuration (see above); /etc/nginx/sites-available/botarmy is the new part"

if [ "$start" = yes ] && [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl enable --quiet --now botarmy-web botarmy-feed
	systemctl reload-or-restart nginx
elif [ "$start" = yes ]; then
	echo "systemd does not run here. Start these yourself:" >&2
	echo "  runuser -u botarmy_web -g www-data -- $bin/botarmy-web --config $etc/botarmy.conf" >&2
	echo "  runuser -u botarmy_feed -g www-data -- $bin/botarmy-feed --config $etc/botarmy.conf" >&2
	echo "  nginx, and cron" >&2
fi
echo "sign in once with $(as_owner user link "$admin")"
echo "a model server's key goes into $etc/openai_api_key; without one the built-in fallback works"
echo "mail is sent once smtp_url and mail_from stand in $etc/botarmy.conf"

# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The whole system in private: a PostgreSQL cluster, nginx, the responder, the feed, a runner. Sourced by
# ./demo and by tests, which set:
#   STATE       state folder: everything that is written lives below it
#   PORT        nginx's port on 127.0.0.1
#   BIN         where the programs are
#   DATA        where templates, sql and so on are
#   SERVICE     the user that everything runs as; empty: the user that called
#   BASE        sub-path, "" or "/sub"
# Nothing is killed by name: every process started here is remembered by its id.

# shellcheck source=deploy/render.sh
. "$(dirname "${BASH_SOURCE[0]}")/render.sh"

stack_say() { echo "$*" >&2; }

# Drops to the service user and to an environment with nothing of the caller's but the variables that
# STACK_EXPORT names: keys travel there, never on a command line, and to the runner only.
STACK_EXPORT=()
stack_become() {
	local name
	for name in $(compgen -e); do
		case " ${STACK_EXPORT[*]} " in *" $name "*) ;; *) export -n "${name?}" ;; esac
	done
	export PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=$STATE BOTARMY_CONFIG=$STATE/demo.conf
	[ ${#STACK_EXPORT[@]} -eq 0 ] || export "${STACK_EXPORT[@]}"
	if [ -n "$SERVICE" ] && [ "$(id -u)" -eq 0 ]; then
		set -- setpriv --reuid="$SERVICE" --regid="$(id -g "$SERVICE")" --init-groups --inh-caps=-all "$@"
	fi
	exec "$@"
}

# Runs a command so, and waits for it.
stack_as() {
	(stack_become "$@")
}

# Runs one in the background in a session of its own, so that Ctrl-C reaches only the caller, who stops
# things in order; if the caller is killed, it is asked to end. Its process id is in $! then.
stack_spawn() {
	local log=$1
	shift
	(stack_become setpriv --pdeathsig TERM setsid env -C "$STATE" "$@") >>"$log" 2>&1 </dev/null &
}

# stack_programs SOURCE BUILD: sets BIN and DATA to them, or, where SERVICE may not enter them, to a copy
# in the state folder.
stack_programs() {
	BIN=$2 DATA=$1
	stack_as test -x "$2/botarmy-web" -a -r "$1/nginx/site.conf.in" -a -r "$1/deploy/packages.debian" && return
	rm -rf "$STATE/tree"
	(umask 022 && make -s -C "$2" install DESTDIR="$STATE/tree") >/dev/null || return 1
	BIN=$(dirname "$(find "$STATE/tree" -name botarmy-web -type f)")
	DATA=$(dirname "$(find "$STATE/tree" -name nginx -type d)")
}

stack_folders() {
	mkdir -p "$STATE" "$STATE/run" "$STATE/log" "$STATE/site" "$STATE/scratch"
	chmod 0755 "$STATE"
	chmod 0700 "$STATE/run" "$STATE/log" "$STATE/site" "$STATE/scratch"
	if [ -n "$SERVICE" ] && [ "$(id -u)" -eq 0 ]; then
		chown "$SERVICE:" "$STATE" "$STATE/run" "$STATE/log" "$STATE/site" "$STATE/scratch"
	fi
}

stack_database_url() {
	sh "$(dirname "${BASH_SOURCE[0]}")/cluster.sh" url "$STATE/pg" "$1"
}

# Writes nginx's and the programs' configuration; the cluster is there already.
stack_configure() {
	render "$DATA/nginx/site.conf.in" RUN_DIR="$STATE/run" DATA_DIR="$DATA" SITE_DIR="$STATE/site" \
		FEED_SOCKET="$STATE/run/feed.sock" LISTEN="127.0.0.1:$PORT" SERVER_NAME=localhost BASE="$BASE" \
		TRUSTED_PROXIES= LOGIN_PROXIES= LOGIN_HEADER='""' ACCESS_LOG="$STATE/log/access.log" >"$STATE/site/site.conf"
	render "$DATA/nginx/private.conf.in" RUN_DIR="$STATE/run" FILES="$(files_limit)" \
		CONNECTIONS="${NGINX_CONNECTIONS:-4096}" SITE_DIR="$STATE/site" >"$STATE/site/nginx.conf"
	cp "$DATA/nginx/botarmy-fastcgi.conf" "$STATE/site/"
	cat >"$STATE/demo.conf" <<-CONF
		# Written by ./demo at each start.
		data_dir = "$DATA"
		state_dir = "$STATE/scratch"
		database_url = "$(stack_database_url botarmy)"
		web_database_url = "$(stack_database_url botarmy_web)"
		runner_database_url = "$(stack_database_url botarmy_runner)"
		feed_database_url = "$(stack_database_url botarmy_feed)"
		mail_database_url = "$(stack_database_url botarmy_mail)"
		public_url = "http://localhost:$PORT$BASE"
		web_socket = "$STATE/run/web.sock"
		feed_socket = "$STATE/run/feed.sock"
	CONF
	chmod 0644 "$STATE/demo.conf" "$STATE/site/"*
	chmod 0755 "$STATE/site"
}

stack_web() {
	stack_spawn "$STATE/log/web.log" "$BIN/botarmy-web" --config "$STATE/demo.conf"
	WEB_PID=$!
}

stack_feed() {
	stack_spawn "$STATE/log/feed.log" "$BIN/botarmy-feed" --config "$STATE/demo.conf"
	FEED_PID=$!
}

# Starts the responder, the feed and nginx and waits until they answer. Sets WEB_PID, FEED_PID and NGINX_PID.
stack_serve() {
	stack_web
	stack_feed
	stack_spawn "$STATE/log/nginx.log" /usr/sbin/nginx -c "$STATE/site/nginx.conf" -p "$STATE/run" -e stderr
	NGINX_PID=$!
	local tries=100
	while [ $((tries -= 1)) -gt 0 ]; do
		if stack_answers; then
			return 0
		fi
		if ! kill -0 "$WEB_PID" 2>/dev/null; then
			stack_say "the responder did not start; its log ends:"
			tail -n 5 "$STATE/log/web.log" >&2
			return 1
		elif ! kill -0 "$NGINX_PID" 2>/dev/null; then
			stack_say "nginx did not start; its log ends:"
			tail -n 5 "$STATE/log/nginx.log" >&2
			return 1
		fi
		sleep 0.05
	done
	stack_say "nothing answers on port $PORT; see $STATE/log"
	return 1
}

# One request with bash's own sockets: no curl is needed to run the demo.
stack_answers() {
	local line
	{ exec 9<>"/dev/tcp/127.0.0.1/$PORT"; } 2>/dev/null || return 1
	printf 'GET %s/healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' "$BASE" >&9
	read -r -t 2 line <&9
	exec 9>&-
	case $line in HTTP/1.?" 200"*) return 0 ;; esac
	return 1
}

# True when something listens on the port already.
stack_port_taken() {
	{ exec 9<>"/dev/tcp/127.0.0.1/$PORT"; } 2>/dev/null || return 1
	exec 9>&-
}

# stack_end PID SECONDS: asks a process to end, waits, and only then insists.
stack_end() {
	local pid=$1 tries=$(($2 * 20))
	[ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null || return 0
	while [ "$tries" -gt 0 ] && kill -0 "$pid" 2>/dev/null; do
		sleep 0.05
		tries=$((tries - 1))
	done
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	return 0
}

#!/bin/bash
# SPDX-License-Identifier: MIT
# ./demo for real: what it prints, how it ends, what it finds again, what it says when something is wrong.
# It runs in a copy of the tree, so that it finds its build where it looks for it.
# shellcheck disable=SC1091,SC2317 # demo.env is made here; cases are called by name
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
if ! grep -q '^srcdir = /' "$top_builddir/Makefile"; then
	echo '1..0 # SKIP this build knows its sources by a relative path and cannot be copied'
	exit 0
fi
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
work=$(mktemp -d /tmp/botarmy-demo-XXXXXX) || exit 99
chmod 755 "$work"
tree=$work/tree state=$work/state out=$work/out err=$work/err
root=no
[ "$(id -u)" -ne 0 ] || root=yes
demo_pid=''
user=()
unset MAKEFLAGS MAKELEVEL MFLAGS
for name in $(compgen -e); do
	case $name in OPENAI_* | BOTARMY_* | *DATABASE_URL | PG*) unset "$name" ;; esac
done

# Whatever works in or for the state folders of this test.
mine() {
	local process
	for process in /proc/[0-9]*; do
		case "$(readlink "$process/cwd" 2>/dev/null) $(tr '\0' ' ' 2>/dev/null <"$process/cmdline")" in
		*"$work"/state* | *"$work"/*/var* | *"/var/lib/botarmy-demo/$closed_name"*) echo "${process#/proc/}" ;;
		esac
	done
}
closed_name=none
# shellcheck disable=SC2317,SC2046 # called by the trap; numbers
clean() {
	[ -z "$demo_pid" ] || kill -KILL "$demo_pid" 2>/dev/null
	set -- $(mine)
	[ $# -eq 0 ] || kill -KILL "$@" 2>/dev/null
	[ "$closed_name" = none ] || rm -rf "/var/lib/botarmy-demo/$closed_name"
	rm -rf "$work" "$tap_output"
}
trap clean EXIT
trap 'exit 130' INT TERM

mkdir "$tree"
tar -C "$top_srcdir" --exclude=./.git --exclude=./build --exclude='./build-*' --exclude=./var --exclude=node_modules -cf - . |
	tar -C "$tree" -xf -
cp -a "$top_builddir/." "$tree/build"
chmod -R u+w "$tree"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# launch OPTION…: starts it as from a terminal, in a group of its own. demo_pid is its id.
launch() {
	: >"$out"
	: >"$err"
	setsid env --default-signal=INT,QUIT "${user[@]}" "$tree/demo" --no-install --port "$port" --state "$state" "$@" >"$out" 2>"$err" &
	demo_pid=$!
}
# Waits for the line; false when the demo ends before it.
ready() {
	local tries=600
	while ! grep -q '^sign in once with' "$out" && [ $((tries -= 1)) -gt 0 ]; do
		kill -0 "$demo_pid" 2>/dev/null || break
		sleep 0.1
	done
	grep -qx "ready http://localhost:$port" "$out" && return
	cat "$out" "$err"
	return 1
}
# ended SIGNAL-TARGET SIGNAL STATUS: sends it, and all must be gone in order.
ended() {
	local status left
	kill "-$2" -- "$1"
	wait "$demo_pid"
	status=$?
	demo_pid=''
	left=$(mine)
	[ $status -eq "$3" ] && [ -z "$left" ] && grep -q 'stopping' "$err" && [ ! -e "$state/demo.pid" ] && return
	echo "exit status $status; left: $left"
	cat "$err"
	return 1
}
# finish NAME TARGET SIGNAL STATUS: `ended` as a case, in this shell.
finish() {
	local said=1
	ended "$2" "$3" "$4" >"$work/said" 2>&1 && said=0
	tap_case "$1" sh -c "cat '$work/said'; exit $said"
}
# refuses TEXT OPTION…: ends with 1 and says so; starts nothing.
refuses() {
	local text=$1
	shift
	timeout 60 "${user[@]}" "$tree/demo" --no-install "$@" >"$work/refused" 2>&1
	[ $? -eq 1 ] && grep -qF -- "$text" "$work/refused" && ! grep -q ^ready "$work/refused" && return
	cat "$work/refused"
	return 1
}
api() { curl -s -H "Authorization: Bearer $(. "$state/demo.env" && echo "$BOTARMY_TOKEN")" "$@"; }
has_project() { api "http://localhost:$port/api/v1/projects" | grep -q '"name":"Kept"'; }
environment_of() { tr '\0' '\n' <"/proc/$1/environ"; }
child() { pgrep -P "$demo_pid" -f "$1"; }

# ---- options ----
tap_case 'an unknown option is named' refuses 'unknown option: --fly' --fly
tap_case 'a port is a number' refuses 'not "web"' --port web
tap_case 'of an ordinary user' refuses '1024 to 65535' --port 80
tap_case 'an option needs its value' refuses 'needs a value' --port
tap_case 'blanks in the state folder'\''s path are refused' refuses 'no quotes, backslashes or blanks' --state "$work/my state"
mkdir "$work/other"
touch "$work/other/thesis.tex"
tap_case 'a folder with other things is left alone' refuses 'thesis.tex' --port "$port" --state "$work/other"
tap_case 'with its rights' test "$(stat -c %u "$work/other")" = "$(id -u)"
mkdir "$work/bin"
ln -s /usr/bin/* "$work/bin/"
rm "$work/bin/bwrap"
missing_tool() { PATH=$work/bin refuses '"bwrap" is missing' --port "$port" --state "$state"; }
tap_case 'a missing tool is named' missing_tool

# ---- first start ----
began=$(date +%s%N)
OPENAI_API_KEY=sk-for-the-runner OPENAI_BASE_URL=http://127.0.0.1:9/v1 SECRET_OF_MINE=x launch
tap_case 'it says ready' ready
echo "# ready after $((($(date +%s%N) - began) / 1000000)) ms"
tap_case 'in one line, with a link to sign in by' sh -c "[ \$(wc -l <'$out') -eq 2 ] && grep -qE '^sign in once with http://localhost:$port/sign-in/[^ ]+\$' '$out'"
tap_case 'the link is good' test "$(curl -s -o /dev/null -w '%{http_code}' "$(sed -n 's/^sign in once with //p' "$out")")" = 200
# There may be none at a given moment: drains follow each other.
runner_has_key() {
	local i pid
	for i in $(seq 100); do
		for pid in $(child botarmy-runner); do
			environment_of "$pid" 2>/dev/null | grep -qx OPENAI_API_KEY=sk-for-the-runner && return
		done
		sleep 0.1
	done
	return 1
}
tap_case 'the key reaches the runner' runner_has_key
no_keys() {
	local pid
	for pid in $(child 'botarmy-web|nginx') $(pgrep -f "postgres -D $state"); do
		environment_of "$pid" | grep -E 'OPENAI|sk-for|SECRET_OF_MINE' && return 1
		tr '\0' ' ' <"/proc/$pid/cmdline" | grep sk-for && return 1
	done
	! grep -rqs sk-for-the-runner "$state"/*.conf "$state"/log "$state"/demo.env
}
tap_case 'and no other program, file or command line' no_keys
all_as_service() {
	local pid
	for pid in $(mine); do
		[ "$pid" != "$demo_pid" ] && [ "$(stat -c %u "/proc/$pid")" = 0 ] && tr '\0' ' ' <"/proc/$pid/cmdline" && return 1
	done
	return 0
}
[ $root = no ] || tap_case 'nothing but the script itself runs as root' all_as_service
private() { [ "$(stat -c %a "$state/demo.env")" = 600 ] && (. "$state/demo.env" && [ "$BOTARMY_URL" = "http://localhost:$port" ] && psql -XqAt "$DATABASE_URL" -c 'select 1' | grep -qx 1); }
tap_case 'demo.env has what scripts need, for their owner only' private
tap_case 'the port is in use for another' refuses "port $port is in use" --port "$port" --state "$work/state-two"
tap_case 'which leaves nothing behind' not test -e "$work/state-two"
free=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
tap_case 'the state folder too' refuses "is running in $state" --port "$free" --state "$state"
finish 'Ctrl-C at the script alone ends everything in order' "$demo_pid" INT 130

# ---- again ----
launch --stay
tap_case 'it starts again' ready
tap_case 'a project is submitted' test "$(api -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' \
	-d '{"name":"Kept","brief":"A list of books with a title.","workflow":"sdlc"}' "http://localhost:$port/api/v1/projects")" = 201
waits() {
	for _ in $(seq 150); do
		api "http://localhost:$port/api/v1/runs/1" | grep -q '"state":"waiting"' && return
		sleep 0.1
	done
	return 1
}
tap_case 'and worked on' waits
finish 'Ctrl-C at the whole group ends everything in order' "-$demo_pid" INT 130
launch --no-runner
tap_case 'a second start finds the project' sh -c : && ready >/dev/null
tap_case 'with its data' has_project
tap_case 'without a runner none runs' not child botarmy-runner
kill -KILL "$demo_pid"
wait "$demo_pid" 2>/dev/null
launch
tap_case 'after kill -9 of the script it starts at once' ready
tap_case 'and has the project' has_project
# shellcheck disable=SC2046 # numbers
kill -KILL "$demo_pid" $(mine) 2>/dev/null
wait "$demo_pid" 2>/dev/null
launch
tap_case 'after kill -9 of everything it starts again' ready
tap_case 'and has the project still' has_project
kill -KILL "$(child botarmy-web)"
died() { wait "$demo_pid"; [ $? -eq 1 ] && grep -q 'the responder has ended' "$err" && [ -z "$(mine)" ]; }
died >"$work/said" 2>&1
tap_case 'when the responder dies it says so and ends' test $? -eq 0
demo_pid=''

# ---- a half-made state folder ----
rm -rf "$state"
mkdir -p "$state/pg/data.new/base" "$state/run"
echo 999999 >"$state/demo.pid"
echo half >"$state/pg/data.new/PG_VERSION"
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$state/run/web.sock"
[ $root = no ] || chown -R botarmy "$state/pg"
launch
tap_case 'an interrupted first start is begun anew' ready
finish 'and ends in order when it is asked to' "$demo_pid" TERM 143
launch --reset
tap_case 'with --reset it starts' ready
tap_case 'and has forgotten' not has_project
finish 'and ends' "$demo_pid" INT 130

# ---- as somebody else ----
if [ $root = yes ]; then
	rm -rf "$state"
	mkdir "$work/closed"
	mv "$tree" "$work/closed/tree"
	chmod 700 "$work/closed"
	tree=$work/closed/tree
	state=$tree/var
	closed_name=$(printf %s "$state" | sha256sum | cut -c1-12)
	launch
	tap_case 'from a home that is closed to others it works' ready
	tap_case 'its data are beside it by a link' sh -c "[ \"\$(readlink '$state')\" = '/var/lib/botarmy-demo/$closed_name' ] && [ -e '$state/demo.env' ]"
	finish 'and it ends' "$demo_pid" INT 130
	launch
	tap_case 'a second start takes the same way' ready
	finish 'and the same end' "$demo_pid" INT 130
	rm -rf "/var/lib/botarmy-demo/$closed_name"
	chmod 755 "$work/closed"
	user=(setpriv --reuid=nobody "--regid=$(id -g nobody)" --clear-groups)
	if "${user[@]}" test -r "$top_srcdir/demo" -a -r "$top_builddir/Makefile"; then
		chown -R nobody "$tree"
		state=$work/closed/tree/var2
		launch
		tap_case 'as an ordinary user it works' ready
		finish 'and ends' "$demo_pid" INT 130
	else
		echo '# as an ordinary user it is not tried: the sources are closed to others'
		user=()
	fi
fi
wall=(bwrap --unshare-user --disable-userns --dev-bind / /)
if "${user[@]}" "${wall[@]}" true 2>/dev/null && { [ $root = no ] || [ ${#user[@]} -gt 0 ]; }; then
	user+=("${wall[@]}")
	launch
	tap_case 'without user namespaces it is ready' ready
	tap_case 'and names what cannot be' grep -q 'cannot be executed here' "$err"
	finish 'and ends' "$(cat "$state/demo.pid")" TERM 143
fi
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Mistakes on the command line and in the environment: a word about each, nothing on standard output.
# shellcheck disable=SC2016,SC2317 # inner shells expand; cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo 'A brief.' >"$dir/brief"
unset BOTARMY_URL BOTARMY_TOKEN BOTARMY_CONFIG DATABASE_URL

# refused STATUS TEXT ARGUMENTS…
refused() {
	want=$1 text=$2
	shift 2
	timeout 30 "$top_builddir/botarmy" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	status=$?
	[ "$status" -eq "$want" ] && grep -qF -- "$text" "$dir/err" && [ ! -s "$dir/out" ] && return
	echo "exit status $status"
	cat "$dir/out" "$dir/err"
	return 1
}
usage() { refused 64 "$@"; }

tap_case 'no command: the commands are shown' usage 'usage: botarmy'
tap_case 'an unknown command is named' usage 'no command "fly"' fly
tap_case 'an unknown option is named' usage 'unknown option: --colour' submit --name a --file b --colour red
tap_case 'an option without its value is named' usage '--file needs a value' submit --name a --file
tap_case 'a flag takes no value' usage '--wait takes no value' submit --wait=1
tap_case 'submit takes no operands' usage 'options only' submit --name a --file "$dir/brief" more
tap_case 'submit needs a name' usage '--name and --file' submit --file "$dir/brief"
tap_case 'a cap is an amount' usage '2.50' submit --name a --file "$dir/brief" --cap lots
tap_case 'nor is a negative one' usage '2.50' submit --name a --file "$dir/brief" --cap=-1
tap_case 'a brief that is not there is named' refused 1 "$dir/none" submit --name a --file "$dir/none"
for command in status outputs watch; do
	tap_case "$command needs a run" usage 'name one run' $command
	tap_case "$command takes one run" usage 'name one run' $command 1 2
	tap_case "$command takes a number" usage 'RUN is a number, not "one"' $command one
done
tap_case 'export needs a file' usage '-o FILE.zip' export 1
tap_case 'of a kind that there is' usage '-o FILE.zip' export 1 -o a.rar
for command in approve changes reject; do
	tap_case "$command needs the revision that was seen" usage '--revision N' $command 1
	tap_case "$command takes a revision that can be" usage '--revision N' $command 1 --revision -1
	tap_case "$command takes one gate" usage 'name one gate' $command --revision 1
done
for command in migrate config doctor; do
	tap_case "$command takes no operands" usage 'no operands' $command more
done
tap_case 'user needs an action' usage 'add, set, invite, reset, link, list, disable or enable' user
tap_case 'token needs an action and an account' usage 'create, list or revoke' token create

tap_case 'without an address it is asked for' refused 1 'set BOTARMY_URL' status 1
BOTARMY_URL=http://127.0.0.1:9
export BOTARMY_URL
tap_case 'without a token it is asked for' refused 1 'set BOTARMY_TOKEN' status 1
BOTARMY_TOKEN=secret-of-mine
export BOTARMY_TOKEN
tap_case 'a server that is not there is named' refused 1 '127.0.0.1:9' status 1
tap_case 'and no secret with it' not grep -q secret-of-mine "$dir/err"
BOTARMY_URL=ftp://127.0.0.1
tap_case 'an address of another kind is refused' refused 1 '' status 1
DATABASE_URL='postgresql:///none?host=/nonexistent&password=word-of-mine'
export DATABASE_URL
tap_case 'a database that is not there is told' refused 1 '' user list
tap_case 'without its password' not grep -q word-of-mine "$dir/err"
tap_case 'setup needs root or an address' refused 64 '--public-url' setup
tap_case 'help goes to standard output' sh -c '"$1" --help | grep -q "^  submit "' - "$top_builddir/botarmy"
tap_case 'as does the version' sh -c '"$1" --version | grep -qE "^[Bb]ot[Aa]rmy [0-9]"' - "$top_builddir/botarmy"
tap_done

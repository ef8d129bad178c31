#!/bin/bash
# SPDX-License-Identifier: MIT
# What operators do: accounts, tokens, the schema, settings, a look at the host.
# shellcheck disable=SC2317 # cases are called by name
set -u
# shellcheck source=tests/lib/stack.sh
. "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib/stack.sh"
stack_begin
out=$STATE/out err=$STATE/err

op() {
	operator "$@" >"$out" 2>"$err"
	status=$?
}
succeeds() { [ "$status" -eq 0 ] || { cat "$err"; return 1; }; }
fails() { # fails STATUS TEXT
	[ "$status" -eq "$1" ] && grep -qiF -- "$2" "$err" && [ ! -s "$out" ] && return
	echo "exit status $status"
	cat "$out" "$err"
	return 1
}
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
with_token() { [ "$(code -H "Authorization: Bearer $1" "$BOTARMY_URL/api/v1/projects")" = "$2" ]; }

# ---- accounts ----
op user add ana --role approver
tap_case 'user add makes an account' succeeds
tap_case 'with its role' test "$(sql "select role from account where name = 'ana'")" = approver
op user add ana --role approver
tap_case 'a name is taken once' fails 1 ana
op user add ana --role approver --if-missing
tap_case 'with --if-missing that is no mistake' succeeds
op user add bo --role king
tap_case 'a role that there is not is refused' fails 1 role
op user add bo
tap_case 'a role is needed' fails 64 --role
op user link nobody-of-this-name
tap_case 'a link for nobody is refused' fails 1 'nobody-of-this-name'
op user link ana
link=$(cat "$out")
tap_case 'user link prints an address of this site' test "${link#"$BOTARMY_URL"/sign-in/}" != "$link"
tap_case 'looking at it signs nobody in' test "$(code "$link")" = 200
tap_case 'using it does' test "$(code -X POST "$link")" = 303
tap_case 'once' not test "$(code -X POST "$link")" = 303
op user list
tap_case 'user list shows who there is' grep -qE '^ana +approver *$' "$out"

op user invite ana
invitation=$(cat "$out")
tap_case 'an invitation asks for a password' test "$(code -X POST "$invitation")" = 422
tap_case 'and takes one' test "$(code -d 'password=a long enough one' "$invitation")" = 303
op user reset ana
tap_case 'so does a reset' test "$(code -d 'password=a long enough two' "$(cat "$out")")" = 303
op user set ana --role submitter --email ana@example.org
tap_case 'user set changes role and address' succeeds
op user list
tap_case 'as the list shows' grep -qE '^ana +submitter *$' "$out"
op user set ana --role approver --email ''
op user set ana
tap_case 'user set sets something' fails 64 '--role'
op user set ana --email nonsense
tap_case 'an address looks like one' fails 1 'ann@example.org'
for name in $(operator user list | awk '$2 == "admin" && !$3 { print $1 }'); do
	op user disable "$name"
done
tap_case 'the last administrator stays' fails 1 'last administrator'

# ---- tokens ----
op token create ana --name laptop
token=$(cat "$out")
id=$(sql "select token_id from token where name = 'laptop'" 2>/dev/null || operator token list ana | awk '{ print $1 }')
tap_case 'a token works' with_token "$token" 200
op token list ana
tap_case 'token list names it' grep -qxE "$id laptop \(read, submit, decide, operate\)" "$out"
tap_case 'and never shows it' not grep -qF "$token" "$out"
tap_case 'nor does the database' test "$(pg_dump --data-only "$owner_url" | grep -cF "$token")" = 0
op token create ana --name laptop --replace
tap_case 'one that replaces it works' with_token "$(cat "$out")" 200
tap_case 'the former does not' with_token "$token" 401
new=$(cat "$out")
id=$(operator token list ana | awk '{ print $1 }')
op token revoke ana 999999
tap_case 'a token that there is not cannot be revoked' fails 1 ''
op token revoke ana "$id"
tap_case 'a token can' succeeds
tap_case 'and works no longer' with_token "$new" 401
op token create ana --name reader --scopes read --days 7
reader=$(cat "$out")
tap_case 'a token may be for reading alone' with_token "$reader" 200
tap_case 'and then changes nothing' test "$(code -H "Authorization: Bearer $reader" -H 'Content-Type: application/json' -d '{}' \
	"$BOTARMY_URL/api/v1/projects")" = 403
op token list ana
tap_case 'which the list says' grep -qE 'reader \(read, until 20[0-9-]+\)' "$out"
op token create ana --name x --scopes read,everything
tap_case 'other scopes are not known' fails 64 'read, submit, decide, operate'
op token create ana
tap_case 'a token needs a name' fails 64 --name
op token create nobody-of-this-name --name x
tap_case 'a token for nobody is refused' fails 1 'nobody-of-this-name'
token=$(operator token create ana --name again)
op user disable ana
tap_case 'user disable succeeds' succeeds
tap_case 'and ends what the person held' with_token "$token" 401
op user list
tap_case 'user list says so' grep -qE '^ana +approver +disabled$' "$out"
op user fly bo
tap_case 'there is no other thing to do with a user' fails 64 'there is no "user fly"'
op user list bo
tap_case 'user list takes no name' fails 64 'takes no name'
op token fly admin
tap_case 'nor with a token' fails 64 'there is no "token fly"'
op user disable nobody-of-this-name
tap_case 'nobody cannot be disabled' fails 1 'nobody-of-this-name'

# ---- schema ----
op migrate
tap_case 'migrate may be run again' grep -q 'up to date' "$out"
sql "update schema_migration set sha256 = sha256('another') where version = 1"
op migrate
tap_case 'a migration that was changed is refused' fails 1 migration

# ---- settings ----
printf 'sk-secret-of-a-file\n' >"$STATE/key"
chmod 644 "$STATE/key"
cat "$STATE/demo.conf" - >"$STATE/other.conf" <<CONF
openai_api_key_file = "$STATE/key"
runner_database_url = "postgresql://someone:pass-word-of-a-url@db.example/botarmy"
CONF
chmod 644 "$STATE/other.conf"
sed -i '0,/^runner_database_url/{/^runner_database_url/d}' "$STATE/other.conf"
op --config "$STATE/other.conf" config
tap_case 'config prints what is in force, and from where' grep -qxE "public_url +$BOTARMY_URL +\(file\)" "$out"
tap_case 'and says that there is a key' grep -qE '^openai_api_key +[^ ]' "$out"
tap_case 'but no secret' not grep -qE 'sk-secret-of-a-file|pass-word-of-a-url' "$out" "$err"
echo 'colour = "red"' >"$STATE/wrong.conf"
chmod 644 "$STATE/wrong.conf"
op --config "$STATE/wrong.conf" config
tap_case 'an unknown setting is refused with its line' fails 1 'wrong.conf:1'
op --config "$STATE/missing.conf" config
tap_case 'a file that is not there is refused' fails 1 'missing.conf'

# ---- doctor ----
op doctor
tap_case 'doctor misses a runner' grep -q '^BAD *runner: none was ever seen' "$out"
tap_case 'and ends with 1' test "$status" -eq 1
tap_case 'it looks at the database, schema, responder, feed and disk' \
	test "$(grep -cE '^ok +(database|responder|feed|disk|configuration):' "$out")" = 5
op doctor --sandbox
tap_case 'it tells of the sandbox alone' test "$(wc -l <"$out")" = 1
# bad WHAT MEND: doctor finds it, and says how to mend it.
bad() {
	op doctor
	grep -A 1 "^BAD *$1" "$out" | tail -n 1 | grep -F -- "$2" && [ "$status" -eq 1 ] && return
	cat "$out" "$err"
	return 1
}
doctored() { operator --config "$STATE/doctored.conf" doctor >"$out" 2>"$err"; }
sql "insert into runner (runner_id, host, pid, version, seen_at, expires_at)
	values (gen_random_uuid(), 'here', 1, '1', now() - interval '1 hour', now() - interval '59 minutes')"
tap_case 'a runner that is silent for an hour' bad 'runner: last seen 36' 'check that cron runs'
sql 'alter system set synchronous_commit = off' && sql 'select pg_reload_conf()' >/dev/null
tap_case 'a database that may lose decisions' bad 'database: fsync' 'must survive a power cut'
sql 'alter system reset synchronous_commit' && sql 'select pg_reload_conf()' >/dev/null
sql 'update schema_migration set version = 1000
	where version = (select max(version) from schema_migration)'
tap_case 'a schema of a newer program' bad 'schema: at 1000' 'install the newer BotArmy'
sql 'delete from schema_migration where version = 1000'
tap_case 'a schema of an older one' bad 'schema: at' 'run: botarmy migrate'
sed "s|^state_dir.*|state_dir = \"$STATE/none\"|; s|^data_dir.*|data_dir = \"$STATE/none\"|" "$STATE/demo.conf" >"$STATE/doctored.conf"
chmod 644 "$STATE/doctored.conf"
doctored
tap_case 'a state folder that is not there' grep -A 1 '^BAD *state folder: .*/none cannot be read' "$out"
tap_case 'data that are not there' grep -A 1 '^BAD *schema' "$out"
tap_case 'no sandbox without them' grep '^BAD *sandbox' "$out"
op --config "$STATE/doctored.conf" setup
tap_case 'setup needs its script' fails 1 'none/deploy/setup.sh cannot be run'
stack_end "$WEB_PID" 10
stack_end "$FEED_PID" 10
WEB_PID='' FEED_PID=''
cluster stop immediate
op doctor
tap_case 'without a database it says how to mend that' grep -A1 '^BAD *database' "$out"
tap_case 'and finds the responder gone' grep -q '^BAD *responder' "$out"
tap_case 'and the feed, too' grep -q '^BAD *feed' "$out"
tap_done

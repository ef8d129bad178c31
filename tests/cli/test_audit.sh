#!/bin/bash
# SPDX-License-Identifier: MIT
# verify and audit: an unbroken audit is proved, each way of meddling with it is found and named, and
# what was exported or signed proves itself elsewhere.
# shellcheck disable=SC2317 # cases are called by name
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" bash "$0"
fi
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
unset BOTARMY_CONFIG
dir=$(mktemp -d /tmp/botarmy-audit-XXXXXX) || exit 99
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 99
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }
run() {
	"$top_builddir/botarmy" "$@" >out 2>err
	status=$?
}
says() { # says STATUS TEXT
	[ "$status" -eq "$1" ] && grep -qF -- "$2" out && return
	echo "exit status $status"
	cat out err
	return 1
}

run verify
tap_case 'an empty audit is unbroken' says 0 '0 of 0 chains, 0 entries: unbroken'
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/workflows.sql" || exit 99
# The session's time zone must not matter to what is hashed.
PGTZ=Asia/Kathmandu psql -qXAt -v ON_ERROR_STOP=1 "$DATABASE_URL" >/dev/null <<-'SQL' || exit 99
	insert into account (name, role) values ('Ünö <x>', 'admin');
	select project_submit(1, 'One', 'A brief', 'python-stdlib', 'sdlc', 1.25, 'k1');
	select project_submit(1, 'Two', 'A brief', 'python-stdlib', 'sdlc', null, 'k2');
	select run_pause(1, 1, true), run_pause(1, 1, false), run_cancel(2, 1);
	select budget_set('1-site', 0, 12.3456789, 1);
	select audit_add(1, null, 'odd', jsonb_build_object('text', E'quote " back \\ tab \t ü \u2028', 'n', null, 'deep', '[1, 2.50, {"a": true}]'::jsonb));
SQL
run verify
tap_case 'what the engine writes is' says 0 '3 of 3 chains, 7 entries: unbroken'
sql "select audit_add(2, 1, 'many', jsonb_build_object('i', i)) from generate_series(1, 2300) i" >/dev/null
run verify
tap_case 'a long chain too' says 0 '3 of 3 chains, 2307 entries: unbroken'

# ---- what leaves the machine ----
run audit key key
public=$(cat out)
tap_case 'a key is made' test "${#public} $(stat -c %a key)" = '64 600'
run audit key key
tap_case 'and never replaced' test "$status" -eq 1
run audit head --key key
cp out heads
tap_case 'each chain has a signed head' test "$(grep -c signature heads)" = 3
run audit head 1
tap_case 'one may be asked for' test "$(wc -l <out) $(grep -c '"chain":1,"number":4' out)" = '1 1'
run audit export 1 --key key
cp out one
run verify one
tap_case 'an exported chain proves itself' says 0 '1 chain, 4 entries: unbroken'
run verify one --public "$public"
tap_case 'with its signature' says 0 unbroken
run audit key another
run verify one --key another
tap_case 'not with that of another key' says 1 'not signed by this key'
run verify --heads heads --public "$public"
tap_case 'the kept heads are still in the chains' says 0 unbroken
sed '2s/pause/resume/' one >edited
run verify edited
tap_case 'an edited export is broken where it was edited' says 1 'entry 2: its hash'
sed 2d one >short
run verify short
tap_case 'one that lacks an entry too' says 1 'entry 2 is missing'
head -n 3 one >short
run verify short
tap_case 'one that was cut short too' says 1 'the head is missing'
sed '4d' one >short
run verify short
tap_case 'one whose last entry was taken out too' says 1 'entry 4 is missing'
echo 'not JSON' >short
run verify short
tap_case 'what is no export is none' says 1 'line 1'
sed 's/"signature":"../"signature":"00/' heads >forged
run verify --heads forged --public "$public"
tap_case 'a forged head is refused' says 1 'not signed by this key'
chmod 644 key
run audit head --key key
tap_case 'a key that others can read is refused' grep -q 'chmod 600' err
chmod 600 key

# ---- meddling, each undone ----
# meddle NAME STATEMENT TEXT: what verify says of a database in which it was done.
meddle() {
	psql -qX "$DATABASE_URL" -c 'create table if not exists kept as table audit; create table if not exists kept_head as table audit_head' 2>/dev/null
	sql "$2" || { tap_case "$1" false; return; }
	run verify
	tap_case "$1" says 1 "$3"
	sql 'delete from audit; insert into audit overriding system value table kept; delete from audit_head; insert into audit_head table kept_head'
}
meddle 'a changed text' "update audit set entry = replace(entry, 'pause', 'cause') where chain = 1 and number = 2" \
	'BROKEN project 1, entry 2: its hash'
meddle 'a changed text with its own hash' "update audit set entry = e, hash = sha256(convert_to(e, 'UTF8')) from (
	select audit_id as id, replace(entry, 'pause', 'cause') as e from audit where chain = 1 and number = 2) x where audit_id = id" \
	'BROKEN project 1, entry 2: its hash'
meddle 'a text that is no JSON' "update audit set entry = 'x' where chain = 1 and number = 2" 'entry 2: its hash'
meddle 'another account in the column' "update audit set account_id = null where chain = 1 and number = 3" 'entry 3: its account'
meddle 'another action' "update audit set action = 'approve' where chain = 1 and number = 3" 'entry 3: its action'
meddle 'another body' "update audit set body = body || '{\"run\": 7}' where chain = 1 and number = 2" 'entry 2: its body'
meddle 'another time' "update audit set at = at + interval '1 microsecond' where chain = 2 and number = 2000" 'BROKEN project 2, entry 2000: its time'
meddle 'another project' "update audit set project_id = 2 where chain = 1 and number = 1" 'entry 1: its project'
meddle 'a removed entry' "delete from audit where chain = 1 and number = 2" 'entry 2 is missing'
meddle 'a removed end' "delete from audit where chain = 1 and number = 4" 'entry 4 is missing: the chain'
meddle 'a head put back' "update audit_head set number = 3 where chain = 1" "entry 4: the chain's head does not count it"
meddle 'a head with another hash' "update audit_head set hash = sha256('x') where chain = 1" "entry 4: its hash is not the one in the chain's head"
meddle 'a head taken away' "delete from audit_head where chain = 0" 'BROKEN site, entry 1'
meddle 'swapped entries' "update audit set number = 5 - number + 100 where chain = 1 and number in (2, 3);
	update audit set number = number - 100 where chain = 1 and number > 100" 'entry 2: its hash'
tap_case 'all was put back' test "$("$top_builddir/botarmy" verify)" = '3 of 3 chains, 2307 entries: unbroken'

# A chain written anew from its beginning holds by itself; only what was kept elsewhere tells.
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" >/dev/null <<-'SQL'
	do $$
	declare a audit; last bytea := decode(repeat('00', 32), 'hex');
	begin
		for a in select * from audit where chain = 1 order by number loop
			a.entry := replace(a.entry, '"odd"', '"even"');
			last := sha256(last || convert_to(a.entry, 'UTF8'));
			update audit set entry = a.entry, hash = last, action = replace(action, 'odd', 'even') where audit_id = a.audit_id;
		end loop;
		update audit_head set hash = last where chain = 1;
	end $$;
SQL
run verify
tap_case 'a chain that was rewritten holds by itself' says 0 unbroken
run verify --heads heads
tap_case 'but not against the head that was kept' says 1 'BROKEN project 1, entry 4: the head that was kept has another hash'
sql "delete from audit where chain = 2 and number > 1; update audit_head h set number = 1, hash = a.hash from audit a
	where a.chain = 2 and h.chain = 2"
run verify
tap_case 'a chain that lost its end and its head holds by itself, too' says 0 unbroken
sed -n '/"chain":2,/p' heads >second
run verify --heads second
tap_case 'but the kept head is missed' says 1 'of 1 heads that were kept, 1 are in no chain any more'
sql 'delete from audit where chain = 0; delete from audit_head where chain = 0'
run verify --heads heads
tap_case 'nor does a chain that is gone' says 1 BROKEN

run verify one two
tap_case 'verify takes one file' test "$status" -eq 64
run verify none
tap_case 'which must be there' test "$status" -eq 1
run audit export
tap_case 'export needs a chain' test "$status" -eq 64
run audit export 999
tap_case 'that there is' grep -q 'no chain 999' err
run audit burn
tap_case 'and nothing else is done to an audit' test "$status" -eq 64
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# The schema as a whole: everything in it is explained, and each role may do what it needs and
# no more.
# shellcheck disable=SC2317,SC2016 # cases are called by name; quotes hold SQL
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0"
fi

# as ROLE SQL: runs it; the role is owner, web, runner, feed or mail.
as() {
	case $1 in
	owner) url=$DATABASE_URL ;;
	web) url=$WEB_DATABASE_URL ;;
	runner) url=$RUNNER_DATABASE_URL ;;
	feed) url=$FEED_DATABASE_URL ;;
	mail) url=$MAIL_DATABASE_URL ;;
	esac
	psql -XAtq -v ON_ERROR_STOP=1 "$url" -c "$2"
}
nothing() {
	found=$(as owner "$1") || return 1
	echo "$found"
	[ -z "$found" ]
}
# denied ROLE SQL: refused for lack of privilege, not for another reason.
denied() {
	said=$(as "$1" "$2" 2>&1) && { echo "it was allowed"; return 1; }
	echo "$said"
	case $said in
	*'permission denied'*) ;;
	*) return 1 ;;
	esac
}
# Everything a role may do, one privilege a line.
rights() {
	as owner "
		select format('%s %s', c.relname, lower(x.privilege_type))
		from pg_class c, aclexplode(c.relacl) x
		where c.relnamespace = 'public'::regnamespace and x.grantee = 'botarmy_$1'::regrole
		union
		select format('%s.%s %s', c.relname, a.attname, lower(x.privilege_type))
		from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) x
		where c.relnamespace = 'public'::regnamespace and x.grantee = 'botarmy_$1'::regrole
		union
		select format('%s()', p.proname)
		from pg_proc p, aclexplode(p.proacl) x
		where p.pronamespace = 'public'::regnamespace and x.grantee = 'botarmy_$1'::regrole
		order by 1" | LC_ALL=C sort
}
# Reaches the function, which then finds no gate.
decides() {
	said=$(as web "select * from gate_decide(0, 1, 'approve', '', 1)" 2>&1)
	echo "$said"
	case $said in
	*'There is no such gate'*) ;;
	*) return 1 ;;
	esac
}
# A run from brief to end, each step as the role whose program takes it.
goes_through() {
	me=$(as owner 'select gen_random_uuid()')
	as owner "
		insert into account (name, role) values ('ann', 'admin');
		insert into workflow (name, title, sha256, source, start)
			values ('try', 'Try', sha256('try'), 'digraph {}', 'dev');
		insert into workflow_node (graph_id, node, kind, agent, reviews, outcome, position) values
			(1, 'dev', 'agent', 'developer', null, null, 1),
			(1, 'look', 'gate', null, 'dev', null, 2),
			(1, 'end', 'exit', null, null, 'done', 3);
		insert into workflow_edge (graph_id, node, outcome, next) values (1, 'dev', 'pass', 'look'),
			(1, 'look', 'approve', 'end'), (1, 'look', 'changes', 'dev')" &&
	as web "select * from project_submit(1, 'Name', 'Brief', 'stack', 'try', 10, 'key')" &&
	as runner "
		insert into runner (runner_id, host, pid, version, expires_at)
			values ('$me', 'here', 1, '0', now() + interval '1 hour');
		select * from stage_claim('$me', 8, 8);
		select * from stage_retry('$me', 1, 0, 1, 0, 'again', true);
		" && as owner 'update cursor set run_at = now()' && as runner "
		select * from stage_claim('$me', 8, 8);
		select * from call_begin('$me', array[1], array[0], (select array_agg(epoch) from cursor),
			array['openai'], array['m'], array['\\x00'::bytea], array[2.5]);
		select call_end(array[1], array['answered'], array['text'], array[null], array[200], array[10],
			array[20], array[0.5]);
		insert into blob values (sha256('a'), 'a');
		select * from stage_advance('$me', array[1], array[0],
			(select array_agg(epoch) from cursor), array['pass'], array[sha256('{}')],
			array['{}'], array['# Dev'], array['openai'], array['m'],
			array[jsonb_build_array(jsonb_build_object('path', 'a', 'size', 1,
				'sha256', encode(sha256('a'), 'hex')))],
			array['{\"executed\": true, \"total\": 1, \"passed\": 1, \"failed\": 0, \"tests\":
				[{\"name\": \"t\", \"outcome\": \"passed\", \"seconds\": 0.1}]}'::jsonb],
			array[null], array['[{\"to\": \"people\", \"body\": \"x\"}]'::jsonb], true);
		select gate_due(10); select keep(14, 90); select provider_limit_set('openai', 'm', 3, null);
		insert into log (level, text) values ('info', 'x')" &&
	as web "select * from gate_decide(1, 1, 'changes', 'more', 1)" &&
	as runner "
		select * from stage_claim('$me', 8, 8);
		select * from stage_park('$me', 1, 0, (select epoch from cursor),
			'budget', 'too much', 1, null);" &&
	as web "select * from gate_decide(2, 1, 'approve', '', 1);
		select run_pause(1, 1, true); select run_pause(1, 1, false); select run_cancel(1, 1)" &&
	[ "$(as feed "select state from run")" = cancelled ] &&
	[ "$(as web "select spent_usd, held_usd, cap_usd from budget where kind = '4-project'")" = \
		'0.500000000|0.000000000|11.000000000' ] &&
	[ "$(as web 'select count(*), sum(passed) from test_report')" = '1|1' ]
}
# none_may ROLE PATTERN [BUT]
none_may() {
	found=$(rights "$1" | grep -E "$2" | grep -vx "${3:-}")
	echo "$found"
	[ -z "$found" ]
}

tap_case 'every table has a comment' nothing "
	select relname from pg_class
	where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm') and not relispartition
		and coalesce(obj_description(oid, 'pg_class'), '') = ''"
tap_case 'every column has a comment' nothing "
	select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
	where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
		and not c.relispartition and a.attnum > 0 and not a.attisdropped
		and coalesce(col_description(c.oid, a.attnum), '') = ''"
tap_case 'functions of the owner say where they look for names' nothing "
	select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
		and not coalesce(array_to_string(proconfig, ' ') like '%search_path=public, pg_temp%', false)"
tap_case 'nothing is open to everybody' nothing "
	select relname::text from pg_class c, aclexplode(c.relacl) x
	where c.relnamespace = 'public'::regnamespace and x.grantee = 0
	union all
	select proname::text from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
	where p.pronamespace = 'public'::regnamespace and x.grantee = 0"
tap_case 'the roles can make nothing and be nobody else' nothing "
	select rolname from pg_roles where rolname like 'botarmy\\_%' and (rolsuper or rolcreatedb
		or rolcreaterole or rolreplication or rolbypassrls or not rolcanlogin)
	union all
	select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.member
	where r.rolname in ('botarmy_web', 'botarmy_runner', 'botarmy_feed', 'botarmy_mail')"

tap_case 'the web cannot move a cursor' denied web "update cursor set state = 'R'"
tap_case 'the web cannot change a run' denied web "update run set state = 'done'"
tap_case 'the web cannot write a decision' denied web \
	"insert into decision (gate_id, account_id, kind, revision) values (1, 1, 'approve', 1)"
tap_case 'the web cannot change a gate' denied web "update gate set state = 'decided'"
tap_case 'the web cannot write an event' denied web \
	"insert into event values (now(), 1, 1, 'x', '{}')"
tap_case 'the web cannot call what moves runs' denied web \
	"select cursor_enter(null::step[], null)"
tap_case 'the web cannot claim' denied web "select * from stage_claim(gen_random_uuid(), 1, 1)"
tap_case 'the web cannot change the audit' denied web "update audit set body = '{}'"
tap_case 'the web cannot remove from the audit' denied web "delete from audit"
tap_case 'the web cannot change an output' denied web "update artifact set body = ''"
tap_case 'the web cannot change a budget' denied web "update budget set cap_usd = 1000"
tap_case 'the web can decide, if there is a gate' decides
tap_case 'the web cannot make a table' denied web 'create table t (n int)'
tap_case 'the web cannot rewrite the ledger' denied web 'delete from schema_migration'

for table in account session sign_in_link api_token idempotency audit; do
	tap_case "the runner cannot read $table" denied runner "select * from $table"
done
tap_case 'the runner cannot write a decision' denied runner \
	"insert into decision (gate_id, account_id, kind, revision) values (1, 1, 'approve', 1)"
tap_case 'the runner cannot call gate_decide' denied runner \
	"select * from gate_decide(1, 1, 'approve', '', 1)"
tap_case 'the runner cannot submit' denied runner \
	"select * from project_submit(1, 'a', 'b', 'c', 'd', 1, 'e')"
tap_case 'the runner cannot change an output' denied runner "update artifact set body = ''"
tap_case 'the runner cannot change what was asked' denied runner "update gate set kind = 'price'"
tap_case 'the runner cannot change a receipt' denied runner "update stage_result set outcome = 'pass'"
tap_case 'the runner cannot remove anything but subscriptions and texts that are written' none_may runner ' delete| truncate' \
	'subscription delete\|live_text delete'
tap_case 'the runner can claim' as runner "select * from stage_claim(gen_random_uuid(), 1, 1)"
tap_case 'the runner can rescue' as runner "select * from stage_rescue(10)"

tap_case 'the feed changes nothing' none_may feed ' (insert|update|delete|truncate)|\(\)' \
	'watch \(insert\|update\|delete\)\|live_text delete'
tap_case 'the feed says what is watched' as feed \
	'insert into watch values (7, now()) on conflict (run_id) do update set until = excluded.until; delete from watch where run_id = 7'
tap_case 'the runner cannot say what is watched' denied runner 'insert into watch values (7, now())'
tap_case 'the web cannot write what a model has not written' denied web \
	"insert into live_text (run_id, call_id, at, node, text) values (1, 1, 0, 'a', 'b')"
tap_case 'the feed cannot read passwords' denied feed 'select password from account'
tap_case 'the feed can read events' as feed 'select * from event limit 1'
tap_case 'the feed can tell who looks' as feed \
	"select a.name from session s join account a using (account_id)
		where s.token_hash = '\\x00' and s.expires_at > now()"

tap_case 'the mail program reads no table but the ledger, and writes none' none_may mail ' ' 'schema_migration select'
tap_case 'it cannot read an address by itself' denied mail 'select email from account'
tap_case 'nor a link' denied mail 'select * from decision_link'
tap_case 'nor decide by one' denied mail "select * from link_decide('\\x00', 1, 'approve', '')"
tap_case 'it can ask what is to be sent' as mail 'select * from mail_take(10, 60)'
tap_case 'the web cannot make a link to a decision' denied web \
	"insert into decision_link values ('\\x00', 1, 1, 1, now(), now(), null)"
tap_case 'the web cannot mark one as unused' denied web 'update decision_link set used_at = null'
tap_case 'the web cannot send mail' denied web 'select * from mail_take(10, 60)'

tap_case 'a run goes through, each step as its own role' goes_through
tap_done

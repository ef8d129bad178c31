#!/bin/sh
# SPDX-License-Identifier: MIT
# Accounts as administrators keep them, links for a password, members of projects, and guessing.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
account root admin
admin_jar=$web/admin_jar
sign_in "$link" "$admin_jar"
admin_code=$(csrf "$admin_jar")
play_people
id() { sql "select account_id from account where name = '$1'"; }
admin() { path=$1; shift; hit -b "$admin_jar" -d "_csrf=$admin_code" "$@" "$url$path"; }
form() { path=$1; shift; hit -b "$jar" -d "_csrf=$code" "$@" "$url$path"; }
audited() { sql "select action || ' ' || coalesce(body ->> 'from', '') || ' ' || coalesce(body ->> 'to', '') from audit
	where chain = ${1:-0} order by number desc limit 1"; }

# ---- making, inviting ----
admin /accounts -d 'role=submitter' --data-urlencode 'name=<b>nia</b>' -d email=nia@example.org
tap_case 'an account is made' is_status 200
tap_case 'its name is text' body_has '&lt;b&gt;nia&lt;/b&gt;'
invitation=$(sed -n 's|.*id="link">.*/sign-in/\([A-Za-z0-9_-]*\)<.*|\1|p' "$web/body")
tap_case 'with an invitation' test ${#invitation} = 43
tap_case 'on a page that is kept nowhere' header_is Cache-Control no-store
admin /accounts -d 'role=king' --data-urlencode 'name=x'
tap_case 'a role that is none is refused' is_status 422
admin /accounts -d 'role=viewer' --data-urlencode 'name=<b>nia</b>'
tap_case 'a name is taken once' is_status 409
tap_case 'told beside the field' body_has 'There is already an account of the name &lt;b&gt;nia'
admin /accounts -d 'role=viewer&name=other&email=NIA@example.org'
tap_case 'an address, too' body_has 'Another account has this address.'
try 'the invitation asks for a password' 200 "$url/sign-in/$invitation"
tap_case 'by name' body_has 'Welcome, &lt;b&gt;nia&lt;/b&gt;'
try 'looking uses nothing up' 200 "$url/sign-in/$invitation"
try 'without a password it does nothing' 422 -X POST "$url/sign-in/$invitation"
try 'a short one is refused' 422 -d password=short "$url/sign-in/$invitation"
tap_case 'and told why' body_has 'has 10 to 200 characters'
try 'a good one is set' 303 -c "$web/nia" -d 'password=a long enough one' "$url/sign-in/$invitation"
try 'and lets in' 200 -b "$web/nia" "$url/settings"
try 'the link works once' 404 -d 'password=a long enough two' "$url/sign-in/$invitation"
try 'the password signs in' 303 --data-urlencode 'name=<b>nia</b>' -d 'password=a long enough one' "$url/sign-in"

# ---- changing ----
nia=$(id '<b>nia</b>')
admin "/accounts/$nia" -d 'role=approver&email='
tap_case 'a role is changed' is_status 303
tap_case 'which is in the audit' test "$(sql "select count(*) from audit where action = 'account_role' and body ->> 'from' = 'submitter'
	and body ->> 'to' = 'approver' and account_id = $(id root)")" = 1
try 'and counts at once' 200 -b "$web/nia" -H 'Accept: application/json' "$url/settings"
tap_case 'without signing in again' json_is "j['role'], j['email']" "('approver', None)"
admin "/accounts/$nia/link" -d kind=reset
reset=$(sed -n 's|.*id="link">.*/sign-in/\([A-Za-z0-9_-]*\)<.*|\1|p' "$web/body")
admin "/accounts/$nia/link" -d kind=reset
newer=$(sed -n 's|.*id="link">.*/sign-in/\([A-Za-z0-9_-]*\)<.*|\1|p' "$web/body")
try 'a newer link takes the place of the one before' 404 "$url/sign-in/$reset"
sql "update sign_in_link set expires_at = now() where kind = 'reset'" >/dev/null
try 'a link has its time' 404 "$url/sign-in/$newer"
sql "update sign_in_link set expires_at = now() + interval '1 hour' where kind = 'reset'" >/dev/null
try 'a reset sets another password' 303 -d 'password=quite another one' "$url/sign-in/$newer"
try 'and ends what was open' 303 -b "$web/nia" "$url/settings"
admin "/accounts/$nia/disable"
tap_case 'an account is disabled' is_status 303
try 'and lets nobody in' 422 --data-urlencode 'name=<b>nia</b>' -d 'password=quite another one' "$url/sign-in"
admin "/accounts/$nia/enable"
try 'until it is let in again' 303 --data-urlencode 'name=<b>nia</b>' -d 'password=quite another one' "$url/sign-in"
admin "/accounts/$(id root)" -d role=viewer
tap_case 'the last administrator stays one' is_status 409
tap_case 'and is told so' body_has 'root is the last administrator'
admin "/accounts/$(id root)/disable"
tap_case 'and stays in' is_status 409
tap_case 'nothing is lost of the address shown' body_has 'name="email"'
form "/accounts/$nia" -d role=admin
tap_case 'others change no role' is_status 403
denied() { psql -qXAt "$WEB_DATABASE_URL" -c "$1" 2>&1 | grep -q "$2"; }
tap_case 'not even past the page' denied "select account_change($(id sam), $nia, 'admin', null, null)" 'Only an administrator'
tap_case 'nor as nobody' denied "select account_change(null, $nia, 'admin', null, null)" 'Only an administrator'
tap_case 'nor by hand' denied "update account set role = 'admin'" 'permission denied'
for i in 1 2; do
	psql -qX "$WEB_DATABASE_URL" -c "select account_change(account_id, account_id, 'viewer', null, null) from account
		where name = 'root'" >/dev/null 2>&1 &
	[ "$i" = 1 ] || wait $!
done
tap_case 'nor in a race' test "$(sql "select count(*) from account where role = 'admin'")" = 1
sql "insert into account (name, role) select 'many-' || lpad(i::text, 5, '0'), 'viewer' from generate_series(1, 10000) i" >/dev/null
hit -b "$admin_jar" -H 'Accept: application/json' "$url/accounts?q=many-"
tap_case 'a long list comes in pages' json_is "len(j['accounts']), j['next']" "(100, 'many-00100')"
hit -b "$admin_jar" -H 'Accept: application/json' "$url/accounts?q=many-&after=many-09950"
tap_case 'to its end' json_is "len(j['accounts']), j['next']" '(50, None)'
hit -b "$admin_jar" "$url/accounts?q=%3Cb%3E"
tap_case 'and can be searched' body_has '&lt;b&gt;nia&lt;/b&gt;</a>'

# ---- members ----
run=$(sql "select play.submit('sam', 'Tools')")
project=$(sql "select project_id from run where run_id = $run")
sql "select play.go($run)" >/dev/null
gate=$(sql "select play.gate($run)")
as() { who=$1; shift; hit -H "Authorization: Bearer $who" -H 'Content-Type: application/json' -H 'Accept: application/json' "$@"; }
as "$viewer" "$url/projects/$project"
tap_case 'a stranger does not see a project' is_status 404
form "/projects/$project/members" -d 'name=vi&role=viewer'
tap_case 'its owner shares it' is_status 303
tap_case 'which is in its audit' test "$(audited "$project")" = 'share  viewer'
as "$viewer" "$url/projects/$project"
tap_case 'then it is seen' is_status 200
as "$viewer" "$url/projects"
tap_case 'and listed' json_is "[p['id'] for p in j['projects']]" "[$project]"
as "$viewer" "$url/projects?q=tool"
tap_case 'and found' json_is "len(j['projects'])" 1
as "$viewer" "$url/"
tap_case 'and at home' json_is "[r['id'] for r in j['running']], j['your_turn']" "([$run], [])"
as "$viewer" -d '{"kind": "approve", "revision": 1}' "$url/gates/$gate/decision"
tap_case 'a viewer does not decide' is_status 403
as "$viewer" -d '{"name": "ana", "role": "viewer"}' "$url/projects/$project/members"
tap_case 'nor share' is_status 403
form "/projects/$project/members" -d 'name=vi&role=approver'
tap_case 'the role is changed' test "$(audited "$project")" = 'share viewer approver'
as "$viewer" "$url/api/v1/gates"
tap_case 'an approver of the project has the turn' json_is "[(g['id'], g['can_decide']) for g in j['gates']]" "[($gate, True)]"
as "$viewer" -d '{"kind": "approve", "revision": 1}' "$url/gates/$gate/decision"
tap_case 'and decides, whatever they are on the site' is_status 200
as "$viewer" -d "{\"name\": \"x\"}" "$url/projects"
tap_case 'where they are a viewer as before' is_status 403
form "/projects/$project/members" -d 'name=nobody&role=viewer'
tap_case 'an unknown name is told beside the field' body_has 'There is no account of the name nobody'
form "/projects/$project/members" -d 'name=sam&role=viewer'
tap_case 'the owner is no member' body_has 'sam owns the project.'
form "/projects/$project/members" -d 'name=vi&role=admin'
tap_case 'nobody administers a project' is_status 422
tap_case 'a database asked past the page agrees' denied "select member_set($(id vi), $project, 'ana', 'viewer')" 'owner and operators say'
hit -b "$jar" "$url/projects/$project/members"
tap_case 'the page lists them' body_has 'added '
form "/projects/$project/members/$(id vi)/remove"
tap_case 'they are removed' test "$(audited "$project")" = 'unshare approver '
as "$viewer" "$url/runs/$run"
tap_case 'and see it no more, decided or not' is_status 404
as "$viewer" "$url/gates/$gate"
tap_case 'nor the gate' is_status 404

# ---- guessing: addresses are as the proxy says, which here everybody is ----
account eve viewer 'correct horse battery'
kill "$nginx" && wait "$nginx"
PROXIES='set_real_ip_from 127.0.0.0/8;'
web_nginx
from() { address=$1; shift; hit -H "X-Forwarded-For: $address" -H 'Accept: application/json' "$@" "$url/sign-in"; }
right='password=correct horse battery'
from 198.51.100.1 -c "$web/eve" -d name=eve --data-urlencode "$right"
tap_case 'eve signs in at home' is_status 303
tap_case 'her browser is known from then on' grep -q botarmy-device "$web/eve"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	from "203.0.113.$i" -d 'name=eve&password=guess'
done
tap_case 'guesses from many addresses are slowed down' is_status 429
from 203.0.113.99 -d name=eve --data-urlencode "$right"
tap_case 'even right ones' is_status 429
tap_case 'which says for how long' json_is "'wait ' in j['detail']" True
from 198.51.100.1 -d name=eve --data-urlencode "$right"
tap_case 'from the address where she signed in she is let in' is_status 303
from 198.51.100.77 -b "$web/eve" -d name=eve --data-urlencode "$right"
tap_case 'and with her browser from anywhere' is_status 303
from 198.51.100.78 -b "$web/eve" -d name=sam -d password=guess
tap_case 'her browser is known for her account alone' is_status 422
from 203.0.113.99 -d name=ana -d password=guess
tap_case 'other accounts are as they were' is_status 422
kill "$responder" && wait "$responder"
web_responder
from 203.0.113.100 -d name=eve --data-urlencode "$right"
tap_case 'another process knows, too' is_status 429
sql "update sign_in_brake set at = at - interval '6 hours', next_at = now()" >/dev/null
from 203.0.113.101 -d name=eve --data-urlencode "$right"
tap_case 'it is forgiven in time' is_status 303
for i in $(seq 1 14); do
	from 198.51.100.1 -b "$web/eve" -d 'name=eve&password=guess'
done
tap_case 'a known browser does not guess freely either' is_status 429
tap_case 'what is kept has a bound' test "$(sql "select count(*) from sign_in_brake")" -lt 65536
tap_done

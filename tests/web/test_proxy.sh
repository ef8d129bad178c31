#!/bin/sh
# SPDX-License-Identifier: MIT
# Signing in by what a proxy in front says: believed from its networks alone, and for as long as it says it.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck disable=SC2034 # for web.sh
LOGIN_PROXIES='127.0.0.2 1;' LOGIN_HEADER='$http_x_remote_user' PROXIES='set_real_ip_from 127.0.0.0/8;'
WEB_SETTINGS='login_param = "BOTARMY_LOGIN"'
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start
jar=$web/jar
account ann submitter
account bob admin 'correct horse battery'

# The proxy has the address 127.0.0.2; everybody else is a client. It says from where the client comes.
proxy() { hit --interface 127.0.0.2 -H "X-Forwarded-For: 203.0.113.7" "$@"; }
proxied() {
	name=$1 want=$2
	shift 2
	proxy "$@"
	tap_case "$name" is_status "$want"
}
sessions() { sql "select count(*) from session join account using (account_id) where name = '$1'"; }

try 'a client that names itself is nobody' 303 -H 'X-Remote-User: bob' "$url/settings"
tap_case 'and is asked to sign in' header_is Location '/sign-in?next=%2Fsettings'
for header in 'BOTARMY_LOGIN: bob' 'BOTARMY-LOGIN: bob' 'X-BOTARMY-LOGIN: bob' 'X_Remote_User: bob' 'Remote-User: bob'; do
	try "nor by ${header%%:*}" 303 -H "$header" "$url/settings"
done
try 'nor by saying that it comes from the proxy' 303 -H 'X-Remote-User: bob' -H 'X-Forwarded-For: 127.0.0.2' "$url/settings"
tap_case 'no session came of it' test "$(sessions bob)" = 0

proxied 'whom the proxy names is in' 200 -c "$jar" -H 'X-Remote-User: ann' -H 'Accept: application/json' "$url/settings"
tap_case 'as who they are' json_is "j['name'], j['role']" "('ann', 'submitter')"
tap_case 'by a session that says how, and from where' json_is "[(s['via'], s['address']) for s in j['sessions']]" \
	"[('proxy', '203.0.113.7')]"
proxied 'it goes on' 200 -b "$jar" -H 'X-Remote-User: ann' "$url/"
tap_case 'by the same session' test "$(sessions ann)" = 1
code=$(curl -s --interface 127.0.0.2 -H 'X-Remote-User: ann' -b "$jar" "$url/settings" |
	sed -n 's/.*name="_csrf" value="\([0-9a-f]*\)".*/\1/p' | head -n 1)
proxied 'forms work' 303 -b "$jar" -H 'X-Remote-User: ann' -d "_csrf=$code&mail=true" "$url/settings/profile"

try 'the cookie alone, past the proxy, opens nothing' 303 -b "$jar" -H 'X-Remote-User: ann' "$url/settings"
tap_case 'and ends the session' test "$(sessions ann)" = 0
proxied 'the proxy signs in again' 200 -c "$jar" -H 'X-Remote-User: ann' "$url/"
proxied 'when it names nobody, the session ends' 303 -b "$jar" "$url/settings"
tap_case 'at once' test "$(sessions ann)" = 0
proxied 'signed in once more' 200 -c "$jar" -H 'X-Remote-User: ann' "$url/"
proxied 'when it names somebody else, it is theirs' 200 -b "$jar" -c "$jar" -H 'X-Remote-User: bob' -H 'Accept: application/json' "$url/settings"
tap_case 'not the one'\''s before' json_is "j['name'], len(j['sessions'])" "('bob', 1)"
tap_case 'which has ended' test "$(sessions ann)" = 0
proxied 'a list that is read ahead is theirs, too' 200 -H 'X-Remote-User: bob' -H 'Accept: application/json' "$url/projects"

proxied 'an unknown name is refused' 403 -H 'X-Remote-User: eve' "$url/"
tap_case 'and told why' body_has 'You are signed in as eve, who has no account here'
proxied 'so is a disabled one' 403 -H 'X-Remote-User: ann; drop' "$url/"
proxied 'an empty name is none' 303 -H 'X-Remote-User;' "$url/settings"
tap_case 'nobody was made of them' test "$(sql 'select count(*) from account')" = 2

try 'a password still signs in past the proxy' 303 -c "$jar" --data-urlencode 'password=correct horse battery' -d 'name=bob' "$url/sign-in"
try 'and stays' 200 -b "$jar" "$url/settings"
proxied 'but the proxy'\''s word is stronger' 200 -b "$jar" -H 'X-Remote-User: ann' -H 'Accept: application/json' "$url/settings"
tap_case 'as it names the person' json_is "j['name']" ann

kill "$responder" && wait "$responder"
echo 'login_create = 1' >>"$web/web.conf"
web_responder
proxied 'where a setting says so, an unknown name becomes a viewer' 200 -H 'X-Remote-User: new@example.org' -H 'Accept: application/json' "$url/settings"
tap_case 'and no more' json_is "j['name'], j['role']" "('new@example.org', 'viewer')"
tap_case 'which is in the audit' test "$(sql "select body ->> 'by' from audit where action = 'account_add' and body ->> 'role' = 'viewer'")" = proxy
sql "update account set disabled_at = now() where name = 'ann'" >/dev/null
proxied 'a disabled account is not made anew' 403 -H 'X-Remote-User: ann' "$url/"
proxied 'nor is what can be no name' 403 -H "X-Remote-User: $(printf '%065d' 0)" "$url/"
kill "$responder" && wait "$responder"
sed -i 's/^login_param.*/login_param = "HTTP_X_REMOTE_USER"/' "$web/web.conf"
refuses() { ! "$top_builddir/botarmy-web" --config "$web/web.conf" 2>"$web/said" && grep -q 'login_param' "$web/said"; }
tap_case 'a header of the client'\''s is no setting' refuses
responder=
tap_done

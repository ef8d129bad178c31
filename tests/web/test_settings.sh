#!/bin/sh
# SPDX-License-Identifier: MIT
# A person's own account: tokens, password, signed-in browsers.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start
jar=$web/jar other=$web/other

account ann submitter
sign_in "$link" "$jar"
code=$(csrf "$jar")
try 'the page shows the account' 200 -b "$jar" "$url/settings"
tap_case 'by name and role' body_has 'ann, submitter'
try 'a token needs a name' 422 -b "$jar" -d "_csrf=$code&name=++" "$url/settings/tokens"
tap_case 'beside the field' body_has 'Name is needed.'
try 'and something that it may do' 422 -b "$jar" -d "_csrf=$code&name=none" "$url/settings/tokens"
tap_case 'said beside the choices' body_has 'Choose at least one thing that the token may do.'
try 'a token is made' 200 -b "$jar" -d "_csrf=$code&read=true&days=30" --data-urlencode 'name=<i>laptop</i>' "$url/settings/tokens"
made=$(sed -n 's/.*id="token">\([A-Za-z0-9_-]*\)<.*/\1/p' "$web/body")
tap_case 'and shown' test ${#made} = 43
tap_case 'by a page that is kept nowhere' header_is Cache-Control no-store
tap_case 'its name is text' body_has '&lt;i&gt;laptop&lt;/i&gt;'
try 'it works' 200 -H "Authorization: Bearer $made" "$url/api/v1/projects"
try 'it is shown once' 200 -b "$jar" "$url/settings"
tap_case 'only' not body_has "$made"
id=$(sql "select api_token_id from api_token where token_hash = sha256('$made')")
account bob admin
tap_case 'it is good for as long as was said' test "$(sql "select expires_at::date - created_at::date from api_token where api_token_id = $id")" = 30
try 'and only for what was said' 403 -H "Authorization: Bearer $made" -H 'Content-Type: application/json' -d '{}' "$url/api/v1/projects"
tap_case 'which names what is missing' json_is "'scope \"submit\"' in j['detail']" True
sql "update api_token set expires_at = now() where api_token_id = $id" >/dev/null
try 'after its time it is refused' 401 -H "Authorization: Bearer $made" "$url/api/v1/projects"
sql "update api_token set expires_at = null where api_token_id = $id" >/dev/null
sign_in "$link" "$other"
bob=$(csrf "$other")
try 'a token of somebody else cannot be revoked' 404 -b "$other" -d "_csrf=$bob" -H 'Accept: application/json' "$url/settings/tokens/$id/revoke"
try 'it is revoked' 303 -b "$jar" -d "_csrf=$code" "$url/settings/tokens/$id/revoke"
tap_case 'and the page says so' header_is Location '/settings?done=revoked'
try 'it works no more' 401 -H "Authorization: Bearer $made" "$url/api/v1/projects"
try 'once' 404 -b "$jar" -d "_csrf=$code" "$url/settings/tokens/$id/revoke"
try 'a token makes no other' 403 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"name":"second","read":true}' "$url/settings/tokens"
try 'a script with a session makes one too' 201 -b "$other" -H "X-CSRF-Token: $bob" -H 'Content-Type: application/json' -d '{"name":"second","read":true}' "$url/settings/tokens"
tap_case 'and reads it' test "$(json "len(j['new_token'])")" = 43

sql "insert into sign_in_link (token_hash, account_id, expires_at)
	select sha256('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'), account_id, now() + interval '1 hour' from account where name = 'ann'" >/dev/null
sign_in AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "$other"
try 'two browsers are signed in' 200 -b "$jar" -H 'Accept: application/json' "$url/settings"
tap_case 'one of them this one' json_is "sorted(s['current'] for s in j['sessions'])" '[False, True]'
try 'a short password is refused' 422 -b "$jar" -d "_csrf=$code&current=&password=short" "$url/settings/password"
tap_case 'beside the field' body_has 'has 10 to 200 characters'
try 'the first password needs no old one' 303 -b "$jar" -d "_csrf=$code&current=&password=first+long+password" "$url/settings/password"
try 'this browser stays' 200 -b "$jar" "$url/settings"
try 'the other one is out' 303 -b "$other" "$url/settings"
try 'the next needs the old one' 403 -b "$jar" -d "_csrf=$code&current=wrong+old+password&password=second+long+password" "$url/settings/password"
tap_case 'and says so beside it' body_has 'That is not the present password.'
tap_case 'and shows neither' not body_has 'second long password'
try 'with it, it is changed' 303 -b "$jar" -d "_csrf=$code&current=first+long+password&password=second+long+password" "$url/settings/password"
try 'the new one signs in' 303 -c "$other" -d 'name=ann&password=second+long+password' "$url/sign-in"
try 'the old one does not' 422 -d 'name=ann&password=first+long+password' "$url/sign-in"
hit -b "$jar" -H 'Accept: application/json' "$url/settings"
tap_case 'each browser is told by what it calls itself and where it is' json_is "[(s['via'], s['address'], 'curl' in s['agent']) for s in j['sessions']]" \
	"[('link', '127.0.0.1', True), ('password', '127.0.0.1', True)]"
id=$(json "[s['id'] for s in j['sessions'] if not s['current']][0]")
try 'one can be ended' 303 -b "$jar" -d "_csrf=$code" "$url/settings/sessions/$id/end"
try 'and is' 303 -b "$other" "$url/settings"
try 'this one stays' 200 -b "$jar" "$url/settings"
account eve submitter
sign_in "$link" "$web/eve"
id=$(sql "select session_id from session join account using (account_id) where name = 'ann'")
try 'not by somebody else' 404 -b "$web/eve" -d "_csrf=$(csrf "$web/eve")" "$url/settings/sessions/$id/end"
try 'in again' 303 -c "$other" -d 'name=ann&password=second+long+password' "$url/sign-in"
try 'all others can be ended' 303 -b "$jar" -d "_csrf=$code" "$url/settings/sessions/end"
try 'and are' 303 -b "$other" "$url/settings"
try 'an address and switches are kept' 303 -b "$jar" --data-urlencode 'email=ann@example.org' -d "_csrf=$code&mail=true" "$url/settings/profile"
hit -b "$jar" -H 'Accept: application/json' "$url/settings"
tap_case 'as they were set' json_is "j['email'], j['mail'], j['shortcuts']" "('ann@example.org', True, False)"
try 'what is none is refused' 422 -b "$jar" --data-urlencode 'email=<b>@x' -d "_csrf=$code" "$url/settings/profile"
tap_case 'and kept to be mended' body_has 'value="&lt;b&gt;@x"'
try 'nobody shares one' 409 -b "$web/eve" --data-urlencode 'email=ANN@example.org' -d "_csrf=$(csrf "$web/eve")" "$url/settings/profile"
for done in profile:Saved session:'That browser' password:'The password is changed' revoked:'The token is revoked' sessions:'All other browsers'; do
	try "after ${done%%:*} the page" 200 -b "$jar" "$url/settings?done=${done%%:*}"
	tap_case 'says what was done' body_has "${done#*:}"
done
sql "insert into api_token (account_id, name, token_hash)
	select account_id, 'many', sha256(convert_to('many' || n, 'UTF8')) from account, generate_series(1, 50) n
	where name = 'ann'" >/dev/null
try 'there is an end to tokens' 409 -b "$jar" -d "_csrf=$code&name=more&read=true" "$url/settings/tokens"
tap_case 'told beside the field' body_has 'There are 50 tokens already; revoke one first.'
try 'what is no text is no password' 422 -b "$jar" -H "X-CSRF-Token: $code" -H 'Content-Type: application/json' \
	-d '{"current":"","password":5}' "$url/settings/password"
tap_case 'as a problem says' json_is "j['errors'][0]['pointer']" /password
for path in profile password tokens tokens/1/revoke sessions/end sessions/1/end; do
	try "POST /settings/$path needs the form token" 403 -b "$jar" -X POST "$url/settings/$path"
	try "POST /settings/$path is for people who are known" 401 -X POST "$url/settings/$path"
done
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# Coming in, staying in, and going out: links, passwords, cookies, sessions.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start
jar=$web/jar

try 'a stranger who opens a page is asked to sign in' 303 "$url/projects?state=done"
tap_case 'and comes back to it' header_is Location '/sign-in?next=%2Fprojects%3Fstate%3Ddone'
try 'a stranger who asks for JSON gets 401' 401 -H 'Accept: application/json' "$url/projects"
tap_case 'as a problem' problem
tap_case 'that names the scheme' header_has WWW-Authenticate Bearer
try 'the sign-in page is for everybody' 200 "$url/sign-in?next=/settings"
tap_case 'and remembers where to go' body_has 'name="next" value="/settings"'
try 'it goes to no other site' 200 "$url/sign-in?next=//evil.example/"
tap_case 'but home' body_has 'name="next" value="/"'

account ann approver 'correct horse battery'
try 'looking at a link uses nothing up' 200 "$url/sign-in/$link"
tap_case 'and sets no cookie but that of its form' test -z "$(header Set-Cookie | grep -v '^botarmy-form=')"
tap_case 'and names the account' body_has '<strong>ann</strong>'
try 'looking again works' 200 "$url/sign-in/$link"
try 'a link that never was is not there' 404 "$url/sign-in/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
try 'nor is what is no token' 404 -X POST "$url/sign-in/x"
try 'another site cannot press the button' 403 -X POST -H 'Origin: http://evil.example' "$url/sign-in/$link"
try 'nor can one that the browser calls foreign' 403 -X POST -H 'Sec-Fetch-Site: cross-site' "$url/sign-in/$link"
try 'a browser must show the token of the page' 403 -X POST -H "Origin: $origin" "$url/sign-in/$link"
curl -s -c "$web/form-jar" -o "$web/page" "$url/sign-in/$link"
token=$(sed -n 's/.*name="_csrf" value="\([0-9a-f]*\)".*/\1/p' "$web/page" | head -n 1)
try 'a token without its cookie is none' 403 -H "Origin: $origin" -d "_csrf=$token" "$url/sign-in/$link"
try 'the button signs in' 303 -b "$web/form-jar" -c "$jar" -H "Origin: $origin" -d "_csrf=$token" "$url/sign-in/$link"
cookie=$(header Set-Cookie | grep '^botarmy=')
for part in HttpOnly SameSite=Lax Path=/ 'Max-Age='; do
	tap_case "the cookie has $part" header_has Set-Cookie "$part"
done
tap_case 'the cookie holds 256 bits' expr "$cookie" : 'botarmy=[A-Za-z0-9_-]\{43\};'
session=$(expr "$cookie" : 'botarmy=\([^;]*\)')
tap_case 'the database knows only its hash' test "$(sql "select count(*) from session where token_hash = sha256('$session')")" = 1
try 'the link works once' 404 -X POST "$url/sign-in/$link"
try 'the session opens pages' 200 -b "$jar" "$url/"
tap_case 'that know the name' body_has '>ann<'
tap_case 'no answer to a person is kept by others' header_is Cache-Control 'private, no-cache'

code=$(csrf "$jar")
try 'signing out needs the form token' 403 -b "$jar" -X POST "$url/sign-out"
try 'a token of another session does not do' 403 -b "$jar" -d "_csrf=$(printf '%064d' 0)" "$url/sign-out"
try 'signing out works' 303 -b "$jar" -d "_csrf=$code" "$url/sign-out"
tap_case 'and removes the cookie' header_has Set-Cookie 'Max-Age=0'
try 'the old cookie opens nothing' 303 -b "botarmy=$session" "$url/"

try 'a wrong password is refused' 422 -d 'name=ann&password=wrong+horse+battery' "$url/sign-in"
tap_case 'in words that tell nothing' body_has 'do not belong together'
tap_case 'with the name still there' body_has 'value="ann"'
tap_case 'without the password' not body_has 'wrong horse'
try 'an unknown name gets the same answer' 422 -d 'name=bob&password=wrong+horse+battery' "$url/sign-in"
tap_case 'word for word' body_has 'do not belong together'
try 'a password signs in' 303 -c "$jar" --data-urlencode 'password=correct horse battery' -d 'name=ann&next=/settings' "$url/sign-in"
tap_case 'and leads on' header_is Location /settings
try 'but to no other site' 303 --data-urlencode 'password=correct horse battery' -d 'name=ann&next=//evil.example' "$url/sign-in"
tap_case 'only home' header_is Location /
try 'JSON signs in as well' 303 -H 'Content-Type: application/json' -d '{"name":"ann","password":"correct horse battery"}' "$url/sign-in"

sql "update session set seen_at = now() - interval '1 day'" >/dev/null
try 'a session that was idle for long has ended' 303 -b "$jar" "$url/"
account cleo viewer
sign_in "$link" "$jar"
sql "update session set seen_at = now() - interval '2 minutes'" >/dev/null
try 'a session in use goes on' 200 -b "$jar" "$url/"
tap_case 'and its use is noted' test "$(sql "select count(*) from session where seen_at > now() - interval '1 minute'")" = 1
sql "update session set expires_at = now()" >/dev/null
try 'a session ends in any case' 303 -b "$jar" "$url/"

account dora viewer
sign_in "$link" "$jar"
sql "update account set disabled_at = now() where name = 'dora'" >/dev/null
try 'a disabled account is out at once' 303 -b "$jar" "$url/"
try 'with its tokens' 401 -H "Authorization: Bearer $token" "$url/api/v1/projects"

account eve viewer 'correct horse battery'
for _ in 1 2 3 4 5 6 7 8 9 10 11; do
	sleep 0.3 # nginx slows this address down by itself
	hit -H 'Accept: application/json' -d 'name=eve&password=guess' "$url/sign-in"
done
tap_case 'guessing is slowed down' is_status 429
tap_case 'and told when to come back' test -n "$(header Retry-After)"
hit -c "$jar" -X POST "$url/sign-in/$link"
tap_case 'a link still lets the person in' is_status 303

try 'the theme is kept in a cookie' 303 -d 'theme=dark&next=/projects' "$url/theme"
tap_case 'for the whole site' header_has Set-Cookie 'theme=dark; Path=/'
try 'a theme that is none is refused' 422 -H 'Accept: application/json' -d 'theme=%22%3E' "$url/theme"
tap_case 'no log has a token' not grep -rqE "$session|$token" "$web/log"
tap_done

#!/bin/sh
# SPDX-License-Identifier: MIT
# What cannot be read, is not there, or may not be: each with its status, as a page and as a problem.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start /sub
account ann admin

# refused NAME STATUS ARGUMENTS…: as JSON and as a page.
refused() {
	what=$1 code=$2
	shift 2
	try "$what: $code" "$code" -H 'Accept: application/json' "$@"
	tap_case "$what: as a problem" problem
	tap_case "$what: with the security headers" header_has Content-Security-Policy "default-src 'none'"
	try "$what: $code as a page" "$code" -H 'Accept: text/html' "$@"
	tap_case "$what: in words" body_has '<h1'
	tap_case "$what: kept nowhere" header_is Cache-Control no-store
}
refused 'nothing there' 404 -H "Authorization: Bearer $token" "$url/nothing"
refused 'another method' 405 -X DELETE -H "Authorization: Bearer $token" "$url/projects"
tap_case 'another method: says which' header_is Allow 'GET, HEAD, POST'
refused 'a path with dots' 400 --path-as-is "$url/projects/%2e%2e/x"
refused 'a path with an empty part' 400 "$url/projects//x"
refused 'an escaped slash' 400 "$url/projects/a%2Fb"
refused 'a query with a NUL' 400 "$url/projects?q=%00"
refused 'a query that is not UTF-8' 400 "$url/projects?q=%ff"
refused 'a broken form' 400 -d 'name=%zz' "$url/sign-in"
refused 'another content type' 400 -H 'Content-Type: text/plain' -d 'x' "$url/sign-in"
refused 'a wrong token' 401 -H 'Authorization: Bearer wrong' "$url/projects"
head -c 1100000 /dev/zero | tr '\0' 'a' >"$web/big"
refused 'too much' 413 -H 'Content-Type: application/json' --data-binary "@$web/big" "$url/sign-in"
cat "$web/big" "$web/big" "$web/big" >"$web/bigger"
refused 'too much of a form' 413 -H 'Content-Type: application/x-www-form-urlencoded' --data-binary "@$web/bigger" \
	"$url/sign-in"
refused 'no JSON' 400 -H 'Content-Type: application/json' -d "{'a':1}" "$url/sign-in"
tap_case 'no JSON: says where' body_has 'at byte 1'

try 'health is for everybody' 200 "$url/healthz"
tap_case 'and short' json_is "j['status']" ok
try 'readiness as well' 200 "$url/readyz"
tap_case 'with its checks' json_is "j['checks']['database'], j['checks']['schema']" "('ok', 'ok')"
tap_case 'a runner that nobody saw is no failure' json_is "j['checks']['runner']" 'not seen for two minutes'
sql 'update schema_migration set version = version + 1000' >/dev/null
try 'another schema is' 503 "$url/readyz"
tap_case 'and is named' json_is "j['status'], j['checks']['schema']" "('failing', 'failing')"

jar=$web/jar
try 'under a sub-path a link signs in' 303 -c "$jar" -X POST "$url/sign-in/$link"
tap_case 'leading below it' header_is Location /sub/
tap_case 'with a cookie for it' header_has Set-Cookie 'Path=/sub'
try 'pages work there' 200 -b "$jar" "$url/projects"
tap_case 'and so do their links' body_has 'href="/sub/projects/new"'
tap_case 'all of them' not grep -qE '(href|action|src)="/[^s]' "$web/body"
tap_case 'nothing lies beside it' test "$(curl -s -o /dev/null -w '%{http_code}' "$origin/projects")" = 404
tap_done

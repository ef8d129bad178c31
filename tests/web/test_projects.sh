#!/bin/sh
# SPDX-License-Identifier: MIT
# Projects by form and by JSON: made once, listed in pages, seen only by whom they concern.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start
jar=$web/jar

account viv viewer
viewer=$token
account sam submitter
submitter=$token
sign_in "$link" "$jar"
account amy approver
approver=$token
code=$(csrf "$jar")
json_post() { hit -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$2" "$url/api/v1/projects"; }

try 'the form is there' 200 -b "$jar" "$url/projects/new"
key=$(sed -n 's/.*name="submit_key" value="\([^"]*\)".*/\1/p' "$web/body")
tap_case 'with a key of its own' test -n "$key"
tap_case 'and the workflow that is usual' body_has 'value="sdlc" checked'
try 'a viewer has no form' 403 -H "Authorization: Bearer $viewer" "$url/projects/new"
try 'without the form token nothing is made' 403 -b "$jar" -d 'name=a&brief=b' "$url/projects"
try 'mistakes come back' 422 -b "$jar" -d "_csrf=$code&submit_key=$key&cap_usd=x" \
	--data-urlencode 'brief=<b>"keep" & me</b>' "$url/projects"
tap_case 'beside the field' body_has 'Name is needed.'
tap_case 'each of them' body_has 'Spend cap must be an amount'
tap_case 'with what was typed, literally' body_has '&lt;b&gt;&quot;keep&quot; &amp; me&lt;/b&gt;'
tap_case 'and the same key' body_has "value=\"$key\""
try 'a workflow that there is not is refused' 422 -b "$jar" -d "_csrf=$code&name=a&brief=b&workflow=x&stack=y" "$url/projects"
tap_case 'as is a stack' body_has 'Stack: there is none'
tap_case 'nothing was made' test "$(sql 'select count(*) from project')" = 0

xss='<script>alert(1)</script>'
send() {
	try "$1" 303 -b "$jar" -d "_csrf=$code&submit_key=$key&workflow=direct&stack=python-stdlib&cap_usd=2.5" \
		--data-urlencode "name=$xss" --data-urlencode "brief=# Hi
$xss [x](javascript:alert(1))$2" "$url/projects"
}
send 'a form makes a project'
tap_case 'and leads to its run' header_is Location /runs/1
send 'sent twice'
tap_case 'it leads to the same run' header_is Location /runs/1
tap_case 'and made one project' test "$(sql 'select count(*) from project')" = 1
tap_case 'with its cap' test "$(sql "select cap_usd from budget where kind = '4-project'")" = 2.500000000
tap_case 'in the workflow asked for' test "$(sql 'select name from workflow join run using (graph_id)')" = direct

try 'the project has a page' 200 -b "$jar" "$url/projects/1"
tap_case 'that shows hostile text as text' not body_has "$xss"
tap_case 'without losing any of it' body_has '&lt;script&gt;alert(1)&lt;/script&gt;'
tap_case 'or keeping its links' not body_has 'href="javascript'
try 'the list shows it too' 200 -b "$jar" "$url/projects"
tap_case 'as text' body_has '&lt;script&gt;alert(1)&lt;/script&gt;'
try 'JSON has it as it is' 200 -b "$jar" -H 'Accept: application/json' "$url/projects/1"
tap_case 'character by character' json_is "j['name']" "$xss"
tap_case 'and nothing that is for pages only' json_is "[k for k in j if k[0] == '_']" '[]'
try 'a project that is not there' 404 -b "$jar" "$url/projects/99"
try 'or cannot be' 404 -b "$jar" "$url/projects/x"

json_post "$submitter" '{"name":"Tool library","brief":"Lend tools."}'
tap_case 'JSON makes a project' is_status 201
tap_case 'and says which' json_is 'sorted(j)' "['id', 'run_id']"
tap_case 'and where' header_has Location /api/v1/runs/
tap_case 'with the usual workflow' test "$(sql 'select w.name from workflow w join run using (graph_id) order by run_id desc limit 1')" = sdlc
json_post "$submitter" '{"name":"","brief":5,"colour":"red"}'
tap_case 'wrong JSON is refused' is_status 422
tap_case 'as a problem' problem
tap_case 'that points at each field' json_is "sorted(e['pointer'] for e in j['errors'])" "['/brief', '/colour', '/name']"
json_post "$submitter" '{"name":"x",}'
tap_case 'what is no JSON is malformed' is_status 400
json_post "$viewer" '{"name":"x","brief":"y"}'
tap_case 'a viewer makes nothing' is_status 403
json_post nonsense '{"name":"x","brief":"y"}'
tap_case 'nor does a stranger' is_status 401
try 'JSON with a cookie needs the header' 403 -b "$jar" -H 'Content-Type: application/json' -d '{"name":"x","brief":"y"}' "$url/api/v1/projects"
try 'and works with it' 201 -b "$jar" -H "X-CSRF-Token: $code" -H 'Content-Type: application/json' -d '{"name":"x","brief":"y"}' "$url/api/v1/projects"

json_post "$approver" '{"name":"Secret of Amy","brief":"y"}'
other=$(json "j['id']")
try 'what belongs to others is not there' 404 -H "Authorization: Bearer $submitter" "$url/api/v1/projects/$other"
try 'nor in the list' 200 -H "Authorization: Bearer $submitter" "$url/api/v1/projects"
tap_case 'which has only own ones' not body_has 'Secret of Amy'
try 'an approver sees everything' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects"
tap_case 'of everybody' json_is "len(j['projects'])" 4

try 'a page of the list' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects?limit=3"
tap_case 'begins with the newest' json_is "[p['id'] for p in j['projects']][0]" "$other"
tap_case 'says that there is more' header_has Link 'rel="next"'
after=$(json "j['next']")
tap_case 'by an opaque cursor' test "$after" != None
try 'the next page' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects?limit=3&after=$after"
tap_case 'has the rest' json_is "[p['id'] for p in j['projects']]" '[1]'
tap_case 'and is the last' json_is "j['next']" None
tap_case 'with no link' test -z "$(header Link)"
try 'exactly full is the last as well' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects?limit=4"
tap_case 'without a next' json_is "j['next']" None
try 'a filtered page of the list' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects?limit=1&state=queued&q=%20"
tap_case 'leads to the next one of the same' header_has Link '&limit=1&state=queued&q=%20>'
for bad in "q=$(printf '%0201d' 0)" 'limit=0' 'limit=101' 'limit=x' 'after=x' 'after=ffffffffffffffff' 'state=x'; do
	try "$bad is refused" 422 -H "Authorization: Bearer $approver" "$url/api/v1/projects?$bad"
done
sql 'select run_cancel(run_id, 1) from run where project_id = 1' >/dev/null
try 'a state filters' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects?state=cancelled"
tap_case 'the list' json_is "[p['id'] for p in j['projects']]" '[1]'
try 'a word filters' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects?q=LIBRARY"
tap_case 'by the name, in any case' json_is "[p['name'] for p in j['projects']]" "['Tool library']"
try 'a word with a sign of its own' 200 -H "Authorization: Bearer $approver" "$url/api/v1/projects?q=%25"
tap_case 'means only itself' json_is "j['projects']" '[]'
try 'the same for owners' 200 -H "Authorization: Bearer $submitter" "$url/api/v1/projects?q=secret"
tap_case 'who do not find what is not theirs' json_is "j['projects']" '[]'

tag=$(curl -s -D - -o /dev/null -b "$jar" "$url/projects/1" | sed -n 's/^ETag: \(.*\)\r$/\1/Ip')
try 'a page that has not changed is not sent again' 304 -b "$jar" -H "If-None-Match: $tag" "$url/projects/1"
try 'HEAD has the headers' 200 -I -b "$jar" "$url/projects/1"
try 'home shows what is at work' 200 -b "$jar" "$url/"
tap_case 'by name' body_has 'Tool library'
try 'and as JSON' 200 -H "Authorization: Bearer $submitter" -H 'Accept: application/json' "$url/"
tap_case 'in three lists' json_is "sorted(j)" "['recent', 'runner', 'running', 'spent_today_usd', 'tokens_today', 'your_turn']"
tap_case 'and the ended ones' json_is "[r['state'] for r in j['recent']]" "['cancelled']"
try 'its moving part alone' 200 -b "$jar" "$url/?fragment=1"
tap_case 'is no whole page' not body_has '<html'
# Escaped for a form each of these characters has nine bytes.
{
	printf %s "_csrf=$code&workflow=direct&stack=python-stdlib&name=Books&brief="
	python3 -c 'print("%E4%B9%A6" * 200000, end="")'
} >"$web/long"
try 'the longest brief is taken, whatever its script' 303 -b "$jar" --data-binary "@$web/long" "$url/projects"
tap_case 'whole' test "$(sql 'select max(length(brief)) from project')" = 200000

tap_done

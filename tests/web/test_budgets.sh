#!/bin/sh
# SPDX-License-Identifier: MIT
# Caps: who sets which, what is refused and how, what the gate of a reached cap says, and what raising does.
# shellcheck disable=SC2317,SC2016 # cases are called by name; dollars are money
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"
psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/parallel.sql" >/dev/null || exit 99
account vi viewer
viewer=$token
account eve submitter
eve=$token
account sam submitter
sam=$token
account ana approver
ana=$token
account ope operator
ope=$token jar=$web/jar
sign_in "$link" "$jar"
code=$(csrf "$jar")

get() { hit -H "Authorization: Bearer $1" "$url/api/v1$2"; }
post() { hit -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$3" "$url/api/v1$2"; }
page() { hit -b "$jar" "$url$1"; }
form() { path=$1; shift; hit -b "$jar" --data-urlencode "_csrf=$code" "$@" "$url$path"; }
cap() { sql "select trim_scale(cap_usd) from budget where kind = '$1' and key = $2"; }
of() { json "[b['cap_usd'] for b in j['budgets'] if b['kind'] == '$1']"; }
of_is() { [ "$(of "$1")" = "$2" ] || { of "$1"; return 1; }; }
run=$(sql "select play.parallel('sam', 'Tools', 1)")
project=$(sql "select project_id from run where run_id = $run")

# ---- who ----
for who in "$viewer" "$sam" "$ana"; do
	get "$who" /budgets
	tap_case 'caps are for operators to see' is_status 403
	post "$who" /budgets '{"kind": "site", "cap_usd": 5}'
	tap_case 'and to set' is_status 403
done
tap_case 'nothing was set' test -z "$(cap 1-site 0)"
page /
tap_case 'an operator finds the page' body_has 'href="/budgets"'

# ---- setting ----
post "$ope" /budgets '{"kind": "site", "cap_usd": 100.000001}'
tap_case 'a cap of the site' of_is site '[100.000001]'
tap_case 'is kept to the last digit' test "$(cap 1-site 0)" = 100.000001
form /budgets -d 'kind=day&cap_usd=0.10'
tap_case 'a form sets the one of each day' header_is Location /budgets
tap_case 'for this day too' test "$(cap 2-day 'floor(extract(epoch from now()) / 86400)')" = 0.1
post "$ope" /budgets '{"kind": "account", "name": "sam", "cap_usd": 3}'
tap_case 'an account'\''s' of_is account '[3]'
post "$ope" /budgets "{\"kind\": \"project\", \"name\": \"$project\", \"cap_usd\": 2.5}"
tap_case 'a project'\''s' test "$(cap 4-project "$project")" = 2.5
page /budgets
tap_case 'the page has them' body_has 'Account sam'
tap_case 'each with its amount' body_has '$100.000001'
form /budgets -d 'kind=account&name=sam&lift=true'
tap_case 'a cap is lifted' test -z "$(cap 3-account "(select account_id from account where name = 'sam')")"
tap_case 'in the audit, too' test "$(sql "select count(*) from audit where action = 'budget'")" = 5

# ---- refusals ----
refused() { # refused STATUS FIELD
	[ "$status" = "$1" ] && json_is "j['errors'][0]['pointer']" "/$2"
}
post "$ope" /budgets '{"kind": "site"}'
tap_case 'an amount that is missing lifts nothing' refused 422 cap_usd
post "$ope" /budgets '{"kind": "site", "cap_usd": null}'
tap_case 'nor does null' refused 422 cap_usd
post "$ope" /budgets '{"kind": "site", "cap_usd": 5, "lift": true}'
tap_case 'both at once is refused' refused 422 cap_usd
for amount in -1 1e3 1000001 0.0000001 '"five"' '"1,50"'; do
	post "$ope" /budgets "{\"kind\": \"site\", \"cap_usd\": $amount}"
	tap_case "an amount of $amount is refused" refused 422 cap_usd
done
post "$ope" /budgets '{"kind": "moon", "cap_usd": 5}'
tap_case 'a kind that there is not' refused 422 kind
post "$ope" /budgets '{"kind": "account", "name": "nobody-here", "cap_usd": 5}'
tap_case 'an account that there is not' refused 404 name
post "$ope" /budgets '{"kind": "project", "name": "one", "cap_usd": 5}'
tap_case 'a project without a number' refused 422 name
post "$ope" /budgets '{"kind": "project", "name": "99999", "cap_usd": 5}'
tap_case 'a project that there is not' is_status 404
form /budgets -d 'kind=account&name=nobody-here' --data-urlencode 'cap_usd=5 dollars'
tap_case 'a form keeps what was typed' body_has 'value="5 dollars"'
tap_case 'and what was chosen' body_has '<option value="account" selected>'
hit -b "$jar" -d 'kind=site&cap_usd=1' "$url/budgets"
tap_case 'a form without its token' is_status 403
tap_case 'nothing was changed by any' test "$(cap 1-site 0)" = 100.000001

# ---- a project's own ----
post "$sam" "/projects/$project/cap" '{"cap_usd": 1}'
tap_case 'the owner sets a project'\''s cap' json_is "j['cap_usd'], j['spent_usd']" '(1, 0)'
post "$eve" "/projects/$project/cap" '{"cap_usd": 9}'
tap_case 'a stranger does not' is_status 404
post "$ana" "/projects/$project/cap" '{"lift": true}'
tap_case 'an approver may' json_is "j['cap_usd']" None
form "/projects/$project/cap" -d cap_usd=lots
tap_case 'a wrong amount comes back' body_has 'value="lots"'
form "/projects/$project/cap" -d cap_usd=1.00
tap_case 'a form sets it' header_is Location "/projects/$project"
page "/projects/$project"
tap_case 'and the page shows it' body_has '<dd class="num" id="cap-now">$1.00</dd>'

# ---- a gate of caps ----
g=$(sql "select play.ask($run, 'analyst', 'budget', 'over', jsonb_build_array(
	jsonb_build_object('kind', '1-site', 'key', 0, 'need', 0.251), jsonb_build_object('kind', '4-project', 'key', $project, 'need', 0.5)))")
get "$sam" "/gates/$g"
tap_case 'a reached cap names all in the way' json_is "[(b['kind'], b['need_usd']) for b in j['budgets']]" "[('site', 0.251), ('project', 0.5)]"
page "/gates/$g"
tap_case 'and what raising makes of them' body_has '$100.260001'
post "$sam" "/gates/$g/decision" '{"kind": "approve", "revision": 0}'
tap_case 'the site'\''s is not the owner'\''s to raise' is_status 403
post "$ope" "/gates/$g/decision" '{"kind": "approve", "revision": 0}'
tap_case 'an operator raises them' test "$(cap 1-site 0) $(cap 4-project "$project")" = '100.260001 1.5'
tap_case 'and the run goes on' json_is "j['run_state']" running

# ---- what was spent ----
sql "insert into llm_call (run_id, node, revision, call_no, owner, provider, model, request_hash, state)
	select $run, 'analyst', 1, i, gen_random_uuid(), 'openai', 'm', sha256('x'), 'lost' from generate_series(1, 2) i;
	insert into budget_hold (call_id, amount_usd, day, account_id, project_id, spent_usd, unconfirmed, settled_at)
	select call_id, 0.25, floor(extract(epoch from now()) / 86400), r.tenant_id, r.project_id, 0.25, call_no = 1, now()
	from llm_call join run r using (run_id)"
get "$ope" /budgets
tap_case 'what is unconfirmed is told' json_is "[b['unconfirmed_usd'] for b in j['budgets'] if b['kind'] in ('site', 'today', 'project')]" \
	'[0.25, 0.25, 0.25]'
sql "delete from budget where kind = '2-day'"
hit -H "Authorization: Bearer $sam" -H 'Accept: application/json' "$url/"
tap_case 'without a cap of days the day is summed up' json_is "j['spent_today_usd']" 0.5
tap_done

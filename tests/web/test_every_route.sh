#!/bin/sh
# SPDX-License-Identifier: MIT
# Every row of src/web/routes.c answers a good request and refuses a bad one: a row without both here
# fails. Views have the keys that docs/views.md names, and a refusal is a problem in JSON.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/play.sh
. "$top_srcdir/tests/lib/play.sh"

psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/reviews.sql" >/dev/null || exit 99
account vi viewer
viewer=$token
account eve submitter
stranger=$token
account sam submitter 'correct horse battery'
sam=$token jar=$web/jar
sign_in "$link" "$jar"
code=$(csrf "$jar")
account ope operator
operator=$token operator_jar=$web/operator_jar
sign_in "$link" "$operator_jar"
operator_code=$(csrf "$operator_jar")
account lea viewer
fresh=$link lea_token=$token
submitted() { sql "select play.submit('sam', '$1', 5)"; }
gate_of() { sql "select play.gate($1)"; }
finished=$(submitted Tools)
project=$(sql "select project_id from run where run_id = $finished")
waiting=$(submitted Rooms) held=$(submitted Held) held_too=$(submitted 'Held too')
doomed=$(submitted Doomed) doomed_too=$(submitted 'Doomed too') second=$(submitted Boats)
again=$(submitted Again)
for run in "$finished" "$waiting" "$second" "$again"; do
	sql "select play.go($run)" >/dev/null
done
for _ in 1 2; do
	sql "select gate_decide($(gate_of "$finished"), 1, 'approve', '', account_id) from account where name = 'sam';
		select play.go($finished)" >/dev/null
done
gate=$(gate_of "$waiting") gate_too=$(gate_of "$second")
linked=$(submitted Linked)
sql "select play.go($linked)" >/dev/null
gate_by_link=$(gate_of "$linked")

# keys VIEW: what docs/views.md says that it has, one line.
keys() {
	python3 -c '
import re, sys
text = re.search(r"^%s +(\{.*)" % sys.argv[1], open(sys.argv[2]).read(), re.M | re.S)[1]
found, depth, word = set(), 0, ""
for line in text.split("\n"):
	line = re.sub(r"(?<=\S)  +.*", "", line)       # remarks
	line = re.sub(r"\([^)]*\)|\"[^\"]*\"", "", line).strip()
	for c in line + "\n":
		depth += (c in "[{") - (c in "]}")
		if depth <= 1 and c in ",}\n{":
			name = re.match(r"[ |]*([a-z_]\w*)", word)
			found |= {name[1]} - {"null"} if name else set()
			word = ""
		elif depth == 1:
			word += c
		if depth == 0:
			print(*sorted(k for k in found if k[0] != "_"))
			sys.exit()
' "$1" "$top_srcdir/docs/views.md"
}

# route METHOD PATTERN [VIEW]: what follows is about this row.
route() {
	method=$1 pattern=$2 view=${3-}
	regex=$(printf '%s' "$2" | sed 's/[.]/[.]/g; s/:[a-z]*/[^\/?]+/g; s/\*[a-z]*/[^?]+/g')
}
accept=application/json
# asks PATH ARGUMENTS…: a request that this row answers.
asks() {
	path=$1
	shift
	printf '%s\n' "$path" | grep -qxE "$regex(\?.*)?" || path=/no/path/of/the/row
	hit -X "$method" -H "Accept: $accept" "$@" "$url$path"
}
has_view() { json_is "' '.join(sorted(j))" "$(keys "$view")"; }
# good STATUS PATH ARGUMENTS…
good() {
	want=$1
	shift
	asks "$@"
	tap_case "$method $pattern answers" is_status "$want"
	case $status in [23]??) echo "$method $pattern" >>"$web/good" ;; esac
	[ -z "$view" ] || tap_case "$method $pattern: the view is $view" has_view
	case $pattern in /api/* | *z | *.zip | *.jsonl) return ;; esac
	[ "$method" = GET ] || return
	shift
	hit -H 'Accept: text/html' "$@" "$url$path"
	tap_case "$method $pattern: is a page too" body_has '</h1>'
}
# bad STATUS PATH ARGUMENTS…
bad() {
	want=$1
	shift
	asks "$@"
	tap_case "$method $pattern refuses" is_status "$want"
	tap_case "$method $pattern: as a problem" problem
	case $status in 4??) echo "$method $pattern" >>"$web/bad" ;; esac
}
# form STATUS PATH ARGUMENTS…: a good request of a page's form.
form() {
	accept=text/html
	good "$@" -b "$jar" -d "_csrf=$code"
	accept=application/json
}
me="Authorization: Bearer $sam" other="Authorization: Bearer $viewer" typed='Content-Type: application/json'
brief='{"name": "Lending", "brief": "Members of a club borrow tools and bring them back.", "workflow": "sdlc",
	"stack": "python-stdlib", "submit_key": "5e0a1c52-8a32-4c3e-9d7b-0d4a4c1f9a01"}'
word='{"kind": "approve", "revision": 1}'

route GET / home
good 200 / -H "$me"
bad 401 /
route GET /healthz
good 200 /healthz
bad 400 '/healthz?q=%00'
route GET /readyz health
good 200 /readyz
bad 400 '/readyz?q=%ff'

route GET /sign-in sign_in
good 200 /sign-in
bad 400 '/sign-in?next=%00'
route POST /sign-in
good 303 /sign-in -d 'name=sam&password=correct+horse+battery'
bad 422 /sign-in -d 'name=sam&password=wrong+horse+battery'
route GET /sign-in/:token sign_in_link
good 200 "/sign-in/$fresh"
bad 404 /sign-in/none
route POST /sign-in/:token
bad 403 "/sign-in/$fresh" -H 'Origin: http://evil.example'
good 303 "/sign-in/$fresh"
route POST /theme
good 303 /theme -d theme=dark
bad 422 /theme -d theme=loud

route GET /projects project_list
good 200 /projects -H "$me"
bad 422 '/projects?limit=many' -H "$me"
route POST /projects
form 303 /projects -d "submit_key=5e0a1c52-8a32-4c3e-9d7b-0d4a4c1f9a02" \
	-d 'name=Rowing&workflow=sdlc&stack=python-stdlib' --data-urlencode 'brief=Members of a club borrow boats for an hour.'
bad 403 /projects -b "$jar" -d name=Rowing
route GET /projects/new project_form
good 200 /projects/new -H "$me"
bad 403 /projects/new -H "$other"
route GET /projects/:project project
good 200 "/projects/$project" -H "$me"
bad 404 /projects/999 -H "$me"

route GET /projects/:project/members members
good 200 "/projects/$project/members" -H "$me"
bad 404 "/projects/$project/members" -H "$other"
route POST /projects/:project/members
form 303 "/projects/$project/members" -d 'name=lea&role=approver'
bad 422 "/projects/$project/members" -b "$jar" -d "_csrf=$code&name=nobody&role=viewer"
lea=$(sql "select account_id from account where name = 'lea'")
route POST /projects/:project/members/:account/remove
form 303 "/projects/$project/members/$lea/remove"
bad 404 "/projects/$project/members/$lea/remove" -b "$jar" -d "_csrf=$code"
route GET /api/v1/projects/:project/members members
good 200 "/api/v1/projects/$project/members" -H "$me"
bad 404 /api/v1/projects/999/members -H "$me"
route POST /api/v1/projects/:project/members members
good 200 "/api/v1/projects/$project/members" -H "$me" -H "$typed" -d '{"name": "lea", "role": "viewer"}'
bad 403 "/api/v1/projects/$project/members" -H "Authorization: Bearer $lea_token" -H "$typed" -d '{"name": "vi", "role": "viewer"}'
route POST /api/v1/projects/:project/members/:account/remove members
good 200 "/api/v1/projects/$project/members/$lea/remove" -H "$me" -X POST
bad 404 "/api/v1/projects/$project/members/$lea/remove" -H "Authorization: Bearer $stranger" -X POST

route POST /projects/:project/cap
form 303 "/projects/$project/cap" -d cap_usd=7.50
bad 422 "/projects/$project/cap" -b "$jar" -d "_csrf=$code"

route GET /runs/:run run
good 200 "/runs/$finished" -H "$me"
bad 404 "/runs/$finished" -H "$other"
route POST /runs/:run/pause
form 303 "/runs/$held/pause"
bad 403 "/runs/$held/pause" -b "$jar"
route POST /runs/:run/resume
form 303 "/runs/$held/resume"
bad 404 /runs/999/resume -b "$jar" -d "_csrf=$code"
route POST /runs/:run/cancel
form 303 "/runs/$doomed/cancel"
bad 409 "/runs/$doomed/cancel" -b "$jar" -d "_csrf=$code"
route GET /runs/:run/stages/:stage stage
good 200 "/runs/$finished/stages/developer" -H "$me"
bad 422 "/runs/$finished/stages/developer?revision=x" -H "$me"
route POST /runs/:run/stages/:stage/retry
form 303 "/runs/$again/stages/analyst/retry" -d comment=shorter
bad 409 "/runs/$again/stages/tester/retry" -b "$jar" -d "_csrf=$code"
route GET /runs/:run/messages messages
good 200 "/runs/$finished/messages" -H "$me"
bad 404 "/runs/$finished/messages" -H "$other"
route POST /runs/:run/messages
form 303 "/runs/$finished/messages" --data-urlencode 'text=@analyst hello'
bad 422 "/runs/$finished/messages" -b "$jar" -d "_csrf=$code&text=hello"
route POST /runs/:run/messages/:message/:agent/revive
message=$(sql "update message_delivery set state = 'dead' returning message_id")
form 303 "/runs/$finished/messages/$message/analyst/revive"
bad 409 "/runs/$finished/messages/$message/analyst/revive" -b "$jar" -d "_csrf=$code"
route GET /runs/:run/log log
good 200 "/runs/$finished/log" -H "$me"
bad 422 "/runs/$finished/log?level=loud" -H "$me"
route GET /runs/:run/tests tests
good 200 "/runs/$finished/tests" -H "$me"
bad 404 /runs/999/tests -H "$me"
route GET /runs/:run/record record
good 200 "/runs/$finished/record" -H "$me"
bad 422 "/runs/$finished/record?before=x" -H "$me"
route GET /runs/:run/record.jsonl
good 200 "/runs/$finished/record.jsonl" -H "$me"
bad 404 "/runs/$finished/record.jsonl" -H "$other"
route GET '/runs/:run/files/:stage/*path' file
good 200 "/runs/$finished/files/developer/app/server.py" -H "$me"
bad 404 "/runs/$finished/files/developer/app/none.py" -H "$me"
for kind in zip tar.gz; do
	route GET "/runs/:run/download.$kind"
	good 200 "/runs/$finished/download.$kind" -H "$me"
	bad 404 "/runs/$waiting/download.$kind" -H "$me"
	route GET "/api/v1/runs/:run/download.$kind"
	good 200 "/api/v1/runs/$finished/download.$kind" -H "$me"
	bad 404 "/api/v1/runs/$finished/download.$kind" -H "$other"
done

route GET /gates/:gate gate
good 200 "/gates/$gate" -H "$me"
bad 404 "/gates/$gate" -H "$other"
sql "update artifact set body = '{\"summary\": \"Tools\"}' where artifact_id in (select artifact_id from gate where gate_id in ($gate, $gate_too))"
route GET /gates/:gate/edit gate_edit
good 200 "/gates/$gate/edit?at=/summary" -H "$me"
bad 404 "/gates/$gate/edit?at=/none" -H "$me"
route POST /gates/:gate/edit
bad 422 "/gates/$gate/edit" -b "$jar" -d "_csrf=$code&revision=1&at=%2Fsummary"
sql "update artifact set body = play.body('analyst', 1, null) where artifact_id in (select artifact_id from gate where gate_id in ($gate, $gate_too))"
form 303 "/gates/$gate/edit" -d "revision=1&at=%2Fsummary&_%2Fsummary=Boats"
route POST /gates/:gate/items
form 303 "/gates/$gate/items" -d 'revision=2&_v%2Fstories%2FS1=approve'
bad 422 "/gates/$gate/items" -b "$jar" -d "_csrf=$code&revision=2&_v%2Fnone%2FS1=approve"
route POST /gates/:gate/comments
form 303 "/gates/$gate/comments" -d 'revision=2&line=1&text=hello'
bad 422 "/gates/$gate/comments" -b "$jar" -d "_csrf=$code&revision=2&line=1"
said=$(sql 'select max(comment_id) from review_comment')
route POST /gates/:gate/comments/:comment
form 303 "/gates/$gate/comments/$said" -d 'revision=2&text=hello+again'
bad 404 "/gates/$gate/comments/999" -b "$jar" -d "_csrf=$code&revision=2&text=x"
route POST /gates/:gate/comments/:comment/delete
form 303 "/gates/$gate/comments/$said/delete"
bad 404 "/gates/$gate/comments/$said/delete" -b "$jar" -d "_csrf=$code"
for call in "comment_draft($gate, 2, account_id, null, '', 1, 1, 'x', 'said')" "review_send($gate, 2, 'comment', '', account_id, false)"; do
	sql "select $call from account where name = 'sam'" >/dev/null
done
said=$(sql 'select max(comment_id) from review_comment')
route POST /gates/:gate/review
form 303 "/gates/$gate/review" -d 'revision=2&comment=hello'
bad 422 "/gates/$gate/review" -b "$jar" -d "_csrf=$code&revision=2"
route POST /gates/:gate/comments/:comment/resolve
form 303 "/gates/$gate/comments/$said/resolve"
bad 404 "/gates/$gate/comments/999/resolve" -b "$jar" -d "_csrf=$code"
route POST /gates/:gate/comments/:comment/reopen
form 303 "/gates/$gate/comments/$said/reopen"
bad 403 "/gates/$gate/comments/$said/reopen" -b "$jar"
sql "update review_comment set resolved_by = account_id, resolved_at = now()" >/dev/null
route POST /gates/:gate/decision
bad 422 "/gates/$gate/decision" -b "$jar" -d "_csrf=$code&kind=changes&revision=2"
form 303 "/gates/$gate/decision" -d "kind=changes&revision=2&comment=more"

route GET /decide/:token
sql "insert into decision_link select sha256('link'), a.account_id, $gate_by_link, 1, now(), now() + interval '1 hour' from account a where name = 'sam'"
good 200 /decide/link
bad 404 /decide/other -H "$me"
route POST /decide/:token
bad 401 /decide/link -X POST
form 303 /decide/link -d kind=approve
route GET /gates/:gate/give
good 200 "/gates/$gate_too/give" -H "$me"
bad 404 "/gates/$gate_too/give" -H "Authorization: Bearer $stranger"
route POST /gates/:gate/give
bad 422 "/gates/$gate_too/give" -b "$jar" -d "_csrf=$code&to=nobody"
form 303 "/gates/$gate_too/give" -d to=ope
route POST /gates/:gate/take-back
form 303 "/gates/$gate_too/take-back"
bad 409 "/gates/$gate_too/take-back" -b "$jar" -d "_csrf=$code"
sql "update gate set kind = 'conflict', detail = 'They do not fit.' where gate_id = $gate_too"
for before in '' /api/v1; do
	route GET "$before/gates/:gate/conflict" conflict
	good 200 "$before/gates/$gate_too/conflict" -H "$me"
	bad 404 "$before/gates/$gate/conflict" -H "$me"
done
sql "update gate set kind = 'review', detail = null where gate_id = $gate_too"
route POST /api/v1/gates/:gate/give given
good 200 "/api/v1/gates/$gate_too/give" -H "$me" -H "$typed" -d '{"to": "ope", "word": "You know this."}'
bad 409 "/api/v1/gates/$gate_too/give" -H "$me" -H "$typed" -d '{"to": "ope"}'
route POST /api/v1/gates/:gate/take-back given
good 200 "/api/v1/gates/$gate_too/take-back" -H "$me" -H "$typed" -d '{}'
bad 409 "/api/v1/gates/$gate_too/take-back" -H "$me" -H "$typed" -d '{}'

for before in '' /api/v1; do
	route GET "$before/inbox" inbox
	good 200 "$before/inbox" -H "$me"
	bad 422 "$before/inbox?sort=x" -H "$me"
	route POST "$before/inbox/approve" approved
	good 200 "$before/inbox/approve" -H "$me" -H "$typed" -d '{"gates": [{"id": 999, "revision": 1}]}'
	bad 422 "$before/inbox/approve" -H "$me" -H "$typed" -d '{}'
	said=$(sql "select message_post($finished, 'analyst', null, null, 'people', 0, 'Look', null, null)")
	route POST "$before/runs/:run/reply" inbox
	good 200 "$before/runs/$finished/reply" -H "$me" -H "$typed" -d "{\"message\": $said, \"text\": \"Seen.\"}"
	bad 422 "$before/runs/$finished/reply" -H "$me" -H "$typed" -d "{\"message\": $said}"
	route POST "$before/inbox/messages/:message/aside" inbox
	good 200 "$before/inbox/messages/$said/aside" -H "$me" -X POST
	bad 404 "$before/inbox/messages/x/aside" -H "$me" -X POST
	route GET "$before/inbox/away" away
	good 200 "$before/inbox/away" -H "$me"
	bad 401 "$before/inbox/away"
done
route POST /inbox/away
form 303 /inbox/away -d "from=$(date -u +%F)&until=$(date -u +%F)"
bad 422 /inbox/away -b "$jar" -d "_csrf=$code&from=x&until=x"
route POST /inbox/away/end
form 303 /inbox/away/end
bad 403 /inbox/away/end -b "$jar"

route GET /dead-letters dead_letter_list
good 200 /dead-letters -H "$me"
bad 401 /dead-letters
route GET /budgets budget_list
good 200 /budgets -H "Authorization: Bearer $operator"
bad 403 /budgets -H "$me"
route POST /budgets
accept=text/html
good 303 /budgets -b "$operator_jar" -d "_csrf=$operator_code&kind=day&cap_usd=20"
accept=application/json
bad 403 /budgets -b "$jar" -d "_csrf=$code&kind=day&cap_usd=20"

route GET /settings settings
good 200 /settings -H "$me"
bad 401 /settings
route POST /settings/tokens
by_token() { bad 403 "$@" -H "$me" -H "$typed"; }
accept=text/html
good 200 /settings/tokens -b "$jar" -d "_csrf=$code&name=laptop&read=true"
accept=application/json
by_token /settings/tokens -d '{"name": "stronger", "operate": true}'
id=$(sql "select max(api_token_id) from api_token where name = 'laptop'")
route POST /settings/tokens/:token/revoke
form 303 "/settings/tokens/$id/revoke"
bad 404 "/settings/tokens/$id/revoke" -b "$jar" -d "_csrf=$code"
route POST /settings/profile
form 303 /settings/profile -d email=sam@example.org -d mail=true
bad 422 /settings/profile -b "$jar" -d "_csrf=$code&email=sam"
sign_in "$(sql "insert into sign_in_link (token_hash, account_id, expires_at) select sha256(repeat('B', 43)::bytea), account_id,
	now() + interval '1 hour' from account where name = 'sam' returning repeat('B', 43)")" "$web/second"
id=$(sql "select max(session_id) from session join account using (account_id) where name = 'sam'")
route POST /settings/sessions/:session/end
form 303 "/settings/sessions/$id/end"
bad 404 "/settings/sessions/$id/end" -b "$jar" -d "_csrf=$code"
route POST /settings/sessions/end
form 303 /settings/sessions/end
bad 403 /settings/sessions/end -b "$jar"
route POST /settings/password
bad 403 /settings/password -b "$jar" -d "_csrf=$code&current=wrong+old+password&password=second+long+password"
form 303 /settings/password \
	-d "current=correct+horse+battery&password=second+long+password"

account root admin
admin="Authorization: Bearer $token"
sign_in "$link" "$web/admin_jar"
admin_code=$(csrf "$web/admin_jar")
admin_form() {
	accept=text/html
	good "$@" -b "$web/admin_jar" -d "_csrf=$admin_code"
	accept=application/json
}
eve=$(sql "select account_id from account where name = 'eve'")
route GET /accounts account_list
good 200 /accounts -H "$admin"
bad 403 /accounts -H "Authorization: Bearer $operator"
route POST /accounts
admin_form 200 /accounts -d 'name=new&role=viewer&email=new@example.org'
bad 409 /accounts -b "$web/admin_jar" -d "_csrf=$admin_code&name=new&role=viewer"
route GET /accounts/:account account
good 200 "/accounts/$eve" -H "$admin"
bad 404 /accounts/999 -H "$admin"
route POST /accounts/:account
admin_form 303 "/accounts/$eve" -d 'role=submitter&email=eve@example.org'
bad 403 "/accounts/$eve" -H "$admin" -H "$typed" -d '{"role": "admin"}'
route POST /accounts/:account/disable
admin_form 303 "/accounts/$eve/disable"
bad 403 "/accounts/$eve/disable" -b "$jar" -d "_csrf=$code"
route POST /accounts/:account/enable
admin_form 303 "/accounts/$eve/enable"
bad 404 /accounts/999/enable -b "$web/admin_jar" -d "_csrf=$admin_code"
route POST /accounts/:account/link
admin_form 200 "/accounts/$eve/link" -d kind=reset
bad 422 "/accounts/$eve/link" -b "$web/admin_jar" -d "_csrf=$admin_code&kind=x"

route GET /api/v1/projects project_list
good 200 /api/v1/projects -H "$me"
bad 401 /api/v1/projects
route POST /api/v1/projects created
good 201 /api/v1/projects -H "$me" -H "$typed" -d "$brief"
bad 422 /api/v1/projects -H "$me" -H "$typed" -d '{"name": "no brief"}'
route GET /api/v1/projects/:project project
good 200 "/api/v1/projects/$project" -H "$me"
bad 404 /api/v1/projects/x -H "$me"
route POST /api/v1/projects/:project/cap project
good 200 "/api/v1/projects/$project/cap" -H "$me" -H "$typed" -d '{"lift": true}'
bad 404 "/api/v1/projects/$project/cap" -H "Authorization: Bearer $stranger" -H "$typed" -d '{"cap_usd": 3}'
route POST /api/v1/runs/:run/stages/:stage/retry run
good 200 "/api/v1/runs/$again/stages/analyst/retry" -H "$me" -H "$typed" -d '{}'
bad 404 "/api/v1/runs/$again/stages/none/retry" -H "$me" -H "$typed" -d '{}'
route GET /api/v1/runs/:run/messages messages
good 200 "/api/v1/runs/$finished/messages" -H "$me"
bad 404 "/api/v1/runs/$finished/messages" -H "$other"
route POST /api/v1/runs/:run/messages messages
good 201 "/api/v1/runs/$finished/messages" -H "$me" -H "$typed" -d '{"text": "@analyst once more"}'
bad 422 "/api/v1/runs/$finished/messages" -H "$me" -H "$typed" -d '{"text": "@nobody hello"}'
route POST /api/v1/runs/:run/messages/:message/:agent/revive messages
message=$(sql "update message_delivery set state = 'dead' where message_id = (select max(message_id) from message) returning message_id")
good 200 "/api/v1/runs/$finished/messages/$message/analyst/revive" -H "$me" -X POST
bad 404 "/api/v1/runs/$waiting/messages/$message/analyst/revive" -H "$me" -X POST
route GET /api/v1/runs/:run/log log
good 200 "/api/v1/runs/$finished/log?level=warn" -H "$me"
bad 422 "/api/v1/runs/$finished/log?before=x" -H "$me"
route GET /api/v1/dead-letters dead_letter_list
good 200 '/api/v1/dead-letters?all=1' -H "$me"
bad 401 /api/v1/dead-letters
route GET /api/v1/budgets budget_list
good 200 /api/v1/budgets -H "Authorization: Bearer $operator"
bad 403 /api/v1/budgets -H "$me"
route POST /api/v1/budgets budget_list
good 200 /api/v1/budgets -H "Authorization: Bearer $operator" -H "$typed" -d '{"kind": "site", "cap_usd": 100}'
bad 422 /api/v1/budgets -H "Authorization: Bearer $operator" -H "$typed" -d '{"kind": "site"}'
route GET /api/v1/runs/:run run
good 200 "/api/v1/runs/$finished" -H "$me"
bad 404 "/api/v1/runs/$finished" -H "$other"
route POST /api/v1/runs/:run/pause run
good 200 "/api/v1/runs/$held_too/pause" -H "$me"
bad 404 "/api/v1/runs/$held_too/pause" -H "$other"
route POST /api/v1/runs/:run/resume run
good 200 "/api/v1/runs/$held_too/resume" -H "$me"
bad 404 /api/v1/runs/999/resume -H "$me"
route POST /api/v1/runs/:run/cancel run
good 200 "/api/v1/runs/$doomed_too/cancel" -H "$me"
bad 409 "/api/v1/runs/$doomed_too/cancel" -H "$me"
route GET /api/v1/runs/:run/record record
good 200 "/api/v1/runs/$finished/record" -H "$me"
bad 404 "/api/v1/runs/$finished/record" -H "$other"
route GET /api/v1/runs/:run/record.jsonl
good 200 "/api/v1/runs/$finished/record.jsonl" -H "$me"
bad 404 "/api/v1/runs/$finished/record.jsonl" -H "$other"
route GET /api/v1/runs/:run/artifacts artifacts
good 200 "/api/v1/runs/$finished/artifacts" -H "$me"
bad 404 "/api/v1/runs/$finished/artifacts" -H "$other"
route GET /api/v1/runs/:run/artifacts/:stage stage
good 200 "/api/v1/runs/$finished/artifacts/tester" -H "$me"
bad 404 "/api/v1/runs/$finished/artifacts/nobody" -H "$me"
route GET /api/v1/runs/:run/events events
good 200 "/api/v1/runs/$finished/events?after=1" -H "$me"
bad 422 "/api/v1/runs/$finished/events?after=x" -H "$me"
route GET /api/v1/gates gate_list
good 200 /api/v1/gates -H "$me"
bad 401 /api/v1/gates -H 'Authorization: Bearer wrong'
route GET /api/v1/gates/:gate gate
good 200 "/api/v1/gates/$gate_too" -H "$me"
bad 404 /api/v1/gates/999 -H "$me"
route POST /api/v1/gates/:gate/edit gate
good 200 "/api/v1/gates/$gate_too/edit" -H "$me" -H "$typed" -d '{"revision": 1, "at": "/summary", "value": "Boats"}'
bad 422 "/api/v1/gates/$gate_too/edit" -H "$me" -H "$typed" -d '{"revision": 2, "at": "/summary", "value": ""}'
sql "update gate g set revision = 1, artifact_id = (select a.artifact_id from artifact a where a.run_id = g.run_id
	and a.node = g.stage and a.revision = 1) where gate_id = $gate_too"
route POST /api/v1/gates/:gate/items gate
good 200 "/api/v1/gates/$gate_too/items" -H "$me" -H "$typed" -d '{"revision": 1, "items": [{"list": "stories", "item": "S1", "verdict": "approve"}]}'
bad 422 "/api/v1/gates/$gate_too/items" -H "$me" -H "$typed" -d '{"revision": 1}'
route POST /api/v1/gates/:gate/comments gate
good 201 "/api/v1/gates/$gate_too/comments" -H "$me" -H "$typed" -d '{"revision": 1, "line": 1, "text": "hello"}'
bad 422 "/api/v1/gates/$gate_too/comments" -H "$me" -H "$typed" -d '{"revision": 1, "text": "hello"}'
said=$(sql 'select max(comment_id) from review_comment')
route POST /api/v1/gates/:gate/comments/:comment gate
good 200 "/api/v1/gates/$gate_too/comments/$said" -H "$me" -H "$typed" -d '{"revision": 1, "text": "again"}'
bad 404 "/api/v1/gates/$gate_too/comments/999" -H "$me" -H "$typed" -d '{"revision": 1, "text": "again"}'
route POST /api/v1/gates/:gate/comments/:comment/delete gate
good 200 "/api/v1/gates/$gate_too/comments/$said/delete" -H "$me" -X POST
bad 404 "/api/v1/gates/$gate_too/comments/$said/delete" -H "$me" -X POST
for call in "comment_draft($gate_too, 1, account_id, null, '', 1, 1, 'x', 'said')" "review_send($gate_too, 1, 'comment', '', account_id, false)"; do
	sql "select $call from account where name = 'sam'" >/dev/null
done
said=$(sql 'select max(comment_id) from review_comment')
route POST /api/v1/gates/:gate/review gate
good 200 "/api/v1/gates/$gate_too/review" -H "$me" -H "$typed" -d '{"revision": 1, "comment": "hello"}'
bad 409 "/api/v1/gates/$gate_too/review" -H "$me" -H "$typed" -d '{"revision": 7}'
for act in resolve reopen resolve; do
	route POST "/api/v1/gates/:gate/comments/:comment/$act" gate
	good 200 "/api/v1/gates/$gate_too/comments/$said/$act" -H "$me" -X POST
	bad 404 "/api/v1/gates/$gate_too/comments/999/$act" -H "$me" -X POST
done
route POST /api/v1/gates/:gate/decision decided
good 200 "/api/v1/gates/$gate_too/decision" -H "$me" -H "$typed" -d "$word"
bad 409 "/api/v1/gates/$gate_too/decision" -H "$me" -H "$typed" -d "$word"

route POST /sign-out
bad 403 /sign-out -b "$jar"
form 303 /sign-out

table=$top_srcdir/src/web/routes.c
sed -n 's/^	{ \(GET\|POST\), *"\([^"]*\)",.*/\1 \2/p' "$table" | sort >"$web/rows"
all_read() { [ "$(grep -c '^	{ ' "$table")" = "$(wc -l <"$web/rows")" ]; }
each_in() { sort -u "$web/$1" | comm -3 "$web/rows" - | grep . && return 1 || return 0; }
tap_case 'the table of routes is read in full' all_read
tap_case 'each route was seen to answer' each_in good
tap_case 'each route was seen to refuse' each_in bad
tap_done

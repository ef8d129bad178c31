#!/bin/sh
# SPDX-License-Identifier: MIT
# The same POST with the same Idempotency-Key has one effect and one answer.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start

account amy submitter
first=$token
account bob submitter
second=$token
post() { hit -H "Authorization: Bearer $1" -H "Idempotency-Key: $2" -H 'Content-Type: application/json' -d "$3" "$url/api/v1/projects"; }
one='{"name":"One","brief":"b"}'

post "$first" k1 "$one"
tap_case 'the first is answered' is_status 201
cp "$web/body" "$web/before"
tap_case 'as the first' test -z "$(header Idempotency-Replayed)"
post "$first" k1 "$one"
tap_case 'the second gets the same status' is_status 201
tap_case 'and the same body' cmp "$web/before" "$web/body"
tap_case 'and is told so' header_is Idempotency-Replayed true
tap_case 'one project was made' test "$(sql 'select count(*) from project')" = 1
post "$first" k1 '{"name":"Two","brief":"b"}'
tap_case 'another body with the same key is refused' is_status 422
tap_case 'as a problem' problem
post "$second" k1 "$one"
tap_case 'a key is an account'"'"'s own' is_status 201
post "$first" k2 '{"name":""}'
tap_case 'a refusal is an answer too' is_status 422
post "$first" k2 '{"name":""}'
tap_case 'that comes again' header_is Idempotency-Replayed true
tap_case 'as the problem it was' header_is Content-Type application/problem+json
sql "insert into idempotency (account_id, key, request_hash)
	select account_id, 'k3', request_hash from idempotency where key = 'k1' and account_id = 1" >/dev/null
post "$first" k3 "$one"
tap_case 'while the first is in flight the second waits' is_status 409
sql "update idempotency set created_at = now() - interval '2 minutes' where key = 'k3'" >/dev/null
post "$first" k3 "$one"
tap_case 'but not for ever' is_status 201
sql 'revoke execute on all functions in schema public from botarmy_web' >/dev/null
post "$first" k4 "$one"
tap_case 'a failure of ours is no answer to keep' is_status 500
tap_case 'and tells nothing of the inside' not body_has permission
sql 'grant execute on all functions in schema public to botarmy_web' >/dev/null
post "$first" k4 "$one"
tap_case 'so the next attempt is made' is_status 201
tap_case 'as the first' test -z "$(header Idempotency-Replayed)"
post "$first" "$(printf '%0201d' 0)" "$one"
tap_case 'a key has its limit' is_status 400
post "$first" 'two words' "$one"
tap_case 'and is one word' is_status 400

n=$(sql 'select count(*) from project')
for _ in 1 2 3 4; do
	curl -s -o /dev/null -H "Authorization: Bearer $first" -H 'Idempotency-Key: race' -H 'Content-Type: application/json' \
		-d "$one" "$url/api/v1/projects" &
	racers="${racers-} $!"
done
for pid in $racers; do
	wait "$pid"
done
tap_case 'four at once make one' test "$(sql 'select count(*) from project')" = $((n + 1))
tap_done

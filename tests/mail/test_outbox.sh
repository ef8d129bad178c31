#!/bin/sh
# SPDX-License-Identifier: MIT
# Who is told what, once: notes are written with what they tell, gathered into one mail a person, and
# dropped when there is nothing left to tell. Several senders share the mails.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0"
fi
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }
mailer() { psql -qXAt -v ON_ERROR_STOP=1 "$MAIL_DATABASE_URL" -c "$1"; }
# is WANT STATEMENT: what the owner is answered.
is() {
	got=$(sql "$2")
	[ "$got" = "$1" ] || { echo "got: $got"; return 1; }
}
# Everything that happened did so an hour ago, and mails too.
later() {
	sql "update mail_event set at = at - interval '1 hour';
		update mail_note set created_at = created_at - interval '1 hour';
		update mail set created_at = created_at - interval '1 hour', due_at = due_at - interval '1 hour',
			lease_until = lease_until - interval '1 hour'" >/dev/null
}
# Takes what is due: name, attempt, and what it tells.
take() {
	mailer "select name, attempt, (select string_agg(format('%s %s', n ->> 'kind', n ->> 'name'), ', ' order by o)
		from jsonb_array_elements(notes) with ordinality x(n, o)) from mail_take(100, 60) order by name"
}
takes() {
	got=$(take)
	[ "$got" = "$1" ] || { echo "took: $got"; return 1; }
}
sent() { mailer "select mail_done($1, $2, 'sent', 250, 'ok')" >/dev/null; }
# Ends all that is in hand.
clear() { sql "update mail set state = 'sent', ended_at = now(), lease_until = null where ended_at is null" >/dev/null; }
submit() { sql "select play.submit('$1', '$2')"; }
go() { sql "select play.go($1)" >/dev/null; }
decide() { sql "select * from gate_decide(play.gate($2), (select revision from gate where gate_id = play.gate($2)), '$3', 'so', (select account_id from account where name = '$1'))" >/dev/null; }

psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$top_srcdir/tests/web/play.sql" >/dev/null || exit 99
sql "insert into account (name, role) values ('sam', 'submitter'), ('ana', 'approver'), ('ben', 'approver'), ('ope', 'operator'),
	('vi', 'viewer'), ('mia', 'submitter')"

# ---- nobody has an address ----
run=$(submit sam Quiet)
go "$run"
tap_case 'nothing is written while nobody has an address' is 0 'select count(*) from mail_event'
tap_case 'and nothing is to be sent' takes ''
sql "update account set email = name || '@example.org' where name <> 'ben'; update account set mail = false where name = 'ope'"

# ---- a gate opens ----
run=$(submit sam Tools)
go "$run"
tap_case 'a gate that opens is an event of its transaction' is "waiting|1" "select kind, revision from mail_event where run_id = $run"
tap_case 'whose turn it is is told, if they want; a mail comes some seconds later' takes ''
tap_case 'one note for each of them' is 'ana,sam' "select string_agg(a.name, ',' order by a.name) from mail_note join account a using (account_id)"
later
tap_case 'then each gets one' takes 'ana|1|waiting Tools
sam|1|waiting Tools'
tap_case 'which is taken once' takes ''
later
tap_case 'and again when its sender was lost' takes 'ana|2|waiting Tools
sam|2|waiting Tools'
ana=$(sql "select mail_id from mail join account using (account_id) where name = 'ana'")
sam=$(sql "select mail_id from mail join account using (account_id) where name = 'sam'")
mailer "select mail_done($ana, 1, 'later', 451, 'not now')" >/dev/null
tap_case 'who lost the lease does not put it back' is sending "select state from mail where mail_id = $ana"
sent "$ana" 1
tap_case 'but if it is out after all, it is out' is sent "select state from mail where mail_id = $ana"
sent "$ana" 2
tap_case 'each attempt is in the log' is 'later,sent' "select string_agg(outcome, ',' order by attempt) from mail_try where mail_id = $ana"
mailer "select mail_done($sam, 2, 'later', 451, 'not now')" >/dev/null
tap_case 'what is to be tried again waits' is 'queued|t' \
	"select state, due_at between now() + interval '40 seconds' and now() + interval '80 seconds' from mail where mail_id = $sam"
later
tap_case 'and comes again' takes 'sam|3|waiting Tools'
mailer "select mail_done($sam, 3, 'refused', 550, 'no such user')" >/dev/null
tap_case 'what is refused ends' is 'failed' "select state from mail where mail_id = $sam"
later
tap_case 'for good' takes ''
sql "select mail_asked(array[$run], array[jsonb_build_object('gate', play.gate($run), 'kind', 'review', 'revision', 1)])" >/dev/null
later
tap_case 'the same is never told twice' takes ''

# ---- decided before the mail went out ----
decide ana "$run" changes
go "$run"
later
decide ana "$run" approve
go "$run"
later
tap_case 'a gate that was decided is told no more; the next one is' takes 'ana|1|waiting Tools
sam|1|waiting Tools'
tap_case 'of revision 2 nobody heard' is 0 "select count(*) from mail_note where revision = 2 and mail_id is not null and dropped_at is null"
sql "select run_cancel($run, 1)" >/dev/null
later
take >/dev/null
tap_case 'then the end is told, to the owner' is 'sam|done' "select a.name, n.kind from mail_note n join account a using (account_id)
	join mail m using (mail_id) where n.run_id = $run and m.state = 'sending'"
tap_case 'and mails in hand with nothing left to tell are dropped' is '2' "select count(*) from mail where state = 'dropped'"
clear

# ---- many at once ----
for n in 1 2 3 4 5; do go "$(submit sam "Many $n")"; done
later
tap_case 'what opens at once is one mail a person' is '2|5' "select count(*), min(jsonb_array_length(notes)) from mail_take(100, 60)"
go "$(submit sam 'Right after')"
sql "update mail_event set at = at - interval '20 seconds'" >/dev/null
tap_case 'within a minute there is no second one' takes ''
later
clear
tap_case 'then there is' takes 'ana|1|waiting Right after
sam|1|waiting Right after'
clear

# ---- reminders, escalation, delegation, money, the end ----
sql "update workflow_node set expires_s = 60, on_expiry = 'remind', expiry_to = null where node = 'gate_analyst'"
run=$(submit sam Slow)
go "$run"
take >/dev/null
later
take >/dev/null
clear
due() { sql "update gate set expires_at = now() - interval '1 second' where run_id = $run and state = 'open'; select gate_due(10)" >/dev/null; }
due
later
tap_case 'who is reminded' takes 'ana|1|reminder Slow
sam|1|reminder Slow'
clear
due
later
tap_case 'is reminded again the next time' takes 'ana|1|reminder Slow
sam|1|reminder Slow'
clear
sql "update workflow_node set on_expiry = 'escalate', expiry_to = 'operator' where node = 'gate_analyst';
	update account set mail = true where name = 'ope'"
due
later
tap_case 'an escalation goes to those who may decide then' takes 'ope|1|escalation Slow'
clear
sql "update workflow_node set on_expiry = 'delegate', expiry_to = 'mia' where node = 'gate_analyst'"
due
later
tap_case 'a delegation to whom it was given' takes 'mia|1|delegation Slow'
clear
sql "update workflow_node set expires_s = null, on_expiry = null, expiry_to = null; update account set mail = false where name = 'ope'"
sql "select gate_give(play.gate($run), 'ben', 'please', (select account_id from account where name = 'mia'))" >/dev/null
later
tap_case 'who has no address is not told' takes ''
sql "select gate_give(play.gate($run), 'vi', 'please', (select account_id from account where name = 'ben'))" >/dev/null
later
tap_case 'who is given it by a person is told as well' takes 'vi|1|delegation Slow'
clear
run=$(submit sam Dear)
sql "select play.park($run, 'budget', 'over the cap', 1.5)" >/dev/null
later
tap_case 'a cap that is reached is told as such' takes 'ana|1|budget Dear
sam|1|budget Dear'
clear
sql "insert into project_member (project_id, account_id, role) select r.project_id, a.account_id, 'viewer'
	from run r, account a where r.run_id = $run and a.name = 'vi'; select run_cancel($run, 1)" >/dev/null
later
tap_case 'an end is told to the owner and to those it is shared with' takes 'sam|1|done Dear
vi|1|done Dear'
clear

# ---- a revision by a person ----
run=$(submit sam Edited)
go "$run"
sql "select artifact_edit(play.gate($run), 1, a.account_id, sha256('{}'), '{}', '# By hand', null, null, '[]') from account a where name = 'sam'" >/dev/null
later
tap_case 'a revision that a person wrote is told to the others, and the one before it to nobody' takes 'ana|1|waiting Edited'
tap_case 'by its number' is 2 "select revision from mail_note where run_id = $run and dropped_at is null"
clear

# ---- away ----
sql "update account set away_from = now() - interval '1 day', away_until = now() + interval '1 day',
	stand_in = (select account_id from account where name = 'vi') where name = 'ana'"
run=$(submit sam Away)
go "$run"
later
tap_case 'who is away is not told, but the stand-in is' takes 'sam|1|waiting Away
vi|1|waiting Away'
tap_case 'in whose place, too' is 'stand-in' "select t.why from gate_turn t join account a using (account_id)
	where a.name = 'vi' and t.gate_id = play.gate($run)"
clear

# ---- links ----
gate=$(sql "select play.gate($run)")
sql "update mail set state = 'sending', attempts = 1, ended_at = null, lease_until = now() + interval '1 minute'
	where mail_id = (select max(mail_id) from mail)"
mail=$(sql 'select max(mail_id) from mail')
mailer "select mail_links($mail, 1, array[$gate], array[sha256('t')], 7)" >/dev/null
tap_case 'a link is for the person, the gate and the revision of its mail' is "$gate|1" \
	"select l.gate_id, l.revision from decision_link l join mail m using (account_id) where m.mail_id = $mail"
mailer "select mail_links($mail, 9, array[$gate], array[sha256('u')], 7)" >/dev/null
mailer "select mail_links($mail, 1, array[$gate + 1, 1], array[sha256('v'), sha256('w')], 7)" >/dev/null
tap_case 'no others can be made' is 1 'select count(*) from decision_link'

# ---- senders side by side ----
clear
sql "insert into account (name, role, email) select 'p' || n, 'approver', 'p' || n || '@example.org' from generate_series(1, 60) n"
go "$(submit sam Crowd)"
later
mailer 'select count(*) from mail_take(0, 60)' >/dev/null
for n in 1 2 3 4; do
	for _ in 1 2 3 4 5; do mailer 'select mail_id from mail_take(4, 600)'; done >"/tmp/botarmy-mail-$$-$n" &
done
wait
cat "/tmp/botarmy-mail-$$-"* >"/tmp/botarmy-mail-$$"
tap_case 'side by side they take each mail' test "$(sort -u "/tmp/botarmy-mail-$$" | wc -l)" = 62
tap_case 'once' test "$(wc -l <"/tmp/botarmy-mail-$$")" = 62
rm -f "/tmp/botarmy-mail-$$" "/tmp/botarmy-mail-$$-"*

# ---- what is kept ----
sql "update mail set state = 'sent', lease_until = null, ended_at = now() - interval '31 days'; select keep(14, 90)" >/dev/null
tap_case 'old mail goes' is '0|0' 'select (select count(*) from mail), (select count(*) from mail_try)'
tap_done

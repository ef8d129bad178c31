-- SPDX-License-Identifier: MIT
-- Mail and the links in it.

-- :name mail_take :many
-- $1 how many, $2 seconds of the lease
select mail_id, attempt, message_id, name, email, notes::text as notes from mail_take($1, $2)

-- :name mail_links :exec
-- $3 gates, $4 hashes of their links' tokens, $5 days
select mail_links($1, $2, $3, $4, $5)

-- :name mail_done :exec
select mail_done($1, $2, $3, $4, $5)

-- :name link_look :maybe
-- Everything about a link but what it lets decide. $2 who looks.
select l.gate_id, l.revision, l.account_id = $2 as mine, l.used_at is not null as used, l.expires_at <= now() as expired,
	g.run_id, g.revision as now_revision, g.state, to_char(l.expires_at, 'YYYY-MM-DD HH24:MI') as _expires_at
from decision_link l join gate g using (gate_id)
where l.token_hash = $1

-- :name link_decide :one
select decision_id, run_id, open, votes, quorum from link_decide($1, $2, $3, $4)

-- :name doctor_mail :one
select (select count(*) from account where email is not null and mail and disabled_at is null) as people,
	(select count(*) from mail where state = 'failed' and ended_at > now() - interval '1 day') as failed,
	(select extract(epoch from now() - min(due_at))::bigint from mail where state in ('queued', 'sending')) as late_s,
	(select t.detail from mail_try t where t.outcome <> 'sent' order by t.at desc limit 1) as last

-- SPDX-License-Identifier: MIT
-- What the feed asks, always for many viewers at once; and how a text gets to it while it is written.

-- :name feed_arrive :many
-- Who looks, and whether they may. $1 hashes of tokens, $2 which of them are bearer tokens, $3 runs (0: none in
-- particular), $4 minutes after which an idle session has ended. No row: nobody that we know. No run: not
-- for them.
select t.n, a.account_id, r.run_id, r.ev_seq
from unnest($1::bytea[], $2::boolean[], $3::bigint[]) with ordinality as t(hash, bearer, run, n)
	cross join lateral (
		select s.account_id from session s
		where not t.bearer and s.token_hash = t.hash and s.expires_at > now()
			and s.seen_at > now() - make_interval(mins => $4::integer)
		union all
		select k.account_id from api_token k
		where t.bearer and k.token_hash = t.hash and k.revoked_at is null
			and (k.expires_at is null or k.expires_at > now()) and 'read' = any (k.scopes)) w
	join account a on a.account_id = w.account_id and a.disabled_at is null
	left join run r on r.run_id = t.run and (a.role in ('approver', 'operator', 'admin')
		or exists (select from run_access x where x.run_id = r.run_id and x.account_id = a.account_id))
order by t.n

-- :name feed_watch :exec
-- In one order, so that two feeds do not wait for each other.
insert into watch (run_id, until)
select t.run_id, now() + make_interval(secs => $2) from unnest($1::bigint[]) as t(run_id)
group by t.run_id order by t.run_id
on conflict (run_id) do update set until = greatest(watch.until, excluded.until)

-- :name feed_unwatch :exec
delete from watch where until < now()

-- :name feed_seqs :many
select r.run_id, r.ev_seq from run r where r.run_id = any ($1::bigint[])

-- :name feed_events :many
-- $1 runs and $2 the numbers after which they are wanted, $3 how many at most of each. A row without an
-- event says how far the run is.
select w.n, r.ev_seq, e.seq, e.kind, e.at, e.body
from unnest($1::bigint[], $2::bigint[]) with ordinality as w(run_id, after, n) join run r using (run_id)
	left join lateral (
		select e.seq, e.kind, e.at, e.body from event e
		where e.run_id = r.run_id and e.run_started = r.opened_at and e.seq > w.after
		order by e.seq limit $3) e on true
order by w.n, e.seq

-- :name feed_state :many
-- For pages that list runs. $1 accounts, $2 runs in which something happened: how many gates wait for each
-- person, how many runs of theirs go on, and whether one of $2 is theirs to see.
select a.account_id, coalesce(t.turn, 0) as turn, s.running,
	exists (select from run r where r.run_id = any ($2::bigint[]) and (a.role in ('approver', 'operator', 'admin')
		or exists (select from run_access x where x.run_id = r.run_id and x.account_id = a.account_id))) as touched
from account a
	left join (select g.account_id, count(*) as turn from gate_turn g where g.account_id = any ($1::bigint[])
		group by 1) t using (account_id)
	cross join lateral (select count(*) as running from run r
		where r.ended_at is null and (a.role in ('approver', 'operator', 'admin')
			or exists (select from project_access p
				where p.project_id = r.project_id and p.account_id = a.account_id))) s
where a.account_id = any ($1::bigint[])

-- :name feed_text :many
-- $1 runs; $2 calls of which something is known, and $3 how many bytes. A row a call.
select t.run_id, t.call_id, t.node, min(t.at) as at, string_agg(t.text, '' order by t.at) as text
from live_text t left join unnest($2::bigint[], $3::integer[]) as k(call_id, bytes) using (call_id)
where t.run_id = any ($1::bigint[]) and t.at >= coalesce(k.bytes, 0)
group by t.run_id, t.call_id, t.node
order by t.run_id, t.call_id limit $4

-- :name feed_text_clear :exec
delete from live_text where stored_at < now() - interval '10 minutes'

-- :name live_watched :many
-- $1 at most.
select run_id from watch where run_id > 0 and until > now() order by run_id limit $1

-- :name live_text_store :exec
-- A piece of each of several calls; the feed is told once.
with stored as (
	insert into live_text (run_id, call_id, at, node, text)
	select * from unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::text[])
	on conflict do nothing
	returning run_id
)
select pg_notify('text', string_agg(run_id::text, ' ')) from stored having count(*) > 0

-- :name live_text_end :exec
delete from live_text where call_id = any ($1::bigint[])

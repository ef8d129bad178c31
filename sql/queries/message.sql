-- SPDX-License-Identifier: MIT
-- What is said in a run, and whether agents have read it.

-- :name message_list :many
-- The newest $3 before $2, the oldest of them first. `asks`: the gate that still waits for an answer.
select m.* from (
	select m.message_id as id, m.sender, a.name as by, m.recipient as "to", m.topic, m.priority, m.body,
		m.reply_to, m.at, to_char(m.at, 'YYYY-MM-DD HH24:MI') as _at, g.gate_id as asks, g.revision as _revision,
		m.account_id is not null as _person
	from message m left join account a using (account_id)
		left join gate g on g.gate_id = m.gate_id and g.state = 'open' and g.kind = 'question' and m.sender is not null
	where m.run_id = $1 and m.message_id < $2
	order by m.message_id desc limit $3) m
order by m.id

-- :name message_deliveries :many
-- Of the messages of a run, from $2 to $3.
select d.message_id as _message, d.agent, d.state, d.attempts, d.problem, d.read_at,
	to_char(d.read_at, 'YYYY-MM-DD HH24:MI') as _read_at
from message_delivery d where d.run_id = $1 and d.message_id between $2 and $3
order by d.message_id, d.agent

-- :name message_readers :many
-- Who can be written to in a run, and what they listen to.
select s.agent, (select string_agg(u.topic, ',' order by u.topic) from subscription u where u.agent = s.agent) as topics
from (select distinct agent from stage where run_id = $1) s
order by s.agent

-- :name message_one :maybe
-- What a reply answers. `asks` as above.
select m.message_id, m.sender, m.topic, nullif(m.recipient, 'people') as recipient, g.gate_id as asks, g.revision
from message m
	left join gate g on g.gate_id = m.gate_id and g.state = 'open' and g.kind = 'question' and m.sender is not null
where m.run_id = $1 and m.message_id = $2

-- :name message_send :one
-- To $3 a topic or $4 an agent, by $2, of priority $5.
select message_send($1, $2, $3, $4, $5, $6, $7) as id

-- :name message_revive :maybe
-- No row: there is no such message in the run.
select message_revive(m.message_id, $3, $4) from message m where m.run_id = $1 and m.message_id = $2

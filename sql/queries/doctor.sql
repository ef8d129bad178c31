-- SPDX-License-Identifier: MIT

-- :name doctor_server :one
-- What the database server says of itself.
select current_setting('server_version') as version,
	current_setting('server_version_num')::integer >= 150000 as recent,
	current_setting('fsync')::boolean and current_setting('full_page_writes')::boolean
		and current_setting('synchronous_commit') <> 'off' as durable

-- :name doctor_runner :one
-- How long ago any runner was seen; null when none ever was.
select extract(epoch from now() - max(seen_at))::bigint as seconds from runner

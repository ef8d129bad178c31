-- SPDX-License-Identifier: MIT

-- :name health_runner :one
select exists (select from runner where seen_at > now() - interval '2 minutes') as seen,
	(select string_agg(distinct pressure, '; ') from runner
	 where seen_at > now() - interval '2 minutes' and expires_at > now() and ended_at is null) as pressure

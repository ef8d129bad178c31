-- SPDX-License-Identifier: MIT
-- The audit's chains, as they are stored: nothing is computed here that is to be proved.

-- :name audit_chains :many
select chain from audit_head union select chain from audit order by chain

-- :name audit_entries :many
-- The next of a chain after number $2.
select number, entry, hash, project_id, account_id, action, body::text as body,
	(extract(epoch from at) * 1000000)::bigint as at_us
from audit where chain = $1 and number > $2
order by number limit 1000

-- :name audit_end :maybe
select number, hash from audit_head where chain = $1

-- SPDX-License-Identifier: MIT
-- Paid calls: intents and their holds, answers, and answers that are of no use.

-- :name call_begin :many
-- In the order of the batch.
select ord, verdict, call_id, response, need::text as need, budgets::text as budgets, wait_s
from call_begin($1, $2, $3, $4, $5, $6, $7, $8)

-- :name call_end :exec
select call_end($1, $2, $3, $4, $5, $6, $7, $8)

-- :name calls_mine :many
-- What a runner is asking, as the database sees it.
select call_id from llm_call where state = 'intent' and owner = $1

-- :name call_refuse :exec
-- The answer was read and is of no use; it is not used again.
update llm_call set error = $2 where call_id = $1 and error is null

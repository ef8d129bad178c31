-- SPDX-License-Identifier: MIT
-- Paid calls: the intent and its hold, the answer, and using a stored answer instead of paying again.

-- :name call_begin :one
select verdict, call_id, need from call_begin($1, $2, $3, $4, $5, $6, $7, $8::numeric)

-- :name call_end :exec
select call_end($1, $2, $3, $4, $5, $6, $7, $8::numeric)

-- :name call_stored :maybe
-- The answer to the same request for the same revision that nobody has found fault with.
select call_id, response from llm_call
where run_id = $1 and node = $2 and revision = $3 and request_hash = $4
	and state = 'answered' and error is null
order by call_no desc limit 1

-- :name call_refuse :exec
-- The answer was read and is of no use; it is not used again.
update llm_call set error = $2 where call_id = $1 and error is null

-- SPDX-License-Identifier: MIT

-- :name health_runner :one
select exists (select from runner where seen_at > now() - interval '2 minutes') as seen

# SPDX-License-Identifier: MIT
# 0004_stages.sql: what a runner leased that has expired is not rescued before its deadline
/where c.state = 'L' and (c.deadline/{n;s/or w.ended_at is not null or w.expires_at < engine_now())/or w.ended_at is not null)/}

# SPDX-License-Identifier: MIT
# 0002_events.sql: events skip a number
s/returning r.run_id, r.opened_at, r.ev_seq - c.n as base/returning r.run_id, r.opened_at, r.ev_seq - c.n + (c.n > 1)::int as base/

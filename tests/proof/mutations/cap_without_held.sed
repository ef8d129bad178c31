# SPDX-License-Identifier: MIT
# 0005_calls.sql: caps do not count what is held
s/select b.cap_usd is null or b.spent_usd + b.held_usd + coalesce(h.amount, 0) <= b.cap_usd/select b.cap_usd is null or b.spent_usd + coalesce(h.amount, 0) <= b.cap_usd/

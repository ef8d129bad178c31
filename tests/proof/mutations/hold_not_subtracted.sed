# SPDX-License-Identifier: MIT
# 0005_calls.sql: what was held stays held
s/set held_usd = b.held_usd - s.held, spent_usd/set spent_usd/

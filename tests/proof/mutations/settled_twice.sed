# SPDX-License-Identifier: MIT
# 0005_calls.sql: a call that ends twice is paid twice
s/where b.call_id = any (p_call) and b.settled_at is null$/where b.call_id = any (p_call)/

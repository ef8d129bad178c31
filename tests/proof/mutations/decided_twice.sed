# SPDX-License-Identifier: MIT
# 0009_people.sql: a question stays open when it is decided
s/update gate set state = 'decided', decided_at = engine_now() where gate_id = p_gate;/perform 1;/

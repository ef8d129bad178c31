# SPDX-License-Identifier: MIT
# 0004_stages.sql: another's output is taken
s/where c.epoch = t.epoch and c.owner = p_owner and c.state = .L.$/where c.epoch = t.epoch and c.state = 'L'/

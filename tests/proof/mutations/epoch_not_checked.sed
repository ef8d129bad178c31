# SPDX-License-Identifier: MIT
# 0004_stages.sql: an output of a lease that is over is taken
s/where c.epoch = t.epoch and c.owner = p_owner and c.state = .L.$/where c.owner = p_owner and c.state = 'L'/

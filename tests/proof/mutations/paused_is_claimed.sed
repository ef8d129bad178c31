# SPDX-License-Identifier: MIT
# 0004_stages.sql: what a person holds back is claimed
s/where c.tenant_id = t.tenant_id and c.state = 'R' and not r.paused/where c.tenant_id = t.tenant_id and c.state = 'R'/

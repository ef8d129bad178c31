# SPDX-License-Identifier: MIT
# 0009_people.sql: one approval less is enough
s/if have < g.quorum then/if have < g.quorum - 1 then/

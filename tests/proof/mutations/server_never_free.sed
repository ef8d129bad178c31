# SPDX-License-Identifier: MIT
# 0005_calls.sql: a server's places are not given back
s/set in_flight = greatest(p.in_flight - g.n, 0)/set in_flight = p.in_flight/

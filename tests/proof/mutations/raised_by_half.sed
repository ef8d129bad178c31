# SPDX-License-Identifier: MIT
# 0009_people.sql: a cap is not raised by what it lacked
s/set cap_usd = b.cap_usd + ceil(c.need \* 100) \/ 100/set cap_usd = b.cap_usd + floor(c.need * 100) \/ 100/

# SPDX-License-Identifier: MIT
# 0004_stages.sql: one tenant may take everything
s/order by c.rank limit p_quota/order by c.rank limit p_limit/

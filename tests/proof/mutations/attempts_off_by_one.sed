# SPDX-License-Identifier: MIT
# 0004_stages.sql: one attempt too many
s/if p_counts and c.attempt + 1 >= c.max_attempts then/if p_counts and c.attempt >= c.max_attempts then/

# SPDX-License-Identifier: MIT
# 0009_people.sql: a decision on an older revision counts
s/elsif g.revision <> p_revision then/elsif g.revision < p_revision - 100 then/

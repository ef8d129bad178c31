# SPDX-License-Identifier: MIT
# 0003_steps.sql: a bounded edge is taken once too often
s/or l.times >= e.max_times/or l.times > e.max_times/

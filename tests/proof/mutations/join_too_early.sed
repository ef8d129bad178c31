# SPDX-License-Identifier: MIT
# 0003_steps.sql: a join does not wait for the last branch
s/having bool_and(k.state = 'D')/having bool_or(k.state = 'D')/

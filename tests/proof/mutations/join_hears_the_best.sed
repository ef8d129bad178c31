# SPDX-License-Identifier: MIT
# 0003_steps.sql: one branch that passes hides another that fails
s/case when bool_or(k.came = 'fail') then 'fail'/case when bool_and(k.came = 'fail') then 'fail'/

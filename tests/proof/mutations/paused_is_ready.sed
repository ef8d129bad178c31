# SPDX-License-Identifier: MIT
# 0004_stages.sql: a retry that is due becomes ready though a person holds the run
/perform\|update cursor c set state = case when r.paused then 'W' else 'R' end,$/{N;s/case when r.paused then 'W' else 'R' end,\n\t\twhy = case when r.paused then 'paused' end,$/'R', why = null,/}

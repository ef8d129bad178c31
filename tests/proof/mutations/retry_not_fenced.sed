# SPDX-License-Identifier: MIT
# 0004_stages.sql: a retry is heard from who has lost the lease
s/where c1.run_id = p_run and c1.branch = p_branch and c1.epoch = p_epoch and c1.owner = p_owner/where c1.run_id = p_run and c1.branch = p_branch/

# SPDX-License-Identifier: MIT
# 0004_stages.sql: a rescued stage keeps its epoch
/freed as (/,/returning/s/owner = null, deadline = null, epoch = c.epoch + 1/owner = null, deadline = null/

# SPDX-License-Identifier: MIT
# 0003_steps.sql: what comes after a stage done again stays as it was
s/and s.state in ('done', 'waiting')$/and s.state in ('waiting')/

# SPDX-License-Identifier: MIT
# 0003_steps.sql: the same concern goes round for ever
s/or t.outcome = .concern. and s.concern_sha256 = sha256(.*$/or false/

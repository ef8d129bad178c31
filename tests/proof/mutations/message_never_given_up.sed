# SPDX-License-Identifier: MIT
# 0006_messages.sql: a message fails for ever
s/d.attempts >= 4/d.attempts >= 400/

# SPDX-License-Identifier: MIT
# 0006_messages.sql: a stage that fails has read its messages
s/else 'ready' end,/else 'dead' end,/

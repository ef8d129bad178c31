# SPDX-License-Identifier: MIT
# 0006_messages.sql: a message that failed again does not wait longer
s/make_interval(secs => 10 \* 2 ^ d.attempts)/make_interval(secs => 10)/

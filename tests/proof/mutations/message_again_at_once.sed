# SPDX-License-Identifier: MIT
# 0006_messages.sql: what a stage failed with is read again at once
s/make_interval(secs => 10 \* 2 ^ d.attempts)/make_interval(secs => 10 * d.attempts)/

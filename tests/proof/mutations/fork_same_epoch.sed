# SPDX-License-Identifier: MIT
# 0003_steps.sql: the lease before a fork stays good
s/set state = 'W', why = 'join', node = f.came, epoch = c.epoch + 1, attempt = 0/set state = 'W', why = 'join', node = f.came, attempt = 0/

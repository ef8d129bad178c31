# SPDX-License-Identifier: MIT
# 0004_stages.sql: a runner keeps stages while others wait
s/w.low is null or cardinality(tenants) = 1/w.low is null or cardinality(tenants) >= 1/;s/and w.low = tenants\[1\] and w.high = tenants\[1\])/and true)/

# SPDX-License-Identifier: MIT
# A file put here is a workflow that people can choose; see src/flow/graph.h for what it may say.
nobase_dist_pkgdata_DATA += $(sort $(wildcard $(srcdir)/workflows/*.dot))

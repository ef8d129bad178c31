# SPDX-License-Identifier: MIT
EXTRA_DIST += deploy/cluster.sh

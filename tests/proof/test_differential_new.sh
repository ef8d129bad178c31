#!/bin/sh
# SPDX-License-Identifier: MIT
# 60,000 random operations more, others each time. DIFFERENTIAL_SEED says which, to have them again.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/proof/differential.sh
. "$top_srcdir/tests/proof/differential.sh"

seed=${DIFFERENTIAL_SEED:-$(date +%s)}
for seed in "$seed" $((seed + 1)); do
	tap_case "the database and the oracle agree after 30000 random operations (seed $seed)" agree "$seed" 30000 4
done
tap_done

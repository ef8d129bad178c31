#!/bin/sh
# SPDX-License-Identifier: MIT
# More than 100,000 random operations on the database and the oracle, in several seeds, of which one is new
# each time.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/proof/differential.sh
. "$top_srcdir/tests/proof/differential.sh"

new=${DIFFERENTIAL_SEED:-$(date +%s)}
for seed in 101 102 103 "$new"; do
	tap_case "the database and the oracle agree after 26000 random operations (seed $seed)" agree "$seed" 26000 4
done
tap_done

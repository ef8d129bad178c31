#!/bin/sh
# SPDX-License-Identifier: MIT
# A few thousand random operations leave the database as the oracle; three of the mutations are noticed.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/proof/differential.sh
. "$top_srcdir/tests/proof/differential.sh"

tap_case 'the database and the oracle agree after 2500 random operations' agree 1 2500
for name in epoch_not_checked quorum_off_by_one hold_not_subtracted; do
	tap_case "the mutation $name is noticed" caught "$name" 2500
done
tap_done

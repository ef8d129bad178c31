#!/bin/sh
# SPDX-License-Identifier: MIT
# mutations.sh PART PARTS: each of the mutations (of that part of them) is noticed.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
export top_srcdir
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/proof/differential.sh
. "$top_srcdir/tests/proof/differential.sh"

number=0
for script in "$proof"/mutations/*.sed; do
	number=$((number + 1))
	[ $((number % $2 + 1)) -eq "$1" ] || continue
	name=$(basename "$script" .sed)
	tap_case "the mutation $name is noticed" caught "$name" 2500
done
tap_done

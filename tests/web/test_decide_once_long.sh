#!/bin/sh
# SPDX-License-Identifier: MIT
# The full count of test_decide_once.sh.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
DECIDE_ROUNDS=50
export top_srcdir DECIDE_ROUNDS
exec sh "$top_srcdir/tests/web/test_decide_once.sh"

#!/bin/sh
# SPDX-License-Identifier: MIT
: "${top_srcdir:?}" "${top_builddir:?}"
exec "$top_srcdir/tests/lib/as-user" -c "$top_srcdir/harness" -c "$top_srcdir/tests/sandbox/cases" \
	-c "$top_builddir/tests/sandbox/test_cases" -- ./test_cases

#!/bin/sh
# SPDX-License-Identifier: MIT
: "${top_srcdir:?}" "${top_builddir:?}"
# Only root can show that root is refused.
if [ "$(id -u)" -ne 0 ]; then
	echo '1..0 # SKIP not root: that root is refused cannot be shown'
	exit 0
fi
exec "$top_builddir/tests/sandbox/test_probe" root

#!/bin/sh
# SPDX-License-Identifier: MIT
: "${top_srcdir:?}" "${top_builddir:?}"
# Inside a user namespace that may have no others a machine without user namespaces
# is there to be looked at.
# shellcheck disable=SC2016 # the inner shell expands it
exec "$top_srcdir/tests/lib/as-user" -c "$top_srcdir/harness" \
	-c "$top_builddir/tests/sandbox/test_probe" -- sh -c '
	wall="bwrap --unshare-user --disable-userns --dev-bind / /"
	if ! why=$($wall true 2>&1); then
		echo "1..0 # SKIP $why"
		exit 0
	fi
	exec $wall ./test_probe walled'

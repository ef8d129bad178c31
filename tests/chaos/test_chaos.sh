#!/bin/sh
# SPDX-License-Identifier: MIT
# test_chaos.sh [--long]: faults of every kind against three runners; see chaos.py. `make chaos` is the long one.
# CHAOS_RUNNER names the runner to use, in a build with --enable-faults.
# shellcheck disable=SC2016 # for the inner shell
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
# shellcheck source=deploy/cluster.sh
. "$top_srcdir/deploy/cluster.sh"
cluster_open "$top_srcdir" || exit 99
[ -z "$cluster_user" ] || { BOTARMY_TEST_USER=$cluster_user && export BOTARMY_TEST_USER; }
CHAOS_RUNNER=${CHAOS_RUNNER:-$top_builddir/tests/chaos/runner}
exec "$top_srcdir/tests/lib/as-user" -c "$CHAOS_RUNNER" \
	-c "$top_builddir/tests/db/migrate_main" -c "$top_srcdir/harness" -c "$top_srcdir/blueprints" \
	-c "$top_srcdir/sql" -c "$top_srcdir/tests" -c "$top_srcdir/deploy" \
	-- sh -c 'exec python3 tests/chaos/chaos.py "$PWD/$1" "$PWD/migrate_main" $2' sh \
	"$(basename "$CHAOS_RUNNER")" "${1:-}"

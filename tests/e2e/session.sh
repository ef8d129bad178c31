#!/bin/sh
# SPDX-License-Identifier: MIT
# session.sh [--runner] [--workflows] SCRIPT.js [ARG…]: runs a browser test against a responder and nginx of
# its own; --runner: with the real runner, as an ordinary user. Otherwise tests/web/play.sql plays it, in small
# workflows of its own or, with --workflows, in the real ones, which have drawings.
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
if [ -z "${BOTARMY_TEST_DATABASE:-}" ]; then
	exec "$top_srcdir/tests/lib/with-database" sh "$0" "$@"
fi
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"

modules=$top_builddir/tests/e2e
(
	mkdir -p "$modules" && exec 9>"$modules/lock" && flock 9 || exit 1
	cmp -s "$top_srcdir/tests/e2e/package-lock.json" "$modules/package-lock.json" && [ -d "$modules/node_modules" ] && exit 0
	cp "$top_srcdir/tests/e2e/package.json" "$top_srcdir/tests/e2e/.npmrc" "$modules/" &&
		cp "$top_srcdir/tests/e2e/package-lock.json" "$modules/" &&
		(cd "$modules" && npm ci --ignore-scripts --no-progress >npm.log 2>&1) || {
		rm -f "$modules/package-lock.json"
		exit 1
	}
) || {
	echo "Bail out! npm could not install what the browser tests need; see $modules/npm.log"
	exit 99
}
runner=
if [ "$1" = --runner ]; then
	shift
	BOTARMY_TEST_USER=$(stat -c %U "$BOTARMY_TEST_CLUSTER/data")
	export BOTARMY_TEST_USER
	unset OPENAI_API_KEY OPENAI_BASE_URL BOTARMY_CONFIG
	# shellcheck disable=SC2016 # for the inner shell
	"$top_srcdir/tests/lib/as-user" -c "$top_builddir/botarmy-runner" -c "$top_srcdir/harness" \
		-c "$top_srcdir/workflows" -c "$top_srcdir/blueprints" -c "$top_srcdir/agents" -- sh -c '
		echo $$
		BOTARMY_DATA_DIR=$PWD BOTARMY_STATE_DIR=$BOTARMY_TEST_DIR/state exec ./botarmy-runner' \
		>"$web/runner.pid" 2>"$web/runner.log" &
	runner=$!
fi
runner_end() {
	[ -n "$runner" ] || return
	kill "$(cat "$web/runner.pid")" 2>/dev/null
	wait "$runner"
}
trap 'runner_end; web_end' EXIT
if [ "$1" = --workflows ]; then
	shift
	"$top_builddir/tests/model/workflow_main" "$RUNNER_DATABASE_URL" "$top_srcdir" >/dev/null || exit 99
fi
# shellcheck disable=SC2119
web_start
web_feed
for file in play parallel; do
	psql -qX "$DATABASE_URL" -v ON_ERROR_STOP=1 -f "$top_srcdir/tests/web/$file.sql" >/dev/null || exit 99
done
account ana admin
account bo approver
account op operator
account cy submitter
account dy submitter
account vi viewer
E2E_URL=$url
E2E_RESPONDER=$responder E2E_FEED=$feed E2E_CONFIG=$web/web.conf
E2E_SUPERUSER=$(sh "$top_srcdir/deploy/cluster.sh" url "$BOTARMY_TEST_CLUSTER" postgres postgres)
export E2E_URL E2E_RESPONDER E2E_FEED E2E_CONFIG E2E_SUPERUSER
script=$1
shift
# Not exec: the responder and nginx are ended behind it.
node "$top_srcdir/tests/e2e/$script" "$@"

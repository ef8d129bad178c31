#!/bin/sh
# SPDX-License-Identifier: MIT
# make bench, as short as can be: what it writes, and that it leaves nothing behind.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
work=$(mktemp -d /tmp/botarmy-bench-test-XXXXXX) || exit 99
chmod 755 "$work"
mkdir -m 755 "$work/state"
bench=
trap '[ -z "$bench" ] || kill "$bench" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
BENCH_DIR=$work/state BENCH_RESULTS=$work/results BENCH_SECONDS=1 BENCH_ROUNDS=1 BENCH_RUNS=1
BENCH_PARTS=web
export BENCH_DIR BENCH_RESULTS BENCH_SECONDS BENCH_ROUNDS BENCH_RUNS BENCH_PARTS top_srcdir top_builddir
unset MAKEFLAGS MAKELEVEL MFLAGS

it_runs() { make -s -C "$top_builddir" bench >"$work/table" 2>"$work/log" || { cat "$work/log"; return 1; }; }
# One of the engine's figures stands for all: the stub server, a runner, and a limit are in it.
the_engine_is_measured() {
	BENCH_PARTS=engine BENCH_FIGURES=latency make -s -C "$top_builddir" bench >"$work/table" 2>"$work/log" ||
		{ cat "$work/log"; return 1; }
	figures members && figures positive && grep -q 'submission committed' "$work/table"
}
figures() { python3 "$top_srcdir/tests/performance/figures.py" "$1" "$work/results" "$work/table"; }
# No folder, and no process that was started with a path below it.
nothing_is_left() {
	[ -z "$(ls -A "$work/state")" ] || { ls -lA "$work/state"; return 1; }
	for file in /proc/[0-9]*/cmdline; do
		! tr '\0' ' ' 2>/dev/null <"$file" | grep -F "$work/state" || return 1
	done
}
# The minimal responder is the last to start.
it_can_be_stopped() {
	python3 "$top_srcdir/bench/bench.py" >"$work/stopped" 2>&1 &
	bench=$!
	tries=600
	until [ -S "$(echo "$work"/state/*/state/run/minimal.sock)" ]; do
		tries=$((tries - 1))
		if [ "$tries" -eq 0 ] || ! kill -0 "$bench" 2>/dev/null; then
			cat "$work/stopped"
			return 1
		fi
		sleep 0.1
	done
	kill -TERM "$bench"
	wait "$bench"
	[ $? -eq 130 ]
}

tap_case "a short bench runs" it_runs
tap_case "each line is an object of the seven members" figures members
tap_case "every figure is there, in the file and in the table" figures present
tap_case "every figure is positive" figures positive
tap_case "ratios are the values' shares of their own limits" figures ratios
tap_case "the goals are those that were set" figures goals
tap_case "nothing is left of it" nothing_is_left
tap_case "the engine is measured, too" the_engine_is_measured
tap_case "nothing is left of that" nothing_is_left
BENCH_SECONDS=20
tap_case "it can be stopped while it measures" it_can_be_stopped
tap_case "nothing is left then either" nothing_is_left
tap_done

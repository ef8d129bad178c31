# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For test scripts: a case is a name and a command that must succeed (or, after "not", fail).
# What a failing command printed follows as comments. End with tap_done.
tap_count=0
tap_failed=0
tap_output=$(mktemp)

tap_case() {
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	tap_want=0
	if [ "$1" = not ]; then
		tap_want=1
		shift
	fi
	("$@") >"$tap_output" 2>&1
	tap_status=$?
	if [ "$tap_want" -eq 0 ] && [ "$tap_status" -eq 0 ]; then
		echo "ok $tap_count - $tap_name"
	elif [ "$tap_want" -eq 1 ] && [ "$tap_status" -ne 0 ]; then
		echo "ok $tap_count - $tap_name"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $tap_name"
		{
			echo "exit status $tap_status of: $*"
			head -n 40 "$tap_output"
		} | sed 's/^/# /'
	fi
}

tap_done() {
	rm -f "$tap_output"
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}

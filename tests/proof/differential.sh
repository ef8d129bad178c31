#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# For the scripts that run the differential test: on the functions as they are, and on mutations of them.
#
# A mutation is a file NAME.sed: a sed script for one file of sql/functions, which its second line names
# ("# 0004_stages.sql: what is wrong then"). It must change exactly one line's worth of places.
# shellcheck disable=SC2154 # the script that sources this sets it
proof=$top_srcdir/tests/proof

# agree SEED OPERATIONS
agree() {
	"$top_srcdir/tests/lib/with-database" sh "$proof/inside.sh" "$top_srcdir/sql/functions" "$@"
}

# mutate NAME FOLDER: makes the folder with the functions, one of them changed.
mutate() {
	script=$proof/mutations/$1.sed
	file=$(sed -n '2s/^# \([0-9a-z_]*\.sql\): .*/\1/p' "$script")
	[ -f "$top_srcdir/sql/functions/$file" ] || {
		echo "$script: its second line names no file of sql/functions"
		return 2
	}
	mkdir -p "$2" && cp "$top_srcdir"/sql/functions/*.sql "$2" || return 2
	sed -f "$script" "$top_srcdir/sql/functions/$file" >"$2/$file" || return 2
	places=$(diff "$top_srcdir/sql/functions/$file" "$2/$file" | grep -c '^[0-9]')
	[ "$places" -eq 1 ] || {
		echo "$script: applies to $places places of $file, not to one"
		return 2
	}
}

# caught NAME OPERATIONS: a seed in five must find it, and find it as a difference.
caught() {
	changed=$(mktemp -d) || return 2
	mutate "$1" "$changed" || {
		rm -rf "$changed"
		return 2
	}
	chmod -R a+rX "$changed"
	found=1
	for seed in 1 2 3 4 5; do
		said=$("$top_srcdir/tests/lib/with-database" sh "$proof/inside.sh" "$changed" "$seed" "$2")
		printf '%s\n' "$said" | tail -n 12
		case $said in
		'not ok 1'*)
			found=0
			break
			;;
		'ok 1'*) ;;
		*) break ;;
		esac
	done
	rm -rf "$changed"
	return "$found"
}

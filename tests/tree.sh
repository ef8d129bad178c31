#!/bin/sh
# SPDX-License-Identifier: MIT
# The files of the project: each is distributed, each piece of data is installed, each source says its
# licence, and none knows the machine it was written on. Each rule is also tried on what breaks it.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
# The archive of a release is inside of no checkout of its own.
if [ "$(git -C "$top_srcdir" rev-parse --show-toplevel 2>/dev/null)" != "$(cd "$top_srcdir" && pwd -P)" ]; then
	echo '1..0 # SKIP not a git checkout'
	exit
fi
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
lists=$top_builddir/tests/lists
git -C "$top_srcdir" ls-files --deleted >"$work/deleted"
git -C "$top_srcdir" ls-files | grep -vxFf "$work/deleted" >"$work/tracked"

# missing LIST: which names of standard input are neither in make's list nor below a folder in it.
missing() {
	awk -v top="$top_srcdir/" 'NR == FNR { sub("^" top, ""); sub(/^(\.\.?\/)+/, ""); listed[$0]; next }
		{ path = $0; while (!(path in listed) && sub("/[^/]*$", "", path)); if (!(path in listed)) print }' \
		"$lists/$1" -
}
undistributed() { grep -vxE '\.gitignore|check' "$1" | missing distributed; }
# Statements are compiled into the programs.
uninstalled() {
	grep -E '^(templates|static|agents|workflows|blueprints|harness|nginx|sql)/' "$1" |
		grep -vE '/local\.mk$|^sql/queries/' | missing installed
}
# Data of others' formats has no place for the line, nor has what stands for a stranger's input.
unlicensed() {
	grep -vE '\.(json|png|ico)$|^LICENSE$|(^|/)(fixtures|seeds|briefs|cases)/|^harness/etc/(group|passwd)$' "$1" |
		(cd "${2:-$top_srcdir}" && while read -r file; do
			head -n 4 "$file" | grep -q SPDX-License-Identifier: || echo "$file"
		done)
}
# Brackets keep these words from finding themselves.
foreign() {
	(cd "${2:-$top_srcdir}" && xargs grep -InE -e '(^|[^A-Za-z0-9_.)}])/[w]ork/' -e 'registry\.[n]pmjs' \
		-e '"[r]esolved" *:' -e '\<[Ii][s]sue #?[0-9]' -- /dev/null) <"$1"
}
none() {
	found=$("$@")
	echo "$found"
	[ -z "$found" ]
}
finds() {
	count=$1
	shift
	found=$("$@")
	echo "$found"
	[ "$(printf '%s\n' "$found" | grep -c .)" -eq "$count" ]
}

tap_case 'every file is distributed' none undistributed "$work/tracked"
tap_case 'every piece of data is installed' none uninstalled "$work/tracked"
tap_case 'every source says its licence' none unlicensed "$work/tracked"
tap_case 'no file knows the machine it was written on' none foreign "$work/tracked"

mkdir -p "$work/bad/sql/roles"
printf '%s\n' sql/roles/new.sql lock.json text.md >"$work/new"
echo 'select 1;' >"$work/bad/sql/roles/new.sql"
printf '{ "%s%s": "https://%s%s.org/x" }\n' resol ved registry. npmjs >"$work/bad/lock.json"
printf 'see %s%s and %s%s 7\n' /wo rk/main iss ue >"$work/bad/text.md"
tap_case 'a file that is not distributed is found' finds 3 undistributed "$work/new"
tap_case 'data that is not installed is found' finds 1 uninstalled "$work/new"
tap_case 'a source without a licence is found' finds 2 unlicensed "$work/new" "$work/bad"
tap_case 'words of a machine are found' finds 2 foreign "$work/new" "$work/bad"
tap_done

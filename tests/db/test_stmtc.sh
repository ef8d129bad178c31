#!/bin/sh
# SPDX-License-Identifier: MIT
# The compiler of named statements: what it makes, and what it refuses with file and line.
# shellcheck disable=SC2317,SC2016 # cases are called by name; quotes are for the inner shell
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}" "${top_builddir:=.}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
stmtc=$(cd "$top_builddir" && pwd)/stmtc
work=$(mktemp -d) && cd "$work" || exit 99
trap 'rm -rf "$work"' EXIT

# refuses NAME MESSAGE TEXT: the text as q.sql must give exactly this message, and no output.
refuses() {
	rm -f h c
	printf '%b' "$3" >q.sql
	said=$("$stmtc" h c q.sql 2>&1)
	status=$?
	echo "status $status: $said"
	[ "$status" -eq 1 ] && [ "$said" = "$2" ] && [ ! -e h ] && [ ! -e c ]
}
refused() {
	tap_case "refuses $1" refuses "$@"
}

cat >one.sql <<'SQL'
-- SPDX-License-Identifier: MIT
-- About these.

-- :name first :many   -- what it does */ /*
-- and more of it
select 'a;$9', "b?""$8", $$ $7; $$, $2::int -- $6
from t where x = $1 /* $5; */ and y = $2;

-- :name second :exec
update t set a = '??=\ü'
-- trailing words
SQL
printf -- '-- :name third :one\nselect 1\n-- :name fourth :maybe\nselect 2' >two.sql

makes_both() {
	"$stmtc" h c one.sql two.sql && cat h c
}
header_has() {
	cat h
	grep -q "$1" h
}
table_has() {
	cat c
	grep -qF "$1" c
}
compiles() {
	{
		cat h
		echo '#include <stddef.h>'
		echo 'enum stmt_shape { SHAPE_EXEC, SHAPE_ONE, SHAPE_MAYBE, SHAPE_MANY };'
		echo 'struct stmt_info { const char *name, *where, *sql; enum stmt_shape shape;'
		echo 'int params; };'
		sed '/#include/d' c
		echo '#include <stdio.h>'
		echo 'int main(void) { for (size_t i = 0; i < stmt_count; i++) {'
		echo 'printf("%s %d ", stmt_table[i].name, stmt_table[i].params); puts(stmt_table[i].sql); }'
		echo 'return stmt_count != STMT_COUNT || STMT_FOURTH != 3; }'
	} >all.c
	${CC:-cc} -std=c17 -Wall -Wextra -Werror -o all all.c && ./all >out && cat out &&
		grep -qF 'first 2 select ' out && grep -qx "second 0 update t set a = '??=\\\\ü'" out &&
		grep -qx 'from t where x = .1 .* and y = .2' out
}
touches_nothing() {
	touch -d 2001-01-01 h c
	"$stmtc" h c one.sql two.sql && [ -z "$(find h c -newermt 2002-01-01)" ]
}

tap_case 'makes a header and a table' makes_both
tap_case 'numbers statements in the order of files' header_has '^	STMT_FIRST,$'
tap_case 'tells where a statement stands' table_has '"first", "one.sql:4"'
tap_case 'keeps shapes' table_has 'SHAPE_MAYBE, 0'
tap_case 'makes C that compiles, of the SQL as it stands' compiles
tap_case 'leaves files alone that would not change' touches_nothing
tap_case 'makes an empty table of nothing' "$stmtc" h c
tap_case 'fails on a file that is not there' not "$stmtc" h c none.sql
tap_case 'needs its arguments' not "$stmtc" h

N='-- :name'
refused 'a second statement' 'q.sql:3: a second statement; each needs its own :name' \
	"$N a :one\nselect 1;\nselect 2"
refused 'a statement that is empty' 'q.sql:1: the statement is empty' \
	"$N a :one\n-- words\n\n$N b :one\nselect 1"
refused 'one that is only a semicolon' 'q.sql:1: the statement is empty' "$N a :one\n;"
refused 'a gap in the parameters' "q.sql:2: \$3 is used but \$2 is not" "\n$N a :one\nselect \$1, \$3"
refused 'parameter 0' "q.sql:2: parameters are \$1 to \$64" "$N a :one\nselect \$0"
refused 'parameter 65' "q.sql:2: parameters are \$1 to \$64" "$N a :one\nselect \$65"
refused 'a parameter past all numbers' \
	"q.sql:2: parameters are \$1 to \$64" "$N a :one\nselect \$99999999999999999999"
refused 'an unknown shape' 'q.sql:1: the shape must be :exec, :one, :maybe or :many' "$N a :some\nselect 1"
refused 'no shape' 'q.sql:1: the shape must be :exec, :one, :maybe or :many' "$N a\nselect 1"
refused 'words behind the shape' 'q.sql:1: only a comment may follow the shape' "$N a :one more\nselect 1"
bad='a name is lower-case letters, digits and _, at most 56, and not "count"'
refused 'a name with a capital' "q.sql:1: $bad" "$N aB :one\nselect 1"
refused 'a name that begins with a digit' "q.sql:1: $bad" "$N 1a :one\nselect 1"
refused 'the name count' "q.sql:1: $bad" "$N count :one\nselect 1"
refused 'no name' "q.sql:1: $bad" "$N\nselect 1"
refused 'a name twice' 'q.sql:3: the name a is taken already at q.sql:1' \
	"$N a :one\nselect 1\n$N a :one\nselect 2"
refused 'SQL before the first name' 'q.sql:2: SQL before the first :name' "-- words\nselect 1"
refused 'a misspelt header' 'q.sql:1: expected "-- :name NAME :SHAPE"' "-- :nme a :one\nselect 1"
refused 'a literal that does not end' 'q.sql:3: a literal that does not end' "$N a :one\nselect 1,\n'x"
refused 'a comment that does not end' 'q.sql:2: a comment that does not end' "$N a :one\nselect 1 /* x"
refused 'what is not UTF-8' 'q.sql: byte 0 is not valid UTF-8' '\0377'
tap_done

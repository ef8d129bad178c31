#!/bin/sh
# SPDX-License-Identifier: MIT
# The layers of src: a folder includes only from folders below it, each foreign library stays in
# its one folder, and neither SQL nor markup stands in C. Each rule is also tried on a small tree
# that breaks it.
# shellcheck disable=SC2317,SC2016 # cases are called by name; quotes hold C and patterns
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# What each folder may include from, besides itself.
allowed='
base:
db: base
net: base
http: base
flow: base
llm: base net flow
sandbox: base flow
fallback: base flow llm
model: base db net http flow llm fallback
web: base db net http flow llm fallback model
feed: base db net http flow llm fallback model
mail: base db net http flow llm fallback model
runner: base db net http flow llm sandbox fallback model
cli: base db net http flow llm sandbox fallback model
tools: base db
'

sources() {
	find "$1/src" -name '*.[ch]' | sort
}

# Prints each include that goes upwards or sideways.
includes() {
	for file in $(sources "$1"); do
		folder=${file#"$1/src/"}
		folder=${folder%%/*}
		line=$(printf '%s' "$allowed" | grep "^$folder:") || {
			echo "$file: the folder $folder stands in no layer; see tests/layers.sh"
			continue
		}
		sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"\/]*\)\/.*/\1/p' "$file" | sort -u |
			while read -r from; do
				case " $folder ${line#*:} " in
				*" $from "*) ;;
				*) echo "$file: includes from $from" ;;
				esac
			done
	done
}

# only HEADER FOLDER TREE: prints files elsewhere that include the system header.
only() {
	sources "$3" | grep -v "^$3/src/$2/" |
		xargs -r grep -nE "^[ 	]*#[ 	]*include[ 	]*[<\"]($1)[>\"]"
}

# The string literals of C files as file:line:"…", without comments.
literals() {
	sources "$1" | grep -vE "$2" | while read -r file; do
		awk -v file="$file" '{
			line = $0
			while (length(line)) {
				if (inside) {
					at = index(line, "*/")
					if (!at) break
					line = substr(line, at + 2); inside = 0
				} else if (match(line,
					/\/\*|\/\/|"([^"\\]|\\.)*"|\x27([^\x27\\]|\\.)+\x27/)) {
					token = substr(line, RSTART, RLENGTH)
					line = substr(line, RSTART + RLENGTH)
					if (token == "//") break
					if (token == "/*") inside = 1
					else if (substr(token, 1, 1) == "\"") print file ":" FNR ":" token
				} else break
			}
		}' "$file"
	done
}

markup() {
	literals "$1" '/src/base/(html|markdown|mustache)[a-z_]*\.[ch]$' |
		grep -iE -e ':".*</[a-z]' -e ':".*<(a|body|br|div|form|h[1-6]|html|input|li|p|pre)[ >]' \
			-e ':".*<(script|span|style|svg|table|td|tr|ul)[ >]'
}

sql() {
	literals "$1" '^$' | grep -iE \
		-e '\b(insert into|delete from|(create|drop|alter|truncate) table) [a-z_"]' \
		-e '\bupdate [a-z_]+ set [a-z_]+ *=' \
		-e '\bselect [a-z_*($0-9].* from [a-z_]+( where| join| order| limit|"$)'
}

# clean RULE ARGS…: the rule finds nothing.
clean() {
	found=$("$@")
	echo "$found"
	[ -z "$found" ]
}

# finds COUNT RULE ARGS…: the rule finds so many lines.
finds() {
	count=$1
	shift
	found=$("$@")
	echo "$found"
	[ "$(printf '%s\n' "$found" | grep -c .)" -eq "$count" ]
}

bad=$work/bad
mkdir -p "$bad/src/base" "$bad/src/db" "$bad/src/web" "$bad/src/attic" "$bad/src/flow"
printf '#include "db/db.h"\n#include "base/ok.h"\n' >"$bad/src/base/up.c"
printf '#include <libpq-fe.h>\n#include "runner/x.h"\n  # include "model/ok.h"\n' >"$bad/src/web/side.c"
printf '#include "db/db.h"\n' >"$bad/src/flow/impure.c"
printf '#include <curl/curl.h>\n#include <libpq-fe.h>\n' >"$bad/src/db/foreign.c"
echo 'int x;' >"$bad/src/attic/old.c"
# shellcheck disable=SC2028 # C escapes
{
	echo '/* "<div class>" is only a comment */ const char *a = "<div class=\"x\">";'
	echo 'const char *b = "</p>", *c = "1 < 2 </", *d = "List <a@b>";'
	echo 'int e = '\''"'\''; const char *f = "<script>";'
	echo '/*'
	echo ' "insert into x" */'
	echo 'const char *g = "INSERT INTO run values (1)"; // "delete from x"'
	echo 'const char *h = "select * from run where run_id = $1", *i = "select one from the list";'
	echo 'const char *j = "update run set state = 1", *k = "update the file and set a name";'
} >"$bad/src/web/text.c"

tap_case 'a folder includes only from below' clean includes "$top_srcdir"
tap_case 'libpq stays in src/db' clean only 'libpq-fe\.h|libpq/.*' db "$top_srcdir"
tap_case 'libcurl stays in src/net' clean only 'curl/.*' net "$top_srcdir"
tap_case 'libfcgi stays in src/http' clean only 'fcgi[a-z_]*\.h|fastcgi\.h' http "$top_srcdir"
tap_case 'no markup stands in C' clean markup "$top_srcdir"
tap_case 'no SQL stands in C' clean sql "$top_srcdir"
tap_case 'an include from above is found' finds 4 includes "$bad"
tap_case 'a foreign library is found' finds 1 only 'libpq-fe\.h' db "$bad"
tap_case 'another foreign library is found' finds 1 only 'curl/.*' net "$bad"
tap_case 'markup in C is found' finds 3 markup "$bad"
tap_case 'SQL in C is found' finds 3 sql "$bad"
tap_done

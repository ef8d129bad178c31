#!/bin/sh
# SPDX-License-Identifier: MIT
# The model of the engine holds in every small combination of faults, each variant that is broken on purpose is
# found out, and the model knows every function that moves a run. With "long" the combinations are larger.
# shellcheck disable=SC2317,SC2086 # cases are called by name; options are words
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
top_srcdir=$(cd "$top_srcdir" && pwd)
work=$(mktemp -d) || exit 99
quick=-O0
[ "${1:-}" != long ] || quick=-O1
trap 'rm -rf "$work"' EXIT

# explore OPTIONS…: prints what Spin found; fails when that is no answer.
explore() {
	rm -rf "$work/pan" && mkdir "$work/pan" && cp "$top_srcdir"/tests/proof/*.pml "$work/pan" || return 2
	cd "$work/pan" || return 2
	spin "$@" -a engine.pml || return 2
	# Compiling takes longer than exploring does while there is little to explore.
	cc "$quick" -DSAFETY -DCOLLAPSE -DMEMLIM=3000 -w -o pan pan.c || return 2
	./pan -m100000 >said || return 2
	grep -E '^pan:1|errors:|states, stored|Search not completed|too small' said
}
holds() {
	explore "$@" >"$work/said" || return 1
	cat "$work/said"
	grep -q 'errors: 0' "$work/said" && ! grep -qE 'not completed|too small' "$work/said"
}
broken() {
	explore "$@" >"$work/said" || return 1
	cat "$work/said"
	grep -q '^pan:1: assertion violated' "$work/said"
}

few='-DDEATHS=0 -DSTALLS=0'
tap_case 'a runner dies, one stalls past its lease' holds -DDEATHS=1 -DSTALLS=1
tap_case 'the database forgets what was committed last' holds $few -DFAILOVERS=1
tap_case 'a person cancels, one pauses, and a runner stalls' holds -DDEATHS=0 -DCANCELS=1 -DPAUSES=1
tap_case 'an agent asks, a person wants changes' holds $few -DPARKS=1 -DCHANGES=1
tap_case 'a run goes back to a stage, branches fail' holds $few -DBACKS=1 -DFAILS=1
tap_case 'attempts fail while a runner stalls' holds -DDEATHS=0 -DRETRIES=1
tap_case 'attempts and branches fail, a person wants changes' holds $few -DRETRIES=1 -DFAILS=1 -DCHANGES=1
if [ "${1:-}" = long ]; then
	tap_case 'a runner dies, and the database forgets' holds -DSTALLS=0 -DFAILOVERS=1
	tap_case 'a runner stalls, an agent asks, a person wants changes' holds -DDEATHS=0 -DPARKS=1 -DCHANGES=1
	tap_case 'a runner dies, the run goes back' holds -DSTALLS=0 -DBACKS=1
	tap_case 'a runner dies, a person pauses, an attempt fails' holds -DSTALLS=0 -DPAUSES=1 -DRETRIES=1
fi

tap_case 'found: outputs fenced by their epoch alone' broken -DEPOCH_ALONE $few -DFAILOVERS=1
tap_case 'found: a state that is not looked at again when it is leased' broken -DNO_STATE_CHECK
tap_case "found: a runner's row that goes before its leases" broken -DROW_DELETED
tap_case 'found: a join that counts wrongly' broken -DJOIN_MISCOUNTS -DFAILS=1
tap_case 'found: an epoch that stands while a stage changes hands' broken -DEPOCH_STANDS
tap_case 'found: a decision on a question that is not asked any more' broken -DGATE_UNCHECKED -DCHANGES=1
tap_case 'found: a runner that believes what a failed-over database forgot' broken -DBELIEVES $few -DFAILOVERS=1
tap_case 'a model that holds is not taken for a broken one' not broken $few

# movers: the functions that write a cursor, a run's state or a gate, or call one that does.
movers() {
	cat "$1"/*.sql | python3 -c '
import re, sys
text = re.sub(r"--[^\n]*", "", sys.stdin.read())
found = re.split(r"(?m)^create function ", text)[1:]
body = {re.match(r"\w+", f).group(0): f for f in found}
writes = r"\b(update|insert\s+into|delete\s+from)\s+(cursor|run|gate)\b"
moves = {n for n, f in body.items() if re.search(writes, f)}
while True:
    more = {n for n, f in body.items() if n not in moves
            and any(re.search(r"\b" + m + r"\s*\(", f[len(n):]) for m in moves)}
    if not more:
        break
    moves |= more
print("\n".join(sorted(moves)))'
}
# Not in the model, and why.
excused='
artifact_edit: another revision of what a question is about; no cursor moves, and a decision on the former is refused
comment_settle: says something of a comment; only an event is written
event_append: numbers events under the lock that the model takes for granted; the differential test counts them
event_each: as event_append
gate_due: reminds people and asks others; no cursor moves and no question ends
gate_give: says whose a question is; no cursor moves and no question ends
gate_take_back: as gate_give
link_decide: as review_send
message_send: says something in a run; only an event is written
review_send: moves a run by gate_decide() alone, which the model knows
'
known() {
	{
		cat "$1"/*.pml | grep -o '/\* sql: [a-z_]* \*/' | tr -d '/*' | awk '{ print $2 }'
		printf '%s' "$excused" | sed -n 's/^\([a-z_]*\): .*/\1/p'
	} | sort -u
}
same_list() {
	movers "$1" >"$work/movers" && known "$2" >"$work/known"
	[ -s "$work/movers" ] && diff "$work/movers" "$work/known"
}
functions=$top_srcdir/sql/functions
tap_case 'the model knows every function that moves a run, and no other' same_list "$functions" \
	"$top_srcdir/tests/proof"
mkdir "$work/more" "$work/less" && cp "$functions"/*.sql "$work/more"
printf 'create function a_new_one() returns void\nlanguage sql as $$ update cursor set attempt = 0 $$;\n' \
	>"$work/more/9999_new.sql"
tap_case 'a function that the model does not know is found' not same_list "$work/more" \
	"$top_srcdir/tests/proof"
sed 's/sql: stage_park/sql: nothing/' "$top_srcdir"/tests/proof/*.pml >"$work/less/all.pml"
tap_case 'a function that is gone from the model is found' not same_list "$functions" "$work/less"
tap_done

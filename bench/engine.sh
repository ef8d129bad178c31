#!/bin/bash
# SPDX-License-Identifier: MIT
# For bench/engine_stack.py: a private database with everything in it that a runner needs, and a data
# folder with the bench's agent and workflow, in a new folder. Prints NAME=VALUE lines, then "ready";
# ends and removes everything at the end of its standard input.
#
#   engine.sh MODEL-SERVER-PORT
set -u
: "${top_srcdir:?}" "${top_builddir:?}"
model_port=$1

fail() {
	echo "bench: $*" >&2
	exit 1
}

folder=$(mktemp -d "${BENCH_DIR:-/var/tmp}/botarmy-bench-XXXXXX") || exit 1
chmod 0755 "$folder"
STATE=$folder/state BIN='' DATA='' SERVICE='' BASE='' PORT=0
# shellcheck source=deploy/stack.sh
. "$top_srcdir/deploy/stack.sh"

# shellcheck disable=SC2317 # called by the trap
stop() {
	trap '' INT TERM HUP
	sh "$top_srcdir/deploy/cluster.sh" stop "$STATE/pg" >/dev/null 2>&1
	rm -rf "$folder"
}
trap stop EXIT
trap 'exit 143' INT TERM HUP

if [ "$(id -u)" -eq 0 ]; then
	for SERVICE in botarmy postgres nobody; do
		id "$SERVICE" >/dev/null 2>&1 && break
	done
fi
export BOTARMY_USER=$SERVICE
stack_folders || fail "no folder below $folder"
stack_programs "$top_srcdir" "$top_builddir" || fail "the programs could not be copied"

# What is shipped, but for agents and workflows.
data=$folder/data
mkdir -p "$data/agents" "$data/workflows"
for part in "$DATA"/*; do
	name=$(basename "$part")
	[ -e "$data/$name" ] || ln -s "$part" "$data/$name"
done
cp -r "$DATA/agents/shared" "$top_srcdir/bench/data/agents/bench" "$data/agents/"
cp "$top_srcdir/bench/data/workflows/bench.dot" "$data/workflows/"
chmod -R a+rX "$data"
DATA=$data

sh "$top_srcdir/deploy/cluster.sh" init "$STATE/pg" && sh "$top_srcdir/deploy/cluster.sh" start "$STATE/pg" || exit 1
stack_configure || exit 1
cat >>"$STATE/demo.conf" <<-CONF
	openai_base_url = "http://127.0.0.1:$model_port/v1"
	model = "bench"
	price_input = 1
	price_output = 4
CONF
stack_as "$BIN/botarmy" migrate >/dev/null || fail "the database could not be migrated"
for name in admin other; do
	stack_as "$BIN/botarmy" user add $name --role admin --if-missing >/dev/null || exit 1
done

cat <<-VALUES
	bin=$BIN
	config=$STATE/demo.conf
	log=$STATE/log
	service=$SERVICE
	postmaster=$(head -n 1 "$STATE/pg/data/postmaster.pid")
	database=$(stack_database_url botarmy)
	runner_database=$(stack_database_url botarmy_runner)
	ready
VALUES
cat >/dev/null

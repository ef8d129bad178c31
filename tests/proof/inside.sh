#!/bin/sh
# SPDX-License-Identifier: MIT
# inside.sh FUNCTIONS SEED OPERATIONS [EVERY]: within with-database, puts the functions of a folder in the place of
# the database's own and runs the differential test.
set -u
functions=$1
shift
[ -f "$functions/0001_fresh.sql" ] || {
	echo "Bail out! there are no functions in $functions"
	exit 99
}
# What the database says while it creates is noise until it fails.
said=$(cat "$functions"/*.sql | psql -XAtq -1 -v ON_ERROR_STOP=1 "$DATABASE_URL" 2>&1) || {
	echo "$said" >&2
	echo 'Bail out! the functions cannot be created'
	exit 99
}
# shellcheck disable=SC2154 # with-database sets it
exec "$top_builddir/tests/proof/differential" "$@"

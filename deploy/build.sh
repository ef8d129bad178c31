#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh FOLDER [configure option…]: configures FOLDER if need be and builds in it.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd -P)
folder=$1
shift
if [ ! -x "$source/configure" ] || [ -n "$(find "$source/configure.ac" -newer "$source/configure")" ]; then
	echo "preparing the build…" >&2
	(cd "$source" && autoreconf -i) >"${TMPDIR:-/tmp}/botarmy-autoreconf.$$" 2>&1 || {
		cat "${TMPDIR:-/tmp}/botarmy-autoreconf.$$" >&2
		exit 1
	}
	rm -f "${TMPDIR:-/tmp}/botarmy-autoreconf.$$"
fi
mkdir -p "$folder"
cd "$folder"
if [ ! -f Makefile ]; then
	echo "configuring in $folder…" >&2
	"$source/configure" -q "$@" >&2
fi
echo "building…" >&2
make -s -j"$(nproc)" >&2

#!/bin/bash
# SPDX-License-Identifier: MIT
# What a model writes reaches who watches while it is written, costs nothing where nobody does, and delays nothing.
set -u
# shellcheck source=tests/lib/stack.sh
. "$(dirname "$0")/../lib/stack.sh"
stack_begin
DATABASE_URL=$owner_url
export DATABASE_URL
coproc STUB { exec python3 "$top_srcdir/tests/lib/stub_model_server"; }
stub_in=${STUB[1]}
read -r model_port <&"${STUB[0]}"
cat >>"$STATE/demo.conf" <<-CONF
	openai_base_url = "http://127.0.0.1:$model_port/v1"
	model = "stub"
	price_input = 1
	price_output = 1
CONF
stack_runner
python3 "$top_srcdir/tests/feed/text.py" "$BOTARMY_URL" "$BOTARMY_TOKEN" "$model_port"
status=$?
[ "$status" -eq 0 ] || tail -n 15 "$STATE/log/runner.log" "$STATE/log/feed.log" | sed 's/^/# /'
exec {stub_in}>&-
exit "$status"

#!/bin/sh
# SPDX-License-Identifier: MIT
# The responder's data: what is wrong with it is told at the start, and --dev takes changes in.
# shellcheck disable=SC2317 # cases are called by name
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
# shellcheck source=tests/lib/web.sh
. "$top_srcdir/tests/lib/web.sh"
web_start
account sam submitter
as_sam() { hit -H "Authorization: Bearer $token" "$@"; }
stopped() {
	kill -TERM "$responder"
	wait "$responder"
	responder=
}
# refuses TEXT: a start that fails, with these words in the log.
refuses() {
	timeout 20 "$top_builddir/botarmy-web" --config "$web/web.conf" >"$web/out" 2>"$web/err"
	is=$?
	[ "$is" -eq 1 ] && grep -qF -- "$1" "$web/err" && [ ! -s "$web/out" ] && return
	echo "exit status $is"
	cat "$web/out" "$web/err"
	return 1
}
tap_case 'help goes to standard output' sh -c '"$1" --help | grep -q "^usage: botarmy-web"' - "$top_builddir/botarmy-web"
stopped
rm "$web/data/templates"
tap_case 'without templates it does not start' refuses "$web/data/templates"
cp -R "$top_srcdir/templates" "$web/data/templates"
chmod -R u+w "$web/data/templates"
home=$web/data/templates/settings.html.mustache
echo '{{#who}}' >"$home"
tap_case 'nor with one that cannot be read' refuses settings
cp "$top_srcdir/templates/settings.html.mustache" "$home"
echo '{ "title": ' >"$web/data/blueprints/python-stdlib/blueprint.json"
tap_case 'nor with a blueprint that cannot be read' refuses blueprint.json
rm -r "$web/data/blueprints/python-stdlib"
web_responder
tap_case 'without a blueprint it warns' grep -q 'no project can be submitted' "$web/log/web.log"
as_sam -H 'Content-Type: application/json' -d '{"name": "x", "brief": "y"}' "$url/api/v1/projects"
tap_case 'and refuses projects in words' json_is "'stack' in j['errors'][0]['pointer']" True
tap_case 'as what was asked' is_status 422
stopped

web_responder --dev
as_sam "$url/settings"
tap_case 'with --dev pages are shown' is_status 200
sleep 1.1 # for another time stamp
sed -i 's|</h1>|, changed</h1>|' "$home"
as_sam "$url/settings"
tap_case 'a changed template shows at once' body_has ', changed</h1>'
sleep 1.1
echo '{{#who}}' >"$home"
as_sam "$url/settings"
tap_case 'a broken one leaves the page as it was' body_has ', changed</h1>'
tap_case 'and the log says why' grep -q 'the templates stay as they were' "$web/log/web.log"
tap_done

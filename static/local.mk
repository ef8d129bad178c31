# SPDX-License-Identifier: MIT
# Served by nginx as they are.
nobase_dist_pkgdata_DATA += \
	static/botarmy.css \
	static/botarmy.js \
	static/favicon.svg \
	static/gate.js \
	static/icons.svg \
	static/live.js \
	static/stream.js \
	static/times.js \
	static/writing.js

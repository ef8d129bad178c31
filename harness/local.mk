# SPDX-License-Identifier: MIT
# What a sandbox sees read-only at /harness: our test runner, and the little of /etc it needs.
nobase_dist_pkgdata_DATA += \
	harness/etc/group harness/etc/hosts harness/etc/nsswitch.conf harness/etc/passwd \
	harness/python/botarmy_reading.py harness/python/list.py harness/python/run.py

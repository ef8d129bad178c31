# SPDX-License-Identifier: MIT
# What can be built: a folder for each kind of application.
nobase_dist_pkgdata_DATA += \
	blueprints/python-stdlib/blueprint.json

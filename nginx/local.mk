# SPDX-License-Identifier: MIT
nobase_dist_pkgdata_DATA += nginx/site.conf.in nginx/private.conf.in nginx/botarmy-fastcgi.conf \
	nginx/busy.html nginx/unavailable.html nginx/unavailable.json

# SPDX-License-Identifier: MIT
EXTRA_DIST += demo .ci/run LICENSE README.md ARCHITECTURE.md CONTRIBUTING.md \
	deploy/packages.sh deploy/build.sh deploy/stack.sh deploy/cluster.sh
nobase_dist_pkgdata_DATA += deploy/packages.debian deploy/render.sh deploy/botarmy.conf.in \
	deploy/botarmy-web.service.in deploy/botarmy-feed.service.in deploy/nginx-files.conf \
	deploy/botarmy.cron.in
nobase_dist_pkgdata_SCRIPTS += deploy/setup.sh

# Named in EXTRA_DIST it would be make's target of the same name, and a distribution would
# begin with a run of all tests.
dist-hook:
	cp $(srcdir)/check $(distdir)/check

# SPDX-License-Identifier: MIT
EXTRA_DIST += demo check .ci/run LICENSE README.md ARCHITECTURE.md CONTRIBUTING.md \
	deploy/packages.debian deploy/packages.sh deploy/build.sh deploy/cluster.sh deploy/stack.sh

# SPDX-License-Identifier: MIT
dist_man_MANS += docs/man/botarmy.1 docs/man/botarmy-web.8 docs/man/botarmy-runner.8 docs/man/botarmy.conf.5
EXTRA_DIST += docs/screenshot.png docs/proof.md docs/views.md $(wildcard $(srcdir)/docs/adr/*.md)

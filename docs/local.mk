# SPDX-License-Identifier: MIT
dist_man_MANS += docs/man/botarmy.1 docs/man/botarmy-web.8 docs/man/botarmy-feed.8 docs/man/botarmy-runner.8 \
	docs/man/botarmy-mail.8 docs/man/botarmy.conf.5
EXTRA_DIST += docs/proof.md docs/screenshot.png docs/views.md docs/workflows.md $(wildcard $(srcdir)/docs/adr/*.md)

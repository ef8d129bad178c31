# SPDX-License-Identifier: MIT
# A real browser against the whole: nginx, the responder, PostgreSQL. npm brings playwright-core and
# axe-core into the build folder; the browser is Debian's.
BROWSER_E2E_TESTS = \
	tests/e2e/journey_js.sh \
	tests/e2e/journey_nojs.sh \
	tests/e2e/mail.sh \
	tests/e2e/pages.sh \
	tests/e2e/real.sh
E2E_TESTS += $(BROWSER_E2E_TESTS)
REALTIME_TESTS += tests/e2e/live.sh
EXTRA_DIST += $(BROWSER_E2E_TESTS) tests/e2e/live.sh tests/e2e/session.sh \
	tests/e2e/.npmrc tests/e2e/package.json tests/e2e/package-lock.json \
	tests/e2e/browser.js tests/e2e/journey.js tests/e2e/live.js tests/e2e/mail.js tests/e2e/pages.js tests/e2e/real.js

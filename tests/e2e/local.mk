# SPDX-License-Identifier: MIT
# A real browser against the whole: nginx, the responder, PostgreSQL. npm brings playwright-core, axe-core
# and html-validate into the build folder; the browser is Debian's.
BROWSER_E2E_TESTS = \
	tests/e2e/actions.sh \
	tests/e2e/gate.sh \
	tests/e2e/hostile.sh \
	tests/e2e/journey_js.sh \
	tests/e2e/journey_nojs.sh \
	tests/e2e/mail.sh \
	tests/e2e/many.sh \
	tests/e2e/pages.sh \
	tests/e2e/real.sh \
	tests/e2e/refusals.sh
E2E_TESTS += $(BROWSER_E2E_TESTS)
# The same tables with each combination of person, script, screen and colour.
CHECK_LONG_TESTS += tests/e2e/pages_long.sh tests/e2e/refusals_long.sh tests/e2e/actions_long.sh \
	tests/e2e/hostile_long.sh
REALTIME_TESTS += tests/e2e/live.sh
EXTRA_DIST += $(BROWSER_E2E_TESTS) tests/e2e/pages_long.sh tests/e2e/refusals_long.sh tests/e2e/actions_long.sh \
	tests/e2e/hostile_long.sh tests/e2e/live.sh tests/e2e/session.sh \
	tests/e2e/.npmrc tests/e2e/package.json tests/e2e/package-lock.json \
	tests/fixtures/hostile_strings.json \
	tests/e2e/actions.js tests/e2e/browser.js tests/e2e/checks.js tests/e2e/database.js tests/e2e/deeds.js tests/e2e/gate.js \
	tests/e2e/hostile.js tests/e2e/journey.js tests/e2e/live.js tests/e2e/mail.js tests/e2e/many.js tests/e2e/pages.js \
	tests/e2e/pairs.js tests/e2e/real.js tests/e2e/rows.js tests/e2e/states.js

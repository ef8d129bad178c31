# SPDX-License-Identifier: MIT
# Tests by what they prove. A room's local.mk adds its programs and scripts to one of
# these variables; all of them speak TAP, and each case counts.
UNIT_TESTS =
API_TESTS =
AGENTS_TESTS =
DATABASE_TESTS =
REALTIME_TESTS =
ERRORS_TESTS =
E2E_TESTS =
PERFORMANCE_TESTS =
CONSISTENCY_TESTS =
# What takes longer; make check-long runs it.
CHECK_LONG_TESTS =

include tests/base/local.mk
include tests/lib/stub_model.mk
include tests/flow-schema/local.mk
include tests/llm/local.mk
include tests/net/local.mk
include tests/fallback/local.mk
include tests/fuzz/local.mk
include tests/db/local.mk
include tests/e2e/local.mk
include tests/http/local.mk
include tests/flow/local.mk
include tests/mail/local.mk
include tests/model/local.mk
include tests/model-pure/local.mk
include tests/sandbox/local.mk
include tests/proof/local.mk
include tests/runner/local.mk
include tests/performance/local.mk
include tests/feed/local.mk
include tests/web/local.mk
include tests/cli/local.mk
include tests/chaos/local.mk
include tests/demo/local.mk
include tests/install/local.mk

TESTS += $(UNIT_TESTS) $(API_TESTS) $(AGENTS_TESTS) $(DATABASE_TESTS) $(REALTIME_TESTS) \
	$(ERRORS_TESTS) $(E2E_TESTS) $(PERFORMANCE_TESTS) $(CONSISTENCY_TESTS)

TEST_EXTENSIONS = .sh .py
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(top_srcdir)/tests/run-tap
SH_LOG_COMPILER = $(top_srcdir)/tests/run-tap $(SHELL)
PY_LOG_COMPILER = $(top_srcdir)/tests/run-tap python3
# Debian's programs, which the package list names, come before others of their names.
AM_TESTS_ENVIRONMENT = \
	PATH="/usr/bin:/bin:$$PATH"; export PATH; \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	BOTARMY_TEST_OWNER=$$PPID; export BOTARMY_TEST_OWNER;
TEST_LIBS = $(CMOCKA_LIBS)
EXTRA_DIST += tests/run-tap tests/tree.sh tests/lib/coverage.h
UNIT_TESTS += tests/tree.sh

# What make distributes and installs, for tests/tree.sh to compare with what there is.
check_DATA += tests/lists/distributed
CLEANFILES += tests/lists/distributed tests/lists/installed
.PHONY: tests/lists/distributed
tests/lists/distributed:
	@$(shell $(MKDIR_P) tests/lists)
	$(file >tests/lists/installed,$(nobase_dist_pkgdata_DATA) $(nobase_dist_pkgdata_SCRIPTS))
	$(file >$@,$(DISTFILES))
	@for list in installed distributed; do \
		tr -s ' ' '\n' <tests/lists/$$list >tests/lists/$$list.new && mv tests/lists/$$list.new tests/lists/$$list; \
	done

# make check-api and its like run one set. An empty set proves nothing, so it fails.
check-unit: SET = $(UNIT_TESTS)
check-api: SET = $(API_TESTS)
check-agents: SET = $(AGENTS_TESTS)
check-database: SET = $(DATABASE_TESTS)
check-realtime: SET = $(REALTIME_TESTS)
check-errors: SET = $(ERRORS_TESTS)
check-e2e: SET = $(E2E_TESTS)
check-performance: SET = $(PERFORMANCE_TESTS)
check-consistency: SET = $(CONSISTENCY_TESTS)
# What takes longer: full counts of what make check runs with short seeds.
check-long: SET = $(CHECK_LONG_TESTS)
check-long: BELOW = TEST_TIMEOUT=3600
# What a sanitizer build runs: everything but the browser, whose time goes elsewhere.
check-sanitize: SET = $(UNIT_TESTS) $(DATABASE_TESTS) $(API_TESTS) $(ERRORS_TESTS) $(CONSISTENCY_TESTS)
# The compiled unit tests under valgrind.
check-valgrind: SET = $(filter-out %.sh %.py,$(UNIT_TESTS))
check-valgrind: BELOW = LOG_COMPILER='$(LOG_COMPILER) valgrind -q --error-exitcode=99 \
	--leak-check=full --errors-for-leak-kinds=definite,possible'
CHECK_SETS = check-unit check-api check-agents check-database check-realtime check-errors \
	check-e2e check-performance check-consistency check-long check-sanitize check-valgrind
$(CHECK_SETS): all
	@test -n '$(strip $(SET))' || { echo '$@: there is no test in this set' >&2; exit 1; }
	$(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS) $(check_LIBRARIES) $(check_DATA)
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(SET)' $(BELOW)
.PHONY: $(CHECK_SETS)

# Coverage of COVERAGE_OF (all tests, or some of the sets above, one after the other): coverage/index.html, and
# coverage/coverage.json for programs.
# A test that fails does not keep the report back: such a build is slow, and some tests have deadlines.
# Tests of a root drop to other users, so what is counted must be writable for them all; a file is there
# before the first program writes it, and an empty one is no report.
COVERAGE_OF = check
coverage: all
	@test -n '$(COVERAGE_BUILD)' || { echo 'configure with --enable-coverage first' >&2; exit 1; }
	@find . -name '*.gcno' | sed 's/gcno$$/gcda/' | xargs touch
	@find . -name '*.gcda' -exec chmod a+rw '{}' +
	@for goal in $(COVERAGE_OF); do $(MAKE) $(AM_MAKEFLAGS) -k "$$goal" || echo "$$goal failed; see above" >&2; done
	@find . -name '*.gcda' -empty -delete
	@rm -rf coverage
	@$(MKDIR_P) coverage
	gcovr --root '$(realpath $(top_srcdir))' --object-directory . --filter '$(realpath $(top_srcdir))/src/' \
		--html-details coverage/index.html --json coverage/coverage.json --print-summary .
coverage-clean:
	find . -name '*.gcda' -delete
	rm -rf coverage
.PHONY: coverage coverage-clean

# What tests leave in a build folder; in the source folder some of it has sources' names.
distclean-local:
	rm -rf chaos-build coverage screenshots
	test '$(srcdir)' = . || rm -rf tests/e2e
.PHONY: distclean-local

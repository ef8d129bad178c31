# SPDX-License-Identifier: MIT
check_PROGRAMS += tests/fallback/answer
tests_fallback_answer_SOURCES = tests/fallback/answer.c
tests_fallback_answer_LDADD = $(LIBFALLBACK)
if HAVE_CMOCKA
check_PROGRAMS += tests/fallback/test_language tests/fallback/test_design
UNIT_TESTS += tests/fallback/test_language tests/fallback/test_design
tests_fallback_test_language_SOURCES = tests/fallback/test_language.c
tests_fallback_test_language_LDADD = $(LIBFALLBACK) $(TEST_LIBS)
tests_fallback_test_design_SOURCES = tests/fallback/test_design.c
tests_fallback_test_design_LDADD = $(LIBFALLBACK) $(TEST_LIBS)
endif
AGENTS_TESTS += tests/fallback/test_answers.py tests/fallback/test_apps.py tests/fallback/test_reviews.py
tests/fallback/test_answers.log tests/fallback/test_apps.log tests/fallback/test_reviews.log: tests/fallback/answer$(EXEEXT)
# Takes longer: every odd brief built and its whole suite run.
CHECK_LONG_TESTS += tests/fallback/test_odd.py
EXTRA_DIST += \
	tests/fallback/app.py tests/fallback/chain.py tests/fallback/odd.py tests/fallback/tap.py \
	tests/fallback/test_answers.py tests/fallback/test_apps.py tests/fallback/test_odd.py \
	tests/fallback/test_reviews.py \
	tests/fallback/briefs/books.md tests/fallback/briefs/clinic.md tests/fallback/briefs/courses.md \
	tests/fallback/briefs/expenses.md tests/fallback/briefs/garden.md tests/fallback/briefs/inventory.md \
	tests/fallback/briefs/recipes.md tests/fallback/briefs/rooms.md tests/fallback/briefs/shifts.md \
	tests/fallback/briefs/swimming.md tests/fallback/briefs/tickets.md tests/fallback/briefs/tool-library.md

# SPDX-License-Identifier: MIT
# Fuzz targets. `make check` replays the seeds; --enable-fuzz with CC=clang builds
# tests/fuzz/fuzz_NAME, to be run with a folder for what it finds and the seeds' folder.
FUZZ_REPLAYS = \
	tests/fuzz/replay_form \
	tests/fuzz/replay_json \
	tests/fuzz/replay_markdown \
	tests/fuzz/replay_mustache \
	tests/fuzz/replay_path \
	tests/fuzz/replay_records \
	tests/fuzz/replay_request \
	tests/fuzz/replay_text \
	tests/fuzz/replay_answer \
	tests/fuzz/replay_extract \
	tests/fuzz/replay_graph \
	tests/fuzz/replay_schema
UNIT_TESTS += $(FUZZ_REPLAYS)
check_PROGRAMS += $(FUZZ_REPLAYS)
tests_fuzz_replay_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_markdown_SOURCES = tests/fuzz/fuzz_markdown.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_mustache_SOURCES = tests/fuzz/fuzz_mustache.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_path_SOURCES = tests/fuzz/fuzz_path.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_text_SOURCES = tests/fuzz/fuzz_text.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_answer_SOURCES = tests/fuzz/fuzz_answer.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_extract_SOURCES = tests/fuzz/fuzz_extract.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_graph_SOURCES = tests/fuzz/fuzz_graph.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_schema_SOURCES = tests/fuzz/fuzz_schema.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_form_SOURCES = tests/fuzz/fuzz_form.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_records_SOURCES = tests/fuzz/fuzz_records.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_request_SOURCES = tests/fuzz/fuzz_request.c tests/fuzz/replay.c tests/fuzz/fuzz.h
tests_fuzz_replay_form_LDADD = $(LIBHTTP)
tests_fuzz_replay_records_LDADD = $(LIBHTTP)
tests_fuzz_replay_request_LDADD = $(LIBHTTP)
tests_fuzz_replay_json_LDADD = $(LIBBASE)
tests_fuzz_replay_markdown_LDADD = $(LIBBASE)
tests_fuzz_replay_mustache_LDADD = $(LIBBASE)
tests_fuzz_replay_path_LDADD = $(LIBBASE)
tests_fuzz_replay_text_LDADD = $(LIBBASE)
tests_fuzz_replay_answer_LDADD = $(LIBLLM)
tests_fuzz_replay_extract_LDADD = $(LIBLLM)
tests_fuzz_replay_graph_LDADD = $(LIBFLOW)
tests_fuzz_replay_schema_LDADD = $(LIBFLOW)

if FUZZ
FUZZERS = \
	tests/fuzz/fuzz_form \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_markdown \
	tests/fuzz/fuzz_mustache \
	tests/fuzz/fuzz_path \
	tests/fuzz/fuzz_records \
	tests/fuzz/fuzz_request \
	tests/fuzz/fuzz_text \
	tests/fuzz/fuzz_answer \
	tests/fuzz/fuzz_extract \
	tests/fuzz/fuzz_graph \
	tests/fuzz/fuzz_schema
noinst_PROGRAMS += $(FUZZERS)
tests_fuzz_fuzz_form_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_records_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_records_LDADD = $(LIBHTTP)
tests_fuzz_fuzz_request_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_form_LDADD = $(LIBHTTP)
tests_fuzz_fuzz_request_LDADD = $(LIBHTTP)
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_markdown_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_mustache_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_path_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_text_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_json_LDADD = $(LIBBASE)
tests_fuzz_fuzz_markdown_LDADD = $(LIBBASE)
tests_fuzz_fuzz_mustache_LDADD = $(LIBBASE)
tests_fuzz_fuzz_path_LDADD = $(LIBBASE)
tests_fuzz_fuzz_text_LDADD = $(LIBBASE)
tests_fuzz_fuzz_answer_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_answer_LDADD = $(LIBLLM)
tests_fuzz_fuzz_extract_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_extract_LDADD = $(LIBLLM)
tests_fuzz_fuzz_graph_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_graph_LDADD = $(LIBFLOW)
tests_fuzz_fuzz_schema_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_schema_LDADD = $(LIBFLOW)
endif

# Each target for FUZZ_SECONDS, from its seeds and from what earlier runs kept in fuzz/NAME; what breaks one is
# left in fuzz/ and belongs among the seeds once it is mended.
FUZZ_SECONDS = 60
fuzz: $(FUZZERS)
	@test -n '$(strip $(FUZZERS))' || { echo 'configure with --enable-fuzz CC=clang first' >&2; exit 1; }
	@status=0; for target in $(FUZZERS); do \
		name=$${target##*/fuzz_}; $(MKDIR_P) "fuzz/$$name"; \
		echo "$$name, $(FUZZ_SECONDS) s"; \
		"./$$target" -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 \
			-artifact_prefix="fuzz/$$name-" "fuzz/$$name" '$(srcdir)/tests/fuzz/seeds/'"$$name" \
			>"fuzz/$$name.log" 2>&1 || { status=1; tail -n 40 "fuzz/$$name.log"; }; \
		grep -h number_of_executed_units "fuzz/$$name.log" || :; \
	done; exit $$status
.PHONY: fuzz

EXTRA_DIST += tests/fuzz/seeds

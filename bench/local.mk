# SPDX-License-Identifier: MIT
# make bench: figures against limits measured in the same run. Not installed.
EXTRA_PROGRAMS += bench/fcgi_minimal bench/render bench/stub_server bench/viewers
bench_fcgi_minimal_SOURCES = bench/fcgi_minimal.c
nodist_bench_fcgi_minimal_SOURCES = src/db/stmt_table.c
bench_fcgi_minimal_CFLAGS = $(AM_CFLAGS) $(PQ_CFLAGS)
bench_fcgi_minimal_LDADD = $(PQ_LIBS) $(FCGI_LIBS) $(PTHREAD_LIBS)
bench_render_SOURCES = bench/render.c
bench_render_CPPFLAGS = -I$(top_srcdir)/tests $(AM_CPPFLAGS)
bench_render_LDADD = $(LIBBASE)
bench_viewers_SOURCES = bench/viewers.c
bench_stub_server_SOURCES = bench/stub_server.c
bench_stub_server_LDADD = $(LIBBASE)
BENCH_TOOLS = bench/fcgi_minimal$(EXEEXT) bench/render$(EXEEXT) bench/stub_server$(EXEEXT) bench/viewers$(EXEEXT)
CLEANFILES += $(BENCH_TOOLS) bench-results.jsonl
EXTRA_DIST += bench/bench.py bench/engine.py bench/engine.sh bench/engine_history.py bench/engine_limit.py \
	bench/engine_stack.py bench/feed.py bench/seed.sql bench/serve.sh \
	bench/data/agents/bench/agent.json \
	bench/data/agents/bench/document.md.mustache \
	bench/data/agents/bench/output.schema.json \
	bench/data/agents/bench/prompt.prompt.mustache \
	bench/data/workflows/bench.dot

bench: all $(BENCH_TOOLS)
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' python3 $(srcdir)/bench/bench.py
.PHONY: bench

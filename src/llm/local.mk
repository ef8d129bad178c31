# SPDX-License-Identifier: MIT
# llm: language models, bytes in and results out. No I/O.
noinst_LIBRARIES += libllm.a
libllm_a_SOURCES = \
	src/llm/answer.c src/llm/answer.h \
	src/llm/bounded.c src/llm/bounded.h \
	src/llm/extract.c src/llm/extract.h \
	src/llm/llm.h \
	src/llm/openai.h src/llm/openai_build.c \
	src/llm/openai_parse.c \
	src/llm/policy.c \
	src/llm/refusal.c src/llm/refusal.h \
	src/llm/retry_after.c src/llm/retry_after.h \
	src/llm/sse.c src/llm/sse.h
libllm_a_CFLAGS = $(AM_CFLAGS)
LIBLLM = libllm.a $(LIBFLOW)

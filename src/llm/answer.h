/* SPDX-License-Identifier: MIT */
/* Inside llm only: what a provider's parser puts together. */
#ifndef LLM_ANSWER_H
#define LLM_ANSWER_H

#include "base/buf.h"
#include "llm/llm.h"
#include "llm/sse.h"

enum answer_form { FORM_UNKNOWN, FORM_JSON, FORM_STREAM, FORM_ERROR };

struct llm_answer {
	const struct provider *provider;
	llm_text_fn on_text;
	void *ctx;
	size_t max, bytes; /* of the body */
	enum answer_form form;
	struct sse sse;
	struct buf body; /* FORM_JSON and FORM_ERROR */
	struct buf text, refusal;
	struct arena *scratch; /* one document at a time */
	int documents;
	int64_t retry_after_ms;
	int status;
	unsigned unsupported;
	enum llm_finish finish;
	struct llm_usage usage;
	bool done; /* the protocol's own end: [DONE], or a whole JSON answer */
	enum llm_class failed; /* LLM_OK: not failed */
	char message[400], model[128], request_id[128];
};

void answer_text(struct llm_answer *an, const char *s, size_t n);
void answer_refusal(struct llm_answer *an, const char *s, size_t n);
/* The first failure stands. Nothing that follows matters then. */
void answer_fail(struct llm_answer *an, enum llm_class c, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif

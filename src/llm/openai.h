/* SPDX-License-Identifier: MIT */
/* Inside llm only: the two halves of provider_openai. */
#ifndef LLM_OPENAI_H
#define LLM_OPENAI_H

#include "llm/llm.h"

bool openai_build(struct arena *a, const struct llm_endpoint *at, const struct llm_request *r,
		  struct net_request *out, struct err *e);

#endif

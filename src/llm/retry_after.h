/* SPDX-License-Identifier: MIT */
/* When a server says that it wants to be asked again. */
#ifndef LLM_RETRY_AFTER_H
#define LLM_RETRY_AFTER_H

#include <stdint.h>

/* `header(hctx, name)` gives a header or NULL. Milliseconds from now, at most a day;
   -1 when nothing usable is said. `limits`: x-ratelimit-* is worth a look (a 429). */
int64_t llm_retry_after(const char *(*header)(void *hctx, const char *name), void *hctx, int64_t now_ms,
			int limits);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What a model call costs. Amounts are nano-dollars (nine digits after the point,
 * as the database keeps them), always rounded up. Unknown is PRICE_UNKNOWN and
 * stays so through every function; it is never 0. What does not fit becomes
 * PRICE_MAX, which is over any cap.
 */
#ifndef FLOW_PRICE_H
#define FLOW_PRICE_H

#include <stddef.h>
#include <stdint.h>

struct arena;

#define PRICE_UNKNOWN (-1)
#define PRICE_MAX INT64_C(999999999999999999) /* the greatest numeric(18,9) */

struct price {
	int64_t input, output; /* micro-dollars per million tokens; PRICE_UNKNOWN */
};

/* Before a call: no token is shorter than a byte, so the request's whole body (with
   roles, schema and JSON's own signs) bounds its input tokens from above. */
int64_t price_worst_case(struct price p, size_t request_bytes, int64_t max_output_tokens);
/* After it; a negative number of tokens is unknown. */
int64_t price_actual(struct price p, int64_t input_tokens, int64_t output_tokens);
/* "0.001234500" for the database; NULL (its NULL) when unknown. */
const char *price_usd(struct arena *a, int64_t nano);

#endif

/* SPDX-License-Identifier: MIT */
/* Money in whole nano-dollars; every step saturates instead of wrapping. */
#include "flow/price.h"

#include <inttypes.h>

#include "base/arena.h"

/* Micro-dollars per million tokens times tokens is pico-dollars. */
#define PICO_PER_NANO 1000

int64_t price_actual(struct price p, int64_t input_tokens, int64_t output_tokens)
{
	__extension__ unsigned __int128 pico;

	if (p.input < 0 || p.output < 0 || input_tokens < 0 || output_tokens < 0)
		return PRICE_UNKNOWN;
	/* Two products below 2^126 cannot wrap. */
	pico = (unsigned __int128)p.input * (uint64_t)input_tokens +
	       (unsigned __int128)p.output * (uint64_t)output_tokens;
	pico = (pico + PICO_PER_NANO - 1) / PICO_PER_NANO;
	return pico > (unsigned __int128)PRICE_MAX ? PRICE_MAX : (int64_t)pico;
}

int64_t price_worst_case(struct price p, size_t request_bytes, int64_t max_output_tokens)
{
	int64_t input = request_bytes > (size_t)INT64_MAX ? INT64_MAX : (int64_t)request_bytes;

	return price_actual(p, input, max_output_tokens);
}

const char *price_usd(struct arena *a, int64_t nano)
{
	if (nano < 0)
		return NULL;
	return arena_printf(a, "%" PRId64 ".%09" PRId64, nano / 1000000000, nano % 1000000000);
}

/* SPDX-License-Identifier: MIT */
/* A stage's call to a paid model: from the first words to the answer that is taken. */
#ifndef RUNNER_CALL_H
#define RUNNER_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypt.h"
#include "base/str.h"
#include "llm/llm.h"
#include "net/request.h"

struct err;
struct net_call;
struct work;

/* Rounds in which an answer can be mended. */
enum { REPAIRS = 2, MESSAGES = 2 + 2 * REPAIRS };

struct call {
	struct llm_message messages[MESSAGES];
	size_t count;
	struct llm_caps caps;        /* with which the request was made */
	struct net_request request;
	uint8_t hash[SHA256_LEN];
	const char *worst;           /* USD; NULL: the price is unknown */
	int64_t id;                  /* in the database */
	struct net_call *net;        /* in flight, or NULL */
	struct llm_answer *answer;
	size_t shown;                /* bytes of its text that live.c has taken along */
	struct llm_result result;
	struct str text;             /* the answer that is being judged */
	const char *problem;         /* what is wrong with it */
};

/* request.c: fills in the request, its hash, and the caps with which it was made. */
bool request_make(struct work *w, struct call *c, struct err *e);
int64_t request_output_limit(const struct work *w);

#endif

/* SPDX-License-Identifier: MIT */
/* A stage that is a runner's for a while. */
#ifndef MODEL_LEASE_H
#define MODEL_LEASE_H

#include <stddef.h>
#include <stdint.h>

struct rows;

struct lease {
	int64_t run, branch, epoch;
	const char *node, *agent; /* owned by whoever filled it in */
	int64_t attempt;   /* failed ones before this */
	int64_t revision;  /* the one to be made */
	double confidence; /* concerns with less than this go back to an earlier stage */
};

/* Of a row that stage_claim() or stage_advance() in SQL has returned, which owns the names. */
struct lease lease_of(const struct rows *rows, size_t row);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Named points at which a build with --enable-faults can fail, stall or die on purpose; in any other
 * build a point is the constant false. BOTARMY_FAULTS says what happens where:
 * "POINT=kill|stall:MS|fail[@PROBABILITY],…". Of several entries of one point the first that comes up
 * counts. Each hit is a line in the log: "fault POINT: ACTION".
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#ifdef BOTARMY_FAULTS_BUILD
#define fault(point) fault_at(point)
#else
#define fault(point) false
#endif
/* True, with the error filled in that a database which is away leaves. */
#define fault_err(point, e) (fault(point) && !err_set(e, ERR_UNAVAILABLE, "fault %s", point))

/* True: behave as if it had failed. Reads BOTARMY_FAULTS at the first call of the process, and ends
   the process when that cannot be read. */
bool fault_at(const char *point);

enum fault_action { FAULT_FAIL, FAULT_STALL, FAULT_KILL };
struct fault_entry {
	char point[24];
	enum fault_action action;
	int stall_ms;
	double probability;
};
/* For fault_at() and its test. */
bool fault_parse(const char *text, struct fault_entry *out, size_t max, size_t *count, struct err *e);

#endif

/* SPDX-License-Identifier: MIT */
/* Time. Wall time is for people and rows, monotonic time for limits. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

int64_t clock_wall_ms(void); /* since 1970, UTC */
int64_t clock_mono_ms(void); /* never goes back; counts suspended time */
/* An HTTP date ("Sun, 06 Nov 1994 08:49:37 GMT"), to wall ms; -1 when it is none. */
int64_t clock_parse_http_date(const char *s);

#endif

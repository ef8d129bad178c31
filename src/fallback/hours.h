/* SPDX-License-Identifier: MIT */
/* Opening hours as people write them: "Mon-Fri 8:30-18:00, Sat 9-12". */
#ifndef FALLBACK_HOURS_H
#define FALLBACK_HOURS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Each day as "0 08:30 18:00", Monday is 0, in the order of days; a later mention of a
   day wins. Returns how many days there are, 0 when the text gives no hours. */
size_t hours_in(struct arena *a, const char *low, const char **days, size_t max);
/* Takes one of these strings apart; false when it is none. */
bool hours_read(const char *day, int *number, char opens[6], char closes[6]);
const char *day_name(int number);

#endif

/* SPDX-License-Identifier: MIT */
#include "fallback/hours.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

static const char *const names[7] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
};

const char *day_name(int number)
{
	return names[number % 7];
}

static void skip_spaces(const char **s)
{
	while (**s == ' ')
		(*s)++;
}

/* "mon", "monday", "mondays" */
static int read_day(const char **s)
{
	static const char *const starts[7] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

	for (int i = 0; i < 7; i++) {
		if (strncmp(*s, starts[i], 3) != 0)
			continue;
		const char *end = *s + 3;
		while (isalpha((unsigned char)*end))
			end++;
		size_t n = (size_t)(end - *s);
		size_t full = strlen(names[i]);
		bool whole = n == 3 || n == full || n == full + 1 || (n == 4 && strchr("srn", end[-1]));
		if (!whole)
			return -1;
		*s = end + (*end == '.');
		return i;
	}
	if (strncmp(*s, "weekdays", 8) == 0) {
		*s += 8;
		return 7;
	}
	if (strncmp(*s, "weekends", 8) == 0) {
		*s += 8;
		return 8;
	}
	if (strncmp(*s, "every day", 9) == 0 || strncmp(*s, "daily", 5) == 0) {
		*s += **s == 'e' ? 9 : 5;
		return 9;
	}
	return -1;
}

/* "-", "–", "to", "until", "till" */
static bool read_dash(const char **s)
{
	static const char *const dashes[] = { "-",	"\xe2\x80\x93", "\xe2\x80\x94", "to ",
					      "until ", "till ",	"through ",	"and " };

	skip_spaces(s);
	for (size_t i = 0; i < sizeof(dashes) / sizeof(*dashes); i++) {
		size_t n = strlen(dashes[i]);
		if (strncmp(*s, dashes[i], n) == 0) {
			*s += n;
			skip_spaces(s);
			return true;
		}
	}
	return false;
}

/* "8:30", "9", "9am", "6 pm"; minutes since midnight or -1 */
static int read_time(const char **s)
{
	const char *at = *s;
	int hour = 0, minute = 0, digits = 0;

	while (isdigit((unsigned char)*at) && digits++ < 2)
		hour = hour * 10 + (*at++ - '0');
	if (!digits || isdigit((unsigned char)*at))
		return -1;
	if ((*at == ':' || *at == '.' || *at == 'h') && isdigit((unsigned char)at[1]) &&
	    isdigit((unsigned char)at[2])) {
		minute = (at[1] - '0') * 10 + (at[2] - '0');
		at += 3;
	}
	const char *suffix = at;
	skip_spaces(&suffix);
	if (strncmp(suffix, "pm", 2) == 0 || strncmp(suffix, "p.m.", 4) == 0) {
		hour += hour < 12 ? 12 : 0;
		at = suffix + 2;
	} else if (strncmp(suffix, "am", 2) == 0 || strncmp(suffix, "a.m.", 4) == 0) {
		at = suffix + 2;
	}
	if (hour > 24 || minute > 59 || (hour == 24 && minute))
		return -1;
	*s = at;
	return hour * 60 + minute;
}

static bool read_times(const char **s, int *opens, int *closes)
{
	skip_spaces(s);
	if (strncmp(*s, "from ", 5) == 0)
		*s += 5;
	if (strncmp(*s, "between ", 8) == 0)
		*s += 8;
	*opens = read_time(s);
	if (*opens < 0 || !read_dash(s))
		return false;
	*closes = read_time(s);
	if (*closes == 24 * 60)
		*closes = 24 * 60 - 1;
	return *closes > *opens;
}

size_t hours_in(struct arena *a, const char *low, const char **days, size_t max)
{
	int opens[7], closes[7];
	size_t n = 0;
	bool inside = false;

	memset(opens, -1, sizeof(opens));
	memset(closes, -1, sizeof(closes));
	for (const char *s = low; *s; inside = isalnum((unsigned char)*s), s++) {
		const char *at = s;
		int from = inside ? -1 : read_day(&at), to, open, close;
		if (from < 0)
			continue;
		to = from;
		if (from > 6) {
			static const int spans[3][2] = { { 0, 4 }, { 5, 6 }, { 0, 6 } };
			to = spans[from - 7][1];
			from = spans[from - 7][0];
		} else {
			const char *next = at;
			if (read_dash(&next)) {
				int last = read_day(&next);
				if (last >= 0 && last < 7) {
					to = last;
					at = next;
				}
			}
		}
		skip_spaces(&at);
		at += *at == ':' || *at == ',';
		if (!read_times(&at, &open, &close))
			continue;
		for (int day = from;; day = (day + 1) % 7) {
			opens[day] = open;
			closes[day] = close;
			if (day == to)
				break;
		}
		s = at - 1;
	}
	for (int day = 0; day < 7 && n < max; day++)
		if (opens[day] >= 0)
			days[n++] = arena_printf(a, "%d %02d:%02d %02d:%02d", day, opens[day] / 60,
						 opens[day] % 60, closes[day] / 60, closes[day] % 60);
	return n;
}

bool hours_read(const char *day, int *number, char opens[6], char closes[6])
{
	int h1, m1, h2, m2, end = 0;

	if (sscanf(day, "%1d %2d:%2d %2d:%2d%n", number, &h1, &m1, &h2, &m2, &end) != 5 || day[end])
		return false;
	if (*number < 0 || *number > 6 || h1 < 0 || h1 > 23 || h2 < 0 || h2 > 23 || m1 < 0 || m1 > 59 ||
	    m2 < 0 || m2 > 59 || h1 * 60 + m1 >= h2 * 60 + m2)
		return false;
	snprintf(opens, 6, "%02d:%02d", (unsigned)h1 % 24, (unsigned)m1 % 60);
	snprintf(closes, 6, "%02d:%02d", (unsigned)h2 % 24, (unsigned)m2 % 60);
	return true;
}

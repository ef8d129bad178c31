/* SPDX-License-Identifier: MIT */
/* The two clocks, and the dates of HTTP. */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static int64_t now_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
	return now_ms(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
	return now_ms(CLOCK_BOOTTIME);
}

static int month_number(const char *name)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++) {
		if (memcmp(months + 3 * i, name, 3) == 0)
			return i;
	}
	return -1;
}

/* RFC 9110 has a recipient accept the two old forms beside its own. */
int64_t clock_parse_http_date(const char *s)
{
	struct tm tm = { 0 };
	char month[4] = "";
	int year = 0, end = 0;
	struct tm back;
	time_t t;

	if (sscanf(s, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &tm.tm_mday, month, &year,
		   &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) == 6 && end) {
		;
	} else if (sscanf(s, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &tm.tm_mday, month,
			  &year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) == 6 && end) {
		year += year < 70 ? 2000 : 1900;
	} else if (sscanf(s, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month, &tm.tm_mday,
			  &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &year, &end) != 6 || !end) {
		return -1;
	}
	if (s[end] || strlen(month) != 3 || month_number(month) < 0 || year < 1970)
		return -1;
	tm.tm_mon = month_number(month);
	tm.tm_year = year - 1900;
	back = tm;
	t = timegm(&back);
	/* timegm() bends 31 February into March; a leap second is let pass. */
	if (t < 0 || back.tm_mday != tm.tm_mday || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60 ||
	    tm.tm_hour < 0 || tm.tm_min < 0 || tm.tm_sec < 0)
		return -1;
	return (int64_t)t * 1000;
}

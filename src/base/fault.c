/* SPDX-License-Identifier: MIT */
#include "base/fault.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crypt.h"
#include "base/log.h"
#include "base/str.h"

enum { ENTRIES = 64, ENTRY_CHARS = 80, STALL_MAX_MS = 600000 };
#define MICRO 1000000

static struct fault_entry entries[ENTRIES];
static size_t count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool parse_one(struct str text, struct fault_entry *out, struct err *e)
{
	char copy[ENTRY_CHARS];
	int64_t number = MICRO;

	if (text.len >= sizeof(copy))
		return err_set(e, ERR_INVALID, "an entry of BOTARMY_FAULTS is too long");
	memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	char *action = strchr(copy, '='), *at = strchr(copy, '@');
	if (at)
		*at++ = '\0';
	if (action)
		*action++ = '\0';
	if (!action || !copy[0] || strlen(copy) >= sizeof(out->point))
		return err_set(e, ERR_INVALID, "BOTARMY_FAULTS: \"%s\" is not POINT=ACTION", copy);
	if (at && !parse_decimal(at, 6, MICRO, &number))
		return err_set(e, ERR_INVALID, "BOTARMY_FAULTS: the probability of %s is not between 0 and 1", copy);
	*out = (struct fault_entry){ .action = FAULT_FAIL, .probability = (double)number / MICRO };
	memcpy(out->point, copy, strlen(copy));
	if (streq(action, "kill"))
		out->action = FAULT_KILL;
	else if (strncmp(action, "stall:", 6) == 0 && parse_i64(action + 6, 1, STALL_MAX_MS, &number))
		out->action = FAULT_STALL;
	else if (!streq(action, "fail"))
		return err_set(e, ERR_INVALID, "BOTARMY_FAULTS: %s may kill, fail, or stall:MS", copy);
	out->stall_ms = out->action == FAULT_STALL ? (int)number : 0;
	return true;
}

bool fault_parse(const char *text, struct fault_entry *out, size_t max, size_t *n, struct err *e)
{
	struct str rest = str_from(text);

	for (*n = 0; rest.len; (*n)++) {
		struct str one = str_trim(str_cut(&rest, ','));
		if (*n == max)
			return err_set(e, ERR_INVALID, "BOTARMY_FAULTS has more than %zu entries", max);
		if (!parse_one(one, &out[*n], e))
			return false;
	}
	return true;
}

static void read_once(void)
{
	struct err e = { 0 };

	if (fault_parse(getenv("BOTARMY_FAULTS"), entries, ENTRIES, &count, &e))
		return;
	log_error("%s", e.msg);
	_exit(2);
}

/* True: fail. */
static bool act(const struct fault_entry *f)
{
	struct timespec stall = { f->stall_ms / 1000, f->stall_ms % 1000 * 1000000L };

	switch (f->action) {
	case FAULT_KILL:
		log_warn("fault %s: kill", f->point);
		kill(getpid(), SIGKILL);
		break;
	case FAULT_STALL:
		log_warn("fault %s: stall", f->point);
		nanosleep(&stall, NULL);
		break;
	case FAULT_FAIL:
		log_warn("fault %s: fail", f->point);
		return true;
	}
	return false;
}

bool fault_at(const char *point)
{
	pthread_once(&once, read_once);
	for (size_t i = 0; i < count; i++)
		if (streq(entries[i].point, point) && random_unit() < entries[i].probability)
			return act(&entries[i]);
	return false;
}

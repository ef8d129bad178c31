/* SPDX-License-Identifier: MIT */
#include "web/badge.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/value.h"
#include "http/exchange.h"
#include "model/inbox.h"
#include "web/app.h"

#define PEOPLE 512 /* who shares a slot with somebody is counted more often */
#define FRESH_MS 2000
#define SHOWN_MAX 99

struct seen {
	int64_t account, turns, until;
};
struct badge {
	pthread_mutex_t lock;
	struct seen seen[PEOPLE];
};

struct badge *badge_new(void)
{
	struct badge *b = calloc(1, sizeof(*b));
	if (!b) {
		log_error("out of memory at start");
		abort();
	}
	pthread_mutex_init(&b->lock, NULL);
	return b;
}

void badge_free(struct badge *b)
{
	if (b)
		pthread_mutex_destroy(&b->lock);
	free(b);
}

static bool known(struct badge *b, int64_t account, int64_t *turns)
{
	pthread_mutex_lock(&b->lock);
	const struct seen s = b->seen[account % PEOPLE];
	pthread_mutex_unlock(&b->lock);
	*turns = s.turns;
	return s.account == account && clock_mono_ms() < s.until;
}

void badge_show(struct exchange *x)
{
	struct badge *b = app_of(x)->badge;
	struct err ignored = { 0 };
	int64_t account = x->who.account_id, turns;
	if (!account)
		return;
	if (!known(b, account, &turns)) {
		int64_t asked = clock_mono_ms();
		if (!inbox_count(x->db, x->arena, account, &turns, &ignored))
			return;
		pthread_mutex_lock(&b->lock);
		b->seen[account % PEOPLE] = (struct seen){ account, turns, asked + FRESH_MS };
		pthread_mutex_unlock(&b->lock);
	}
	if (turns > SHOWN_MAX)
		set_text(x->arena, x->page, "turns", "99+");
	else if (turns)
		set_int(x->arena, x->page, "turns", turns);
}

void badge_forget(struct badge *b)
{
	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < PEOPLE; i++)
		b->seen[i].until = 0;
	pthread_mutex_unlock(&b->lock);
}

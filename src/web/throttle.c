/* SPDX-License-Identifier: MIT */
#include "web/throttle.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/log.h"

#define SLOTS 4096 /* in sets of WAYS; the least recently used of a set gives way */
#define WAYS 4

struct slot {
	uint64_t key; /* 0: free */
	int64_t at;   /* ms, of the last refill */
	double left;
	bool known;   /* this address has signed in to this account */
};

struct throttle {
	pthread_mutex_t lock;
	uint8_t salt[16]; /* so that nobody can choose names that share a slot */
	struct slot slots[SLOTS];
};

struct budget {
	char kind;
	double burst, per_second;
};
static const struct budget of_address = { 'a', 60, 0.2 }, of_pair = { 'p', 10, 1.0 / 30 },
			   of_account = { 'n', 100, 1.0 / 10 };

struct throttle *throttle_new(void)
{
	struct throttle *t = calloc(1, sizeof(*t));
	if (!t) {
		log_error("out of memory at start");
		abort();
	}
	pthread_mutex_init(&t->lock, NULL);
	random_bytes(t->salt, sizeof(t->salt));
	return t;
}

void throttle_free(struct throttle *t)
{
	if (t)
		pthread_mutex_destroy(&t->lock);
	free(t);
}

static uint64_t key_of(const struct throttle *t, char kind, const char *address, const char *account)
{
	char text[256] = { kind };
	uint8_t mac[SHA256_LEN];
	uint64_t key;
	size_t n = strnlen(address, 100), m = strnlen(account, 100);
	memcpy(text + 1, address, n);
	memcpy(text + 2 + n, account, m); /* a NUL stands between */
	hmac_sha256(t->salt, sizeof(t->salt), text, n + m + 2, mac);
	memcpy(&key, mac, sizeof(key));
	return key ? key : 1;
}

static struct slot *find(struct throttle *t, const struct budget *b, const char *address, const char *account)
{
	uint64_t key = key_of(t, b->kind, address, account);
	struct slot *set = &t->slots[key % (SLOTS / WAYS) * WAYS], *oldest = set;
	int64_t now = clock_mono_ms();
	for (struct slot *s = set; s < set + WAYS; s++) {
		if (s->key == key) {
			s->left += (double)(now - s->at) / 1000 * b->per_second;
			if (s->left > b->burst)
				s->left = b->burst;
			s->at = now;
			return s;
		}
		if (!s->key || (oldest->key && s->at < oldest->at))
			oldest = s;
	}
	*oldest = (struct slot){ key, now, b->burst, false };
	return oldest;
}

bool throttle_attempt(struct throttle *t, const char *address, const char *account, struct err *e)
{
	pthread_mutex_lock(&t->lock);
	struct slot *pair = find(t, &of_pair, address, account);
	bool known = pair->known, ok = pair->left >= 1;
	pair->left -= ok;
	struct slot *here = find(t, &of_address, address, "");
	ok = ok && here->left >= 1;
	here->left -= ok;
	struct slot *everywhere = find(t, &of_account, "", account);
	ok = ok && (known || everywhere->left >= 1);
	everywhere->left -= ok && !known;
	pthread_mutex_unlock(&t->lock);
	return ok || err_set(e, ERR_THROTTLED, "Too many attempts to sign in; wait half a minute and try again, or use "
					       "a sign-in link.");
}

void throttle_success(struct throttle *t, const char *address, const char *account)
{
	pthread_mutex_lock(&t->lock);
	struct slot *pair = find(t, &of_pair, address, account);
	pair->known = true;
	pair->left = of_pair.burst;
	find(t, &of_address, address, "")->left += 1;
	pthread_mutex_unlock(&t->lock);
}

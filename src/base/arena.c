/* SPDX-License-Identifier: MIT */
/* Bump allocation in a chain of blocks, newest first. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Under ASan what was not handed out is poisoned, so that an overrun inside a
   block is found as one on the heap would be. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define REDZONE 16u
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define REDZONE 0u
#endif

#define ALIGN alignof(max_align_t)
#define FIRST_BLOCK ((size_t)16 << 10)
#define LARGEST_BLOCK ((size_t)1 << 20)
/* One large request must not pin its memory. */
#define KEPT_BLOCK ((size_t)64 << 10)
#define DEFAULT_CAP ((size_t)256 << 20)

struct block {
	struct block *next;
	size_t size, used; /* of data */
	alignas(max_align_t) char data[];
};

struct deferred {
	void (*fn)(void *);
	void *p;
	struct deferred *next;
};

struct arena {
	struct block *blocks; /* the one in use comes first */
	struct deferred *deferred;
	size_t cap, used, next_size;
};

static _Noreturn void out_of_memory(const char *why, size_t n)
{
	log_error("arena: %s (%zu bytes asked for)", why, n);
	abort();
}

struct arena *arena_new(size_t cap)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		out_of_memory("no memory for an arena", sizeof(*a));
	a->cap = cap ? cap : DEFAULT_CAP;
	a->next_size = FIRST_BLOCK;
	return a;
}

static void run_deferred(struct arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;

		a->deferred = d->next;
		d->fn(d->p);
	}
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		UNPOISON(b->data, b->size);
		free(b);
		b = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	run_deferred(a);
	free_blocks(a->blocks);
	free(a);
}

void arena_reset(struct arena *a)
{
	struct block **best = NULL, *kept = NULL;

	run_deferred(a);
	for (struct block **at = &a->blocks; *at; at = &(*at)->next)
		if ((*at)->size <= KEPT_BLOCK && (!best || (*at)->size > (*best)->size))
			best = at;
	if (best) {
		kept = *best;
		*best = kept->next;
	}
	free_blocks(a->blocks);
	a->blocks = kept;
	a->next_size = FIRST_BLOCK;
	if (kept) {
		kept->next = NULL;
		kept->used = 0;
		POISON(kept->data, kept->size);
		/* Where one did not do, twice as much may next time. */
		while (a->next_size <= kept->size)
			a->next_size *= 2;
	}
	a->used = 0;
}

static struct block *add_block(struct arena *a, size_t need)
{
	size_t size = a->next_size;
	struct block *b;

	if (a->next_size < LARGEST_BLOCK)
		a->next_size *= 2;
	if (size < need)
		size = need;
	b = malloc(sizeof(*b) + size);
	if (!b)
		out_of_memory("the system has no memory", need);
	b->size = size;
	b->used = 0;
	POISON(b->data, b->size);
	/* A block made for one large piece goes second: the first has room yet. */
	if (a->blocks && need > FIRST_BLOCK && need == size) {
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->blocks;
	size_t need;
	void *p;

	if (n > a->cap || a->used > a->cap - n)
		out_of_memory("past its cap", n);
	need = (n + REDZONE + ALIGN - 1) & ~(ALIGN - 1);
	if (!b || b->size - b->used < need)
		b = add_block(a, need);
	p = b->data + b->used;
	b->used += need;
	a->used += n;
	UNPOISON(p, n);
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory("an array past its cap", count);
	return arena_alloc(a, count * size);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char first[256], *s;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(first, sizeof(first), fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory("text that cannot be formatted", 0);
	s = arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof(first))
		memcpy(s, first, (size_t)n);
	else
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));

	d->fn = fn;
	d->p = p;
	d->next = a->deferred;
	a->deferred = d;
}

/* SPDX-License-Identifier: MIT */
/*
 * An arena owns all memory of one request or one stage step: everything is
 * taken from it and given back at once. An arena is not shared by threads.
 * Allocation never returns NULL: past `cap` bytes, or when the system has no
 * memory, the process logs and aborts (its durable state is in the database;
 * what can be large is bounded before it gets here).
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* `cap` in bytes between two resets; 0 means 256 MiB. Free with arena_free(). */
struct arena *arena_new(size_t cap);
void arena_free(struct arena *a);
/* Runs the deferred functions, newest first, and keeps one block for reuse. */
void arena_reset(struct arena *a);
/* Zeroed, aligned for any type. n may be 0. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((returns_nonnull, malloc));
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull, malloc));
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));
/* Calls fn(p) at reset or free: how PGresults, json objects and descriptors die. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

#endif

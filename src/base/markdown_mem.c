/* SPDX-License-Identifier: MIT */
/* A list of all pieces handed out to cmark-gfm in this thread. */
#include "base/markdown_mem.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/log.h"

struct piece {
	struct piece *previous, *next;
	alignas(max_align_t) char data[];
};

static _Thread_local struct piece *pieces;

static struct piece *piece_of(void *p)
{
	return (struct piece *)((char *)p - offsetof(struct piece, data));
}

static void *enlist(struct piece *piece)
{
	if (!piece) {
		log_error("no memory to convert Markdown");
		abort();
	}
	piece->previous = NULL;
	piece->next = pieces;
	if (pieces)
		pieces->previous = piece;
	pieces = piece;
	return piece->data;
}

static struct piece *delist(struct piece *piece)
{
	if (piece->previous)
		piece->previous->next = piece->next;
	else
		pieces = piece->next;
	if (piece->next)
		piece->next->previous = piece->previous;
	return piece;
}

static void *take(size_t count, size_t size)
{
	if (size && count > (SIZE_MAX - sizeof(struct piece)) / size)
		return enlist(NULL);
	return enlist(calloc(1, sizeof(struct piece) + count * size));
}

static void *resize(void *p, size_t size)
{
	return enlist(realloc(p ? delist(piece_of(p)) : NULL, sizeof(struct piece) + size));
}

static void give_back(void *p)
{
	if (p)
		free(delist(piece_of(p)));
}

static cmark_mem functions = { take, resize, give_back };

cmark_mem *markdown_mem_begin(void)
{
	return &functions;
}

void markdown_mem_end(void)
{
	while (pieces) {
		struct piece *next = pieces->next;

		free(pieces);
		pieces = next;
	}
}

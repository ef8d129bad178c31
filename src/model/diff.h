/* SPDX-License-Identifier: MIT */
/*
 * What changed between two texts, as hunks of lines with three lines of context.
 * By libgit2; the result is text and nothing in it is escaped.
 */
#ifndef MODEL_DIFF_H
#define MODEL_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;
struct err;
struct value;

/* Above these no lines are compared, and `too_large` is set. */
#define DIFF_BYTES ((size_t)2 << 20) /* either side */
#define DIFF_LINES 50000             /* either side */
/* Lines of the result; what is beyond is left out and `cut` is set. */
#define DIFF_SHOWN 10000
/* A line longer than this is shown to here, with `cut` set in it. */
#define DIFF_LINE_BYTES 2000

struct diff_line {
	char kind;                /* ' ', '+' or '-' */
	bool cut, no_newline;     /* no_newline: the text ends here without one */
	int old_line, new_line;   /* from 1; 0 where that side has no such line */
	struct str text;          /* without the newline; a CR before it is kept */
};

struct diff_hunk {
	const char *header;       /* "@@ -1,4 +1,5 @@" */
	int old_start, old_count, new_start, new_count;
	struct diff_line *lines;
	size_t count;
};

struct diff {
	bool same, binary, too_large, cut;
	int added, removed;       /* lines, of the whole */
	struct diff_hunk *hunks;
	size_t count;
};

/* The texts are copied into the arena where shown. A side with a NUL in it, or that is
   not UTF-8, is binary and gets no hunks. ERR_INTERNAL when libgit2 fails. */
struct diff *diff_texts(struct arena *a, struct str old_text, struct str new_text, struct err *e);

/*
 * For templates and JSON: {same, binary, too_large, cut, added, removed, hunks: [{header,
 * lines: [{kind: "same"|"added"|"removed", sign, old, new, text, cut, no_newline}]}]};
 * old and new are null where that side has no such line.
 */
struct value *diff_value(struct arena *a, const struct diff *d);
/* Adds to each hunk of such a value "_rows", both sides beside each other: [{old, old_text, old_kind, new,
   new_text, new_kind}], kind "same", "removed", "added" or "none". */
void diff_sides(struct arena *a, struct value *diff);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A review by fixed checks: the application's files as the Developer gave them, what was
 * found in them, and the answer that is made of it.
 */
#ifndef FALLBACK_REVIEW_H
#define FALLBACK_REVIEW_H

#include <stddef.h>

#include "base/str.h"
#include "fallback/python.h"

struct err;
struct task;
struct value;

enum severity { LOW, MEDIUM, HIGH, CRITICAL };

#define MAX_FINDINGS 50

struct source {
	const char *path;
	struct str text;
	const struct py_file *python; /* NULL of another language */
};

struct finding {
	enum severity severity;
	const char *path; /* "" when it is about the whole */
	int line;         /* 0 when no line can be named */
	const char *title, *problem, *advice;
};

struct review {
	struct arena *a;
	struct source *sources;
	size_t n_sources;
	struct py_file *files; /* the Python among the sources */
	size_t n_files;
	struct finding found[MAX_FINDINGS];
	size_t n_found;
	size_t more; /* found beyond what is listed */
};

/* One finding of a title for a line, and a few for a file. */
void review_add(struct review *r, enum severity severity, const char *path, int line, const char *title,
		const char *problem, const char *advice);
/* Reads the files, looks at them, answers. `looked_for` ends the sentence "Looked for …". */
struct value *review_answer(struct task *t, void (*look)(struct review *r), const char *looked_for);
/* Whether any Python string or other file holds the text, whatever the case. */
bool review_says(const struct review *r, const char *text);
int line_of(struct str text, size_t offset);
/* Where the text stands from `from` on, whatever the case; -1 for nowhere. */
ptrdiff_t find_text(struct str s, size_t from, const char *text);

#endif

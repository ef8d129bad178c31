/* SPDX-License-Identifier: MIT */
/*
 * Python source taken apart, as far as a reviewer needs it: tokens, functions, what stands
 * between the braces of f-strings. Any bytes can be read; what is no Python gives odd tokens
 * and no more.
 */
#ifndef FALLBACK_PYTHON_H
#define FALLBACK_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

enum py_kind { PY_NAME, PY_NUMBER, PY_STRING, PY_OP, PY_LINE };

struct py_list;

struct py_token {
	enum py_kind kind;
	struct str text;  /* of a string: what stands between the quotes */
	int line, depth;  /* depth: how many brackets are open around it */
	size_t def;       /* the function that it stands in, an index of defs */
	size_t pair;      /* of a bracket: where the other one is; 0 when there is none */
	const struct py_list **parts; /* of an f-string: what stands in its braces */
	size_t n_parts;
};

struct py_list {
	struct py_token *t;
	size_t n, size;
	bool number; /* the braces' format is one of numbers */
};

struct py_def {
	struct str name;
	size_t params, params_end; /* tokens between the parentheses */
	size_t from, to;           /* tokens of the whole function */
	size_t parent;
	int indent;
};

struct py_file {
	const char *path;
	struct py_list **lists; /* the file's tokens first, then those of each f-string's braces */
	size_t n_lists;
	struct py_def *defs; /* the module first */
	size_t n_defs;
};

/* Lives as long as the arena; `source` too must. */
struct py_file py_read(struct arena *a, const char *path, struct str source);
bool py_is(const struct py_token *t, const char *text); /* a name or an operator, never a string */
/* The token at i, or one that is nothing when there is none. */
const struct py_token *py_at(const struct py_list *l, size_t i);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Follows what a Python expression is made of, through names, parameters, loops and the
 * functions of the same application, to where it comes from: text of the source itself,
 * something made harmless on the way, or something from outside. By words, not by running
 * it; bounded in its work, and unsure rather than wrong where it cannot see further.
 */
#ifndef FALLBACK_FOLLOW_H
#define FALLBACK_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "fallback/python.h"

struct arena;

enum trust { TRUSTED, UNSURE, TAINTED };

#define MAX_FOLLOWED 4096

struct follow {
	struct arena *a;
	const struct py_file *files;
	size_t n_files;
	/* Whether a call of this name gives something harmless whatever goes in. */
	bool (*cleans)(const struct follow *w, struct str function);
	long steps; /* what may still be looked at */
	int depth;
	struct followed {
		const struct py_file *file;
		size_t def;
		struct str name;
		enum trust trust;
		bool open; /* being followed */
	} known[MAX_FOLLOWED];
	size_t n_known;
	size_t circle; /* the outermost open one that was come upon again */
};

struct follow *follow_new(struct arena *a, const struct py_file *files, size_t n,
			  bool (*cleans)(const struct follow *w, struct str function));
/* Of the tokens from..to of a list of the file. */
enum trust follow_span(struct follow *w, const struct py_file *f, const struct py_list *l, size_t from,
		       size_t to);
/* Of what a string puts into itself. */
enum trust follow_string(struct follow *w, const struct py_file *f, const struct py_token *t);
/* Where the expression ends that begins at `from`: at a comma, a closing bracket, a colon, a line's end. */
size_t follow_end(const struct py_list *l, size_t from);
/* The function of this name: `own`, in the file itself rather than in another, else the other
   way round. NULL for none; *file gets where. */
const struct py_def *follow_def(const struct follow *w, const struct py_file *here, bool own,
				 struct str name, const struct py_file **file);

#endif

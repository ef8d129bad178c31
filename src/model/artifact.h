/* SPDX-License-Identifier: MIT */
/*
 * What stages have put out: documents, files, executed tests, and what changed between revisions.
 * `owner` as in model/run.h. Views as in docs/views.md, without links.
 */
#ifndef MODEL_ARTIFACT_H
#define MODEL_ARTIFACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct db;
struct err;
struct file_item;
struct value;

/* The view "stage". `revision` 0 is the newest; where there is none yet the view says so with revision 0. */
bool stage_view(struct db *db, struct arena *a, int64_t run, const char *stage, int64_t revision,
		int64_t owner, struct value **out, struct err *e);
/* The member "diff" of the view "stage", against another revision. */
bool stage_diff(struct db *db, struct arena *a, int64_t run, const char *stage, int64_t revision, int64_t from,
		struct value **out, struct err *e);
/* The view "tests" of a run's newest suite, or of one output; *out is NULL where there is no report. */
bool tests_view(struct db *db, struct arena *a, int64_t run, int64_t artifact, struct value **out,
		struct err *e);
/* The name of a run's project, for views that hang on it. */
bool run_name(struct db *db, struct arena *a, int64_t run, int64_t owner, const char **name, struct err *e);

struct stored_file {
	const char *name; /* of the project */
	int64_t revision, size;
	const char *sha256;
	bool loaded; /* false: too large, `body` is empty */
	struct str body;
};
/* `revision` 0 is the newest; contents over 1 MiB are loaded only where `whole`. */
bool file_load(struct db *db, struct arena *a, int64_t run, const char *stage, int64_t revision,
	       const char *path, int64_t owner, bool whole, struct stored_file *out, struct err *e);
/* The application with its suite, as people take it away; *count 0 where there is none yet.
   *made_s is when its newest part was made. */
bool application_load(struct db *db, struct arena *a, int64_t run, int64_t owner, const char **name,
		      struct file_item **files, size_t *count, int64_t *made_s, struct err *e);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Proves a file that record.h has written, from its bytes alone. What is wrong is named: the line that was
 * changed, taken out, put in or moved; the entry whose hash does not follow; the text, output or file that
 * is not the one that was decided on.
 */
#ifndef MODEL_RECORD_CHECK_H
#define MODEL_RECORD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/audit.h"

struct arena;
struct err;
struct json_object;

struct record_output {
	const char *stage, *sha256, *document_sha256;
	int64_t revision;
	struct json_object *files; /* [{path, sha256, size}] */
};

struct record {
	int64_t project, run;
	const char *name;
	struct audit_head head;
	struct json_object *end;      /* the last line, which a signature may stand in */
	struct json_object **entries; /* as they were hashed, parsed */
	size_t entry_count;
	struct record_output *outputs;
	size_t output_count;
};

/* Whether this is such a file at all: its first line says so. */
bool record_is(struct str text);
/* ERR_CONFLICT says what is wrong. `each`, which may be NULL, is told of every entry that holds. The
   record lives in the arena and points into the text. */
bool record_check(struct arena *a, struct str text, struct record *out,
		  bool (*each)(void *ctx, const struct audit_head *h, struct str entry, struct err *e),
		  void *ctx, struct err *e);
/* The files below a folder against those of the newest outputs; `except` is the record's own name there.
   ERR_CONFLICT names the first that is changed, missing, or of no output; *count is how many there are. */
bool record_check_files(struct arena *a, const struct record *r, const char *dir, const char *except,
			size_t *count, struct err *e);

#endif

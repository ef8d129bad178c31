/* SPDX-License-Identifier: MIT */
#include "model/stage_body.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"
#include "model/stage_input.h"

struct stored {
	int64_t artifact;
	const char *path; /* "" for the output itself */
	size_t row;
};

struct stage_bodies {
	struct rows *body_rows, *file_rows;
	struct stored *bodies, *files; /* sorted */
	size_t body_count, file_count;
};

static int by_key(const void *x, const void *y)
{
	const struct stored *a = x, *b = y;

	if (a->artifact != b->artifact)
		return a->artifact < b->artifact ? -1 : 1;
	return strcmp(a->path, b->path);
}

static struct stored *sorted(struct arena *a, const struct rows *rows, bool files, size_t *count)
{
	size_t n = *count = rows_count(rows);
	struct stored *s = arena_array(a, n, sizeof(*s));

	for (size_t i = 0; i < n; i++)
		s[i] = (struct stored){ row_int(rows, i, "artifact_id"),
					files ? row_text(rows, i, "path") : "", i };
	qsort(s, n, sizeof(*s), by_key);
	return s;
}

bool stage_bodies_load(struct db *db, struct arena *a, const int64_t *artifacts, size_t n,
		       struct stage_bodies **out, struct err *e)
{
	struct stage_bodies *b = arena_alloc(a, sizeof(*b));
	struct param ids = p_int_array(artifacts, n);
	struct db_ask asks[] = { { STMT_INPUT_BODIES, &ids, 1, NULL }, { STMT_INPUT_FILES, &ids, 1, NULL } };

	if (!db_many_at_once(db, a, asks, 2, e))
		return false;
	b->body_rows = asks[0].rows;
	b->file_rows = asks[1].rows;
	b->bodies = sorted(a, b->body_rows, false, &b->body_count);
	b->files = sorted(a, b->file_rows, true, &b->file_count);
	*out = b;
	return true;
}

static void add_file(struct arena *to, struct stage_input *input, const char *path, struct str data)
{
	size_t n = input->file_count;

	/* Grows by doubling; an arena takes nothing back. */
	if ((n & (n - 1)) == 0) {
		struct file_item *more = arena_array(to, n ? 2 * n : 1, sizeof(*more));
		if (n)
			memcpy(more, input->files, n * sizeof(*more));
		input->files = more;
	}
	char *copy = arena_alloc(to, data.len + 1);
	if (data.len)
		memcpy(copy, data.s, data.len);
	input->files[input->file_count++] = (struct file_item){ arena_strdup(to, path), copy, data.len };
}

/* {path, sha256, size} becomes {path, content} again. A document's list of files that are yet to
   be written has no hashes. */
static bool fill_files(const struct stage_bodies *b, struct arena *to, struct json_object *body, int64_t artifact,
		       struct stage_input *input, struct err *e)
{
	struct json_object *list = json_get_array(body, "files");
	size_t n = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *f = json_object_array_get_idx(list, i);
		struct stored key = { artifact, json_get_str(f, "path", ""), 0 };
		if (!json_get(f, "sha256"))
			continue;
		const struct stored *found = bsearch(&key, b->files, b->file_count, sizeof(key), by_key);
		if (!found)
			return err_set(e, ERR_INTERNAL, "the file %s of an earlier output is not stored",
				       key.path);
		struct str data = row_bytes(b->file_rows, found->row, "body");
		json_object_object_del(f, "sha256");
		json_object_object_del(f, "size");
		json_object_object_add(f, "content", json_object_new_string_len(data.s ? data.s : "", (int)data.len));
		if (input)
			add_file(to, input, key.path, data);
	}
	return true;
}

struct json_object *stage_body(const struct stage_bodies *b, struct arena *to, int64_t artifact,
			       struct stage_input *input, struct err *e)
{
	struct stored key = { artifact, "", 0 };
	const struct stored *found = bsearch(&key, b->bodies, b->body_count, sizeof(key), by_key);

	if (!found) {
		err_set(e, ERR_INTERNAL, "the output %" PRId64 " is not stored", artifact);
		return NULL;
	}
	const char *text = row_text(b->body_rows, found->row, "body");
	struct json_object *body = json_parse(to, text, strlen(text), e);
	if (!body || !fill_files(b, to, body, artifact, input, e))
		return NULL;
	return body;
}

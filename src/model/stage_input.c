/* SPDX-License-Identifier: MIT */
#include "model/stage_input.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"
#include "model/engine.h"

struct loader {
	struct db *db;
	struct arena *a;
	const struct lease *lease;
	struct rows *files; /* of all outputs that are read */
	struct stage_input *out;
};

static void add(struct json_object *o, const char *key, struct json_object *v)
{
	json_object_object_add(o, key, v);
}

static struct json_object *text(const struct rows *r, size_t row, const char *column)
{
	return row_null(r, row, column) ? NULL : json_object_new_string(row_text(r, row, column));
}

/* The rows of one output's files are neighbours, in the order of their paths. */
static ptrdiff_t find_file(const struct loader *ld, int64_t artifact, const char *path)
{
	for (size_t i = 0; i < rows_count(ld->files); i++)
		if (row_int(ld->files, i, "artifact_id") == artifact &&
		    strcmp(row_text(ld->files, i, "path"), path) == 0)
			return (ptrdiff_t)i;
	return -1;
}

/* {path, sha256, size} becomes {path, content} again. A document's list of files that are yet to
   be written has no hashes. */
static bool inline_files(struct loader *ld, struct json_object *body, int64_t artifact, bool input,
			 struct err *e)
{
	struct json_object *list = json_get_array(body, "files");
	size_t n = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *f = json_object_array_get_idx(list, i);
		const char *path = json_get_str(f, "path", "");
		if (!json_get(f, "sha256"))
			continue;
		ptrdiff_t row = find_file(ld, artifact, path);
		if (row < 0)
			return err_set(e, ERR_INTERNAL, "the file %s of an earlier output is not stored",
				       path);
		struct str data = row_bytes(ld->files, (size_t)row, "body");
		json_object_object_del(f, "sha256");
		json_object_object_del(f, "size");
		add(f, "content", json_object_new_string_len(data.s ? data.s : "", (int)data.len));
		if (input)
			ld->out->files[ld->out->file_count++] =
				(struct file_item){ arena_strdup(ld->a, path), data.s, data.len };
	}
	return true;
}

static bool load_outputs(struct loader *ld, struct err *e)
{
	struct json_object *inputs = json_object_new_object();
	struct rows *rows;

	add(ld->out->json, "inputs", inputs);
	add(ld->out->json, "previous", NULL);
	if (!db_many(ld->db, ld->a, STMT_INPUT_ARTIFACTS, P(p_int(ld->lease->run), p_text(ld->lease->node)),
		     &rows, e))
		return false;
	size_t n = rows_count(rows);
	int64_t *ids = arena_array(ld->a, n, sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = row_int(rows, i, "artifact_id");
	if (!db_many(ld->db, ld->a, STMT_INPUT_FILES, P(p_int_array(ld->a, ids, n)), &ld->files, e))
		return false;
	ld->out->files = arena_array(ld->a, rows_count(ld->files), sizeof(*ld->out->files));
	for (size_t i = 0; i < n; i++) {
		const char *body = row_text(rows, i, "body");
		bool own = row_bool(rows, i, "own");
		struct json_object *j = json_parse(ld->a, body, strlen(body), e);
		if (!j)
			return err_prefix(e, "the stored output of %s", row_text(rows, i, "node"));
		if (!inline_files(ld, j, ids[i], !own, e))
			return false;
		add(own ? ld->out->json : inputs, own ? "previous" : row_text(rows, i, "agent"),
		    json_object_get(j));
	}
	return true;
}

static bool load_feedback(struct loader *ld, const struct rows *run, struct err *e)
{
	const char *stored = row_text(run, 0, "feedback");
	const char *stage = row_text(run, 0, "feedback_stage");
	struct rows *report, *tests;

	add(ld->out->json, "feedback", NULL);
	if (!stored)
		return true;
	struct json_object *j = json_parse(ld->a, stored, strlen(stored), e);
	if (!j)
		return err_prefix(e, "the stored feedback");
	struct json_object *f = json_object_new_object();
	add(ld->out->json, "feedback", f);
	add(f, "kind", json_object_new_string(json_get_str(j, "kind", "changes")));
	add(f, "stage", json_object_new_string(stage));
	add(f, "comment", json_object_new_string(json_get_str(j, "comment", "")));
	if (!db_maybe(ld->db, ld->a, STMT_INPUT_REPORT, P(p_int(ld->lease->run), p_text(stage)), &report,
		      e) ||
	    !db_many(ld->db, ld->a, STMT_INPUT_FAILED_TESTS, P(p_int(ld->lease->run), p_text(stage)), &tests,
		     e))
		return false;
	add(f, "total", json_object_new_int64(report ? row_int(report, 0, "total") : 0));
	add(f, "failed", json_object_new_int64(report ? row_int(report, 0, "failed") : 0));
	add(f, "problem", report ? text(report, 0, "problem") : NULL);
	struct json_object *list = json_object_new_array();
	add(f, "tests", list);
	for (size_t i = 0; i < rows_count(tests); i++) {
		struct json_object *t = json_object_new_object();
		add(t, "name", text(tests, i, "name"));
		add(t, "outcome", text(tests, i, "outcome"));
		add(t, "log", text(tests, i, "log"));
		json_object_array_add(list, t);
	}
	return true;
}

bool stage_input_load(struct db *db, struct arena *a, const struct lease *l, struct stage_input *out,
		      struct err *e)
{
	struct loader ld = { .db = db, .a = a, .lease = l, .out = out };
	struct rows *run;

	*out = (struct stage_input){ .json = json_own(a, json_object_new_object()) };
	if (!db_one(db, a, STMT_INPUT_RUN, P(p_int(l->run), p_text(l->node)), &run, e))
		return false;
	struct json_object *project = json_object_new_object();
	add(out->json, "project", project);
	add(project, "name", text(run, 0, "name"));
	add(project, "brief", text(run, 0, "brief"));
	add(project, "stack", text(run, 0, "stack"));
	out->stack = row_text(run, 0, "stack");
	add(out->json, "revision", json_object_new_int64(l->revision));
	return load_outputs(&ld, e) && load_feedback(&ld, run, e);
}

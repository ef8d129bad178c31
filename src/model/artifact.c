/* SPDX-License-Identifier: MIT */
#include "model/artifact.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/html.h"
#include "base/value.h"
#include "db/db.h"
#include "flow/fileset.h"
#include "model/diff.h"
#include "model/owner.h"
#include "model/run.h"

bool run_name(struct db *db, struct arena *a, int64_t run, int64_t owner, const char **name, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_RUN_SEEN, P(p_int(run), p_owner(owner)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND, "There is no run %" PRId64 ", or it is not yours to see.",
			       run);
	*name = row_text(r, 0, "name");
	return true;
}

/* ---- what changed ---- */

static struct value *file_change(struct arena *a, const struct rows *r, size_t i, struct err *e)
{
	struct value *v;
	bool added = row_bool(r, i, "added"), removed = row_bool(r, i, "removed");
	if (row_bool(r, i, "large")) {
		v = value_object(a);
		set_bool(a, v, "same", false);
		set_bool(a, v, "binary", false);
		set_bool(a, v, "cut", false);
		set_bool(a, v, "too_large", true);
		value_set(a, v, "hunks", value_list(a));
	} else {
		struct diff *d = diff_texts(a, row_bytes(r, i, "old_body"), row_bytes(r, i, "new_body"), e);
		if (!d)
			return NULL;
		v = diff_value(a, d);
	}
	set_text(a, v, "path", row_text(r, i, "path"));
	set_text(a, v, "change", added ? "added" : removed ? "removed" : "changed");
	/* What was changed is what a reviewer came for. */
	set_bool(a, v, "_open", !added && !removed);
	return v;
}

/* Against a revision, or with `from` 0 the one before; V_NULL where there is none. */
static struct value *changes(struct db *db, struct arena *a, int64_t run, const char *stage,
			     const struct rows *now, int64_t from, struct err *e)
{
	struct rows *before, *files;
	if (!db_maybe(db, a, from ? STMT_ARTIFACT_ONE : STMT_ARTIFACT_BEFORE,
		      P(p_int(run), p_text(stage), p_int(from ? from : row_int(now, 0, "revision"))), &before, e))
		return NULL;
	if (!before)
		return value_null(a);
	if (!db_many(db, a, STMT_ARTIFACT_CHANGES,
		     P(p_int(row_int(before, 0, "artifact_id")), p_int(row_int(now, 0, "artifact_id"))),
		     &files, e))
		return NULL;
	struct diff *d = diff_texts(a, row_bytes(before, 0, "document"), row_bytes(now, 0, "document"), e);
	if (!d)
		return NULL;
	struct value *v = diff_value(a, d), *list = value_list(a);
	set_int(a, v, "from", row_int(before, 0, "revision"));
	for (size_t i = 0; i < rows_count(files); i++) {
		struct value *one = file_change(a, files, i, e);
		if (!one)
			return NULL;
		value_add(a, list, one);
	}
	value_set(a, v, "files", list);
	return v;
}

/* ---- the view "stage" ---- */

static struct value *files_value(struct arena *a, const struct rows *r)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(r); i++) {
		struct value *v = row_object(a, r, i);
		set_text(a, v, "_size", size_words(a, row_int(r, i, "size")));
		value_add(a, list, v);
	}
	return list;
}

static struct value *revisions_value(struct arena *a, const struct rows *r, int64_t shown)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(r); i++) {
		struct value *v = row_object(a, r, i);
		set_bool(a, v, "_current", row_int(r, i, "revision") == shown);
		value_add(a, list, v);
	}
	return list;
}

static void no_output(struct arena *a, struct value *v)
{
	static const char *const absent[] = { "provider",    "model",	 "sha256", "created_at",
					      "_created_at", "document", "body",   "diff" };
	set_int(a, v, "revision", 0);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		value_set(a, v, absent[i], value_null(a));
	value_set(a, v, "files", value_list(a));
	set_bool(a, v, "_fallback", false);
}

static bool put_output(struct db *db, struct arena *a, struct value *v, int64_t run, const char *stage,
		       int64_t revision, struct err *e)
{
	struct rows *one, *files;
	if (!db_maybe(db, a, STMT_ARTIFACT_ONE, P(p_int(run), p_text(stage), p_int(revision)), &one, e))
		return false;
	if (!one)
		return err_set(e, ERR_NOT_FOUND,
			       "The stage %s of run %" PRId64 " has no revision %" PRId64 ".", stage, run,
			       revision);
	if (!db_many(db, a, STMT_ARTIFACT_FILES, P(p_int(row_int(one, 0, "artifact_id"))), &files, e))
		return false;
	struct value *row = row_object(a, one, 0), *diff = changes(db, a, run, stage, one, 0, e);
	static const char *const keys[] = { "revision",	  "provider",	 "model",    "sha256",
					    "created_at", "_created_at", "document", "body" };
	if (!diff)
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		value_set(a, v, keys[i], value_get(row, keys[i]));
	struct str document = row_bytes(one, 0, "document");
	value_set(a, v, "files", files_value(a, files));
	value_set(a, v, "diff", diff);
	value_set(a, v, "_document_html", markdown_html(a, document.s, document.len));
	set_bool(a, v, "_has_document", document.len > 0);
	set_bool(a, v, "_fallback", streq(row_text(one, 0, "provider"), "fallback"));
	set_int(a, v, "_files_count", (int64_t)rows_count(files));
	return true;
}

bool stage_view(struct db *db, struct arena *a, int64_t run, const char *stage, int64_t revision,
		int64_t owner, struct value **out, struct err *e)
{
	struct rows *r, *revisions;
	if (!db_maybe(db, a, STMT_STAGE_VIEW, P(p_int(run), p_text(stage), p_owner(owner)), &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND,
			       "There is no such stage in run %" PRId64 ", or it is not yours to see.",
			       run);
	int64_t newest = row_int(r, 0, "_newest"), shown = revision ? revision : newest;
	if (!db_many(db, a, STMT_ARTIFACT_REVISIONS, P(p_int(run), p_text(stage)), &revisions, e))
		return false;
	struct value *v = row_object(a, r, 0);
	value_set(a, v, "revisions", revisions_value(a, revisions, shown));
	set_bool(a, v, "_switch", rows_count(revisions) > 1);
	set_bool(a, v, "_older", shown < newest);
	set_bool(a, v, "_has_document", false);
	set_int(a, v, "_files_count", 0);
	if (!shown)
		no_output(a, v);
	else if (!put_output(db, a, v, run, stage, shown, e))
		return false;
	*out = v;
	return true;
}

bool stage_diff(struct db *db, struct arena *a, int64_t run, const char *stage, int64_t revision, int64_t from,
		struct value **out, struct err *e)
{
	struct rows *now;
	if (!db_maybe(db, a, STMT_ARTIFACT_ONE, P(p_int(run), p_text(stage), p_int(revision)), &now, e))
		return false;
	if (!now)
		return err_set(e, ERR_NOT_FOUND, "There is no such revision.");
	*out = changes(db, a, run, stage, now, from, e);
	return *out != NULL;
}

/* ---- tests ---- */

bool tests_view(struct db *db, struct arena *a, int64_t run, int64_t artifact, struct value **out,
		struct err *e)
{
	struct rows *r, *results;
	*out = NULL;
	if (!db_maybe(db, a, STMT_TEST_REPORT, P(p_int(run), artifact ? p_int(artifact) : p_null()), &r, e))
		return false;
	if (!r)
		return true;
	if (!db_many(db, a, STMT_TEST_RESULTS, P(p_int(row_int(r, 0, "_id"))), &results, e))
		return false;
	*out = row_object(a, r, 0);
	value_set(a, *out, "vacuous", value_null(a));
	value_set(a, *out, "tests", rows_value(a, results));
	set_bool(a, *out, "_has_report", true);
	set_bool(a, *out, "_failing", row_int(r, 0, "failed") > 0);
	return true;
}

/* ---- files ---- */

bool file_load(struct db *db, struct arena *a, int64_t run, const char *stage, int64_t revision,
	       const char *path, int64_t owner, bool whole, struct stored_file *out, struct err *e)
{
	struct rows *r;
	if (!db_maybe(db, a, STMT_FILE_ONE,
		      P(p_int(run), p_text(stage), p_int(revision), p_text(path), p_owner(owner),
			p_bool(whole)),
		      &r, e))
		return false;
	if (!r)
		return err_set(e, ERR_NOT_FOUND,
			       "There is no such file in run %" PRId64 ", or it is not yours to see.", run);
	*out = (struct stored_file){ .name = row_text(r, 0, "name"),
				     .revision = row_int(r, 0, "revision"),
				     .size = row_int(r, 0, "size"),
				     .sha256 = row_text(r, 0, "sha256"),
				     .loaded = !row_null(r, 0, "body") };
	if (out->loaded)
		out->body = row_bytes(r, 0, "body");
	return true;
}

bool application_load(struct db *db, struct arena *a, int64_t run, int64_t owner, const char **name,
		      struct file_item **files, size_t *count, int64_t *made_s, struct err *e)
{
	struct rows *r;
	if (!run_name(db, a, run, owner, name, e) ||
	    !db_many(db, a, STMT_APPLICATION_FILES, P(p_int(run)), &r, e))
		return false;
	*count = rows_count(r);
	*files = arena_array(a, *count, sizeof(**files));
	*made_s = *count ? row_int(r, 0, "made_s") : 0;
	for (size_t i = 0; i < *count; i++) {
		struct str body = row_bytes(r, i, "body");
		(*files)[i] = (struct file_item){ row_text(r, i, "path"), body.s, body.len };
	}
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "model/record.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/value.h"
#include "db/db.h"
#include "flow/fileset.h"
#include "model/artifact.h"
#include "model/audit.h"

#define RECORD_BYTES ((size_t)64 << 20)
/* Texts of outputs beyond this are named by their hashes alone: a record must fit into an archive. */
#define TEXTS_BYTES ((size_t)3 << 20)
#define PAGE_ENTRIES 100

/* ---- the file ---- */

struct writer {
	struct buf text, seal; /* seal: the hashes of the lines so far */
	size_t line;           /* where the present one began */
	size_t texts;
	struct arena *a;
};

static void end_line(struct writer *w)
{
	uint8_t sum[SHA256_LEN];
	if (!buf_ok(&w->text))
		return;
	sha256(w->text.data + w->line, w->text.len - w->line, sum);
	buf_addf(&w->seal, "%s\"%s\"", w->seal.len ? "," : "", hex_encode(w->a, sum, sizeof(sum)));
	buf_addc(&w->text, '\n');
	w->line = w->text.len;
}

static void put_string(struct buf *b, const char *key, const char *text)
{
	buf_addf(b, "\"%s\":", key);
	json_write_str(b, text, strlen(text));
}

static bool put_entry(void *ctx, const struct audit_head *h, struct str entry, struct err *e)
{
	struct writer *w = ctx;
	buf_addf(&w->text, "{\"number\":%" PRId64 ",\"entry\":", h->number);
	json_write_str(&w->text, entry.s, entry.len);
	buf_addf(&w->text, ",\"hash\":\"%s\"}", hex_encode(w->a, h->hash, SHA256_LEN));
	end_line(w);
	return buf_ok(&w->text) || err_set(e, ERR_TOO_LARGE, "The record is too large for one file.");
}

static void put_texts(struct writer *w, const struct rows *r)
{
	for (size_t i = 0; i < rows_count(r); i++) {
		buf_addc(&w->text, '{');
		put_string(&w->text, "sha256", row_text(r, i, "sha256"));
		buf_addc(&w->text, ',');
		put_string(&w->text, "text", row_text(r, i, "text"));
		buf_addc(&w->text, '}');
		end_line(w);
	}
}

/* What fits. Large outputs are files, which the archive holds anyway. */
static void put_large(struct writer *w, const struct rows *r, size_t i, const char *key)
{
	if (row_null(r, i, key))
		return;
	const char *text = row_text(r, i, key);
	size_t n = strlen(text);
	if (w->texts + n > TEXTS_BYTES)
		return;
	w->texts += n;
	buf_addc(&w->text, ',');
	put_string(&w->text, key, text);
}

static void put_outputs(struct writer *w, const struct rows *r, int64_t run)
{
	static const char *const texts[] = { "output", "provider", "model", "created_at", "sha256",
					     "document_sha256" };
	for (size_t i = 0; i < rows_count(r); i++) {
		buf_addf(&w->text, "{\"run\":%" PRId64 ",\"revision\":%" PRId64, run,
			 row_int(r, i, "revision"));
		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
			buf_addc(&w->text, ',');
			put_string(&w->text, texts[k], row_text(r, i, texts[k]));
		}
		buf_addf(&w->text, ",\"files\":%s",
			 row_null(r, i, "files") ? "[]" : row_text(r, i, "files"));
		put_large(w, r, i, "body");
		put_large(w, r, i, "document");
		buf_addc(&w->text, '}');
		end_line(w);
	}
}

static bool write_record(struct db *db, struct writer *w, int64_t run, struct err *e)
{
	struct rows *of, *texts, *outputs;
	struct audit_head h;
	if (!db_one(db, w->a, STMT_RECORD_OF, P(p_int(run)), &of, e))
		return false;
	int64_t project = row_int(of, 0, "project_id");
	buf_addf(&w->text, "{\"record\":1,\"project\":%" PRId64 ",\"run\":%" PRId64 ",", project, run);
	put_string(&w->text, "name", row_text(of, 0, "name"));
	buf_addc(&w->text, '}');
	end_line(w);
	/* What is read after the chain can only know more than the chain does. */
	if (!audit_verify(db, project, &h, put_entry, w, e))
		return err_prefix(e, "The record is broken");
	if (!db_many(db, w->a, STMT_RECORD_TEXTS, P(p_int(run)), &texts, e) ||
	    !db_many(db, w->a, STMT_RECORD_OUTPUTS, P(p_int(run)), &outputs, e))
		return false;
	put_texts(w, texts);
	put_outputs(w, outputs, run);
	buf_addf(&w->text, "{\"chain\":%" PRId64 ",\"number\":%" PRId64 ",\"hash\":\"%s\",\"lines\":[%s]}\n",
		 h.chain, h.number, hex_encode(w->a, h.hash, SHA256_LEN), buf_str(&w->seal));
	return (buf_ok(&w->text) && buf_ok(&w->seal)) ||
	       err_set(e, ERR_TOO_LARGE, "The record is too large for one file.");
}

bool record_export(struct db *db, struct arena *a, int64_t run, int64_t owner, struct str *out, struct err *e)
{
	struct writer w = { .a = a };
	const char *name;
	if (!run_name(db, a, run, owner, &name, e))
		return false;
	buf_init(&w.text, RECORD_BYTES);
	buf_init(&w.seal, RECORD_BYTES);
	bool ok = write_record(db, &w, run, e);
	if (ok)
		*out = (struct str){ arena_strndup(a, w.text.data, w.text.len), w.text.len };
	buf_release(&w.text);
	buf_release(&w.seal);
	return ok;
}

/* A name that no file has and no folder; agents may have used the plain one. */
static const char *free_name(struct arena *a, const struct file_item *files, size_t count)
{
	const char *name = RECORD_FILE;
	for (size_t n = 1, i = 0; i < count; i++) {
		size_t len = strlen(name);
		if (strncasecmp(files[i].path, name, len) != 0 ||
		    (files[i].path[len] != '\0' && files[i].path[len] != '/'))
			continue;
		name = arena_printf(a, "decision-record-%zu.jsonl", ++n);
		i = (size_t)-1;
	}
	return name;
}

void record_join(struct db *db, struct arena *a, int64_t run, int64_t owner, struct file_item **files,
		 size_t *count)
{
	struct err e = { 0 };
	struct str text;
	if (!record_export(db, a, run, owner, &text, &e)) {
		log_warn("run %" PRId64 " is downloaded without its record: %s", run, e.msg);
		return;
	}
	struct file_item *all = arena_array(a, *count + 1, sizeof(*all));
	memcpy(all, *files, *count * sizeof(*all));
	all[*count] = (struct file_item){ free_name(a, *files, *count), text.s, text.len };
	if (!fileset_valid(all, *count + 1, &e)) {
		log_info("run %" PRId64 " is downloaded without its record: %s", run, e.msg);
		return;
	}
	*files = all;
	++*count;
}

/* ---- the view ---- */

/* Whether the chain holds now; *why is what is broken, or NULL. */
static bool chain_holds(struct db *db, struct arena *a, int64_t chain, const char **why, struct err *e)
{
	struct audit_head h;
	*why = NULL;
	if (audit_verify(db, chain, &h, NULL, NULL, e))
		return true;
	if (e->class != ERR_CONFLICT)
		return false;
	*why = arena_strdup(a, e->msg);
	err_clear(e);
	return true;
}

/* Remarks and items are JSON of the database; templates need them as lists. */
static bool put_list(struct arena *a, struct value *v, const struct rows *r, size_t i, const char *column,
		     const char *key, struct err *e)
{
	const char *text = row_text(r, i, column);
	struct json_object *list = json_parse(a, text, strlen(text), e);
	if (list)
		value_set(a, v, key, value_from_json(a, list));
	return list != NULL;
}

static struct value *entries_value(struct arena *a, const struct rows *r, struct err *e)
{
	struct value *list = value_list(a);
	for (size_t i = 0; i < rows_count(r); i++) {
		struct value *v = row_object(a, r, i);
		if (!put_list(a, v, r, i, "remarks", "_remarks", e) || !put_list(a, v, r, i, "items", "_items", e))
			return NULL;
		value_add(a, list, v);
	}
	return list;
}

bool record_view(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t before,
		 struct value **out, struct err *e)
{
	struct rows *of, *entries;
	const char *name, *why;
	if (!run_name(db, a, run, owner, &name, e) ||
	    !db_one(db, a, STMT_RECORD_OF, P(p_int(run)), &of, e) ||
	    !db_many(db, a, STMT_RECORD_ENTRIES,
		     P(p_int(run), before ? p_int(before) : p_null(), p_int(PAGE_ENTRIES + 1)), &entries, e) ||
	    !chain_holds(db, a, row_int(of, 0, "project_id"), &why, e))
		return false;
	bool more = rows_count(entries) > PAGE_ENTRIES;
	if (more)
		rows_keep(entries, PAGE_ENTRIES);
	struct value *v = value_object(a), *head = value_object(a), *list = entries_value(a, entries, e);
	if (!list)
		return false;
	set_int(a, v, "run_id", run);
	set_text(a, v, "name", name);
	set_int(a, v, "project_id", row_int(of, 0, "project_id"));
	set_int(a, head, "number", row_int(of, 0, "number"));
	set_text(a, head, "hash", row_text(of, 0, "hash"));
	value_set(a, v, "head", head);
	set_bool(a, v, "unbroken", !why);
	set_text(a, v, "problem", why);
	value_set(a, v, "entries", list);
	value_set(a, v, "older",
		  more ? value_int(a, row_int(entries, PAGE_ENTRIES - 1, "number")) : value_null(a));
	*out = v;
	return true;
}

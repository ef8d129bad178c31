/* SPDX-License-Identifier: MIT */
/* A batch of outputs, as the arrays that stage_advance() in SQL takes. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "db/db.h"
#include "model/engine.h"

#define FILE_LIST_BYTES ((size_t)1 << 20)
/* Of files in one statement, unless one alone is larger; and of all else in a batch. */
#define BLOB_BYTES ((size_t)16 << 20)
#define TEXT_BYTES ((size_t)64 << 20)

struct batch {
	struct arena *a, *out;
	const char *owner;
	const struct stage_batch *in;
	bool *accepted;
	struct lease *kept;
	size_t kept_count;
};

static const char *file_list(struct arena *a, const struct stage_output *o)
{
	struct buf b;

	buf_init(&b, FILE_LIST_BYTES);
	buf_addc(&b, '[');
	for (size_t i = 0; i < o->file_count; i++) {
		buf_adds(&b, i ? ",{\"path\":" : "{\"path\":");
		json_write_str(&b, o->files[i].path, strlen(o->files[i].path));
		buf_addf(&b, ",\"sha256\":\"%s\",\"size\":%zu}", hex_encode(a, o->files[i].sha256, 32),
			 o->files[i].data.len);
	}
	buf_addc(&b, ']');
	const char *text = buf_ok(&b) ? arena_strdup(a, buf_str(&b)) : NULL;
	buf_release(&b);
	return text;
}

static int by_hash(const void *x, const void *y)
{
	return memcmp((*(const struct stored_file *const *)x)->sha256,
		      (*(const struct stored_file *const *)y)->sha256, 32);
}

/* Every file once, by its hash: two that store the same ones do not wait for each other in a
   circle. */
static const struct stored_file **distinct_files(const struct batch *b, size_t *count)
{
	const struct stage_batch *in = b->in;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < in->output_count; i++)
		n += in->outputs[i].file_count;
	const struct stored_file **all = arena_array(b->a, n, sizeof(*all));
	for (size_t i = 0; i < in->output_count; i++)
		for (size_t f = 0; f < in->outputs[i].file_count; f++)
			all[k++] = &in->outputs[i].files[f];
	qsort(all, n, sizeof(*all), by_hash);
	k = 0;
	for (size_t i = 0; i < n; i++)
		if (k == 0 || by_hash(&all[i], &all[k - 1]) != 0)
			all[k++] = all[i];
	*count = k;
	return all;
}

static bool put_some(struct db *db, const struct stored_file *const *files, size_t n, struct err *e)
{
	struct arena *a = arena_new(0);
	struct str *hashes = arena_array(a, n, sizeof(*hashes)), *bodies = arena_array(a, n, sizeof(*bodies));

	for (size_t i = 0; i < n; i++) {
		hashes[i] = (struct str){ (const char *)files[i]->sha256, SHA256_LEN };
		/* A NULL pointer would be SQL's NULL. */
		bodies[i] = files[i]->data.len ? files[i]->data : STR("");
	}
	bool ok = db_exec(db, STMT_BLOB_PUT, P(p_bytes_array(hashes, n), p_bytes_array(bodies, n)), e);
	arena_free(a);
	return ok;
}

static bool put_files(struct db *db, const struct batch *b, struct err *e)
{
	size_t n;
	const struct stored_file **all = distinct_files(b, &n);

	for (size_t from = 0, to; from < n; from = to) {
		size_t bytes = all[from]->data.len;
		for (to = from + 1; to < n && bytes + all[to]->data.len <= BLOB_BYTES; to++)
			bytes += all[to]->data.len;
		if (!put_some(db, all + from, to - from, e))
			return false;
	}
	return true;
}

enum { RUN, BRANCH, EPOCH, KEYS };

static void keys(struct arena *a, const struct stage_output *outputs, size_t n, int64_t *key[KEYS])
{
	for (size_t c = 0; c < KEYS; c++)
		key[c] = arena_array(a, n, sizeof(**key));
	for (size_t i = 0; i < n; i++) {
		key[RUN][i] = outputs[i].lease->run;
		key[BRANCH][i] = outputs[i].lease->branch;
		key[EPOCH][i] = outputs[i].lease->epoch;
	}
}

static void take(struct batch *b, const struct rows *rows)
{
	for (size_t i = 0; i < b->in->output_count; i++)
		b->accepted[i] = false;
	b->kept = arena_array(b->out, rows_count(rows), sizeof(*b->kept));
	b->kept_count = 0;
	for (size_t r = 0; r < rows_count(rows); r++) {
		if (row_null(rows, r, "ord"))
			b->kept[b->kept_count++] = lease_of(rows, r);
		else
			b->accepted[row_int(rows, r, "ord") - 1] = true;
	}
}

static bool put_outputs(struct db *db, struct batch *b, struct err *e)
{
	enum { OUTCOME, BODY, DOCUMENT, PROVIDER, MODEL, FILES, REPORT, DETAIL, MESSAGES, TEXTS };
	size_t n = b->in->output_count, bytes = 0;
	int64_t *key[KEYS];
	const char **text[TEXTS];
	struct str *hash = arena_array(b->a, n, sizeof(*hash));
	struct rows *rows;

	keys(b->a, b->in->outputs, n, key);
	for (size_t c = 0; c < TEXTS; c++)
		text[c] = arena_array(b->a, n, sizeof(**text));
	for (size_t i = 0; i < n; i++) {
		const struct stage_output *o = &b->in->outputs[i];
		uint8_t *sum = arena_alloc(b->a, SHA256_LEN);
		sha256(o->body, strlen(o->body), sum);
		hash[i] = (struct str){ (const char *)sum, SHA256_LEN };
		text[OUTCOME][i] = o->outcome;
		text[BODY][i] = o->body;
		text[DOCUMENT][i] = o->document;
		text[PROVIDER][i] = o->provider;
		text[MODEL][i] = o->model;
		text[FILES][i] = file_list(b->a, o);
		text[REPORT][i] = o->report;
		text[DETAIL][i] = o->detail;
		text[MESSAGES][i] = o->messages;
		if (!text[FILES][i])
			return err_set(e, ERR_INVALID, "the list of files is too long");
		for (size_t c = 0; c < TEXTS; c++)
			bytes += text[c][i] ? strlen(text[c][i]) : 0;
		if (bytes > TEXT_BYTES)
			return err_set(e, ERR_INVALID, "these outputs are too much at once");
	}
	if (!db_many(db, b->out, STMT_STAGE_ADVANCE,
		     P(p_text(b->owner), p_int_array(key[RUN], n), p_int_array(key[BRANCH], n),
		       p_int_array(key[EPOCH], n), p_text_array(text[OUTCOME], n),
		       p_bytes_array(hash, n), p_text_array(text[BODY], n),
		       p_text_array(text[DOCUMENT], n), p_text_array(text[PROVIDER], n),
		       p_text_array(text[MODEL], n), p_text_array(text[FILES], n),
		       p_text_array(text[REPORT], n), p_text_array(text[DETAIL], n),
		       p_text_array(text[MESSAGES], n), p_bool(b->in->keep)),
		     &rows, e))
		return false;
	take(b, rows);
	return true;
}

/* From the start at each try. */
static bool advance(struct db *db, void *ctx, struct err *e)
{
	struct batch *b = ctx;

	b->a = arena_new(0);
	b->kept_count = 0;
	bool ok = (b->in->output_count == 0 || (put_files(db, b, e) && put_outputs(db, b, e))) &&
		  calls_end(db, b->in->calls, b->in->call_count, e);
	arena_free(b->a);
	return ok;
}

bool stage_advance(struct db *db, struct arena *a, const char *owner, const struct stage_batch *in,
		   bool *accepted, struct lease **kept, size_t *kept_count, bool *unknown, struct err *e)
{
	struct batch b = { .out = a, .owner = owner, .in = in, .accepted = accepted };

	*kept = NULL;
	*kept_count = 0;
	if (unknown)
		*unknown = false;
	if (in->output_count > ENGINE_BATCH)
		return err_set(e, ERR_INVALID, "%zu outputs are more than %d at once", in->output_count,
			       ENGINE_BATCH);
	if (in->output_count + in->call_count == 0)
		return true;
	if (!db_txn(db, advance, &b, unknown, e)) {
		for (size_t i = 0; i < in->output_count; i++)
			accepted[i] = false;
		return false;
	}
	*kept = b.kept;
	*kept_count = b.kept_count;
	return true;
}

bool stage_receipts(struct db *db, const char *owner, const struct stage_output *outputs, size_t n,
		    bool *accepted, struct err *e)
{
	struct arena *a = arena_new(0);
	int64_t *key[KEYS];
	struct rows *rows;

	keys(a, outputs, n, key);
	bool ok = db_many(db, a, STMT_STAGE_RECEIPTS,
			  P(p_text(owner), p_int_array(key[RUN], n), p_int_array(key[BRANCH], n),
			    p_int_array(key[EPOCH], n)),
			  &rows, e);
	for (size_t i = 0; ok && i < n; i++)
		accepted[i] = false;
	for (size_t r = 0; ok && r < rows_count(rows); r++)
		accepted[row_int(rows, r, "ord") - 1] = true;
	arena_free(a);
	return ok;
}

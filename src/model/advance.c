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

struct batch {
	struct arena *a;
	const char *owner;
	const struct stage_output *outputs;
	size_t n;
	bool *accepted;
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

static bool put_files(struct db *db, const struct batch *b, struct err *e)
{
	size_t n = 0, k = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->outputs[i].file_count;
	if (n == 0)
		return true;
	const struct stored_file **all = arena_array(b->a, n, sizeof(*all));
	struct str *hashes = arena_array(b->a, n, sizeof(*hashes)),
		   *bodies = arena_array(b->a, n, sizeof(*bodies));
	for (size_t i = 0; i < b->n; i++)
		for (size_t f = 0; f < b->outputs[i].file_count; f++)
			all[k++] = &b->outputs[i].files[f];
	qsort(all, n, sizeof(*all), by_hash);
	k = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && memcmp(all[i]->sha256, all[i - 1]->sha256, 32) == 0)
			continue;
		hashes[k] = (struct str){ (const char *)all[i]->sha256, 32 };
		/* A NULL pointer would be SQL's NULL. */
		bodies[k++] = all[i]->data.len ? all[i]->data : STR("");
	}
	return db_exec(db, STMT_BLOB_PUT, P(p_bytes_array(b->a, hashes, k), p_bytes_array(b->a, bodies, k)),
		       e);
}

static void mark(const struct rows *rows, const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		b->accepted[i] = false;
	for (size_t r = 0; r < rows_count(rows); r++)
		for (size_t i = 0; i < b->n; i++)
			if (b->outputs[i].lease->run == row_int(rows, r, "run_id") &&
			    b->outputs[i].lease->branch == row_int(rows, r, "branch"))
				b->accepted[i] = true;
}

enum { RUN, BRANCH, EPOCH, KEYS };

static void keys(const struct batch *b, int64_t *key[KEYS])
{
	for (size_t c = 0; c < KEYS; c++)
		key[c] = arena_array(b->a, b->n, sizeof(**key));
	for (size_t i = 0; i < b->n; i++) {
		key[RUN][i] = b->outputs[i].lease->run;
		key[BRANCH][i] = b->outputs[i].lease->branch;
		key[EPOCH][i] = b->outputs[i].lease->epoch;
	}
}

static bool advance(struct db *db, void *ctx, struct err *e)
{
	enum { OUTCOME, BODY, DOCUMENT, PROVIDER, MODEL, FILES, REPORT, TEXTS };
	const struct batch *b = ctx;
	int64_t *key[KEYS];
	const char **text[TEXTS];
	struct str *hash = arena_array(b->a, b->n, sizeof(*hash));
	struct rows *rows;

	keys(b, key);
	for (size_t c = 0; c < TEXTS; c++)
		text[c] = arena_array(b->a, b->n, sizeof(**text));
	for (size_t i = 0; i < b->n; i++) {
		const struct stage_output *o = &b->outputs[i];
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
		if (!text[FILES][i])
			return err_set(e, ERR_INVALID, "the list of files is too long");
	}
	if (!put_files(db, b, e) ||
	    !db_many(db, b->a, STMT_STAGE_ADVANCE,
		     P(p_text(b->owner), p_int_array(b->a, key[RUN], b->n),
		       p_int_array(b->a, key[BRANCH], b->n), p_int_array(b->a, key[EPOCH], b->n),
		       p_text_array(b->a, text[OUTCOME], b->n), p_bytes_array(b->a, hash, b->n),
		       p_text_array(b->a, text[BODY], b->n), p_text_array(b->a, text[DOCUMENT], b->n),
		       p_text_array(b->a, text[PROVIDER], b->n), p_text_array(b->a, text[MODEL], b->n),
		       p_text_array(b->a, text[FILES], b->n), p_text_array(b->a, text[REPORT], b->n)),
		     &rows, e))
		return false;
	mark(rows, b);
	return true;
}

bool stage_advance(struct db *db, const char *owner, const struct stage_output *outputs, size_t n,
		   bool *accepted, bool *unknown, struct err *e)
{
	struct batch b = { arena_new(0), owner, outputs, n, accepted };
	bool ok = db_txn(db, advance, &b, unknown, e);

	arena_free(b.a);
	return ok;
}

bool stage_receipts(struct db *db, const char *owner, const struct stage_output *outputs, size_t n,
		    bool *accepted, struct err *e)
{
	struct batch b = { arena_new(0), owner, outputs, n, accepted };
	int64_t *key[KEYS];
	struct rows *rows;

	keys(&b, key);
	bool ok = db_many(db, b.a, STMT_STAGE_RECEIPTS,
			  P(p_text(owner), p_int_array(b.a, key[RUN], n), p_int_array(b.a, key[BRANCH], n),
			    p_int_array(b.a, key[EPOCH], n)),
			  &rows, e);
	if (ok)
		mark(rows, &b);
	arena_free(b.a);
	return ok;
}

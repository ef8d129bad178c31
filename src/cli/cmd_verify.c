/* SPDX-License-Identifier: MIT */
/* Proves the audit's chains: those in the database, one that `audit export` has written, or a decision
   record with the files it came with. With heads that were kept elsewhere also that what they tell of was
   not rewritten. */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/sign.h"
#include "base/str.h"
#include "cli/verify_record.h"
#include "model/audit.h"
#include "model/record_check.h"

#define FILE_MAX ((size_t)1 << 30)

struct verify {
	struct cli *c;
	const uint8_t *public; /* NULL: signatures are not asked for */
	struct audit_head *kept;
	size_t kept_count, met;
	int64_t chains, entries;
};

static int broken(int64_t chain, const char *why)
{
	if (chain)
		printf("BROKEN project %" PRId64 ", %s\n", chain, why);
	else
		printf("BROKEN site, %s\n", why);
	return EXIT_FAILED;
}

/* A head's line, with its signature where one is asked for. */
static bool read_head(struct verify *v, struct json_object *j, struct audit_head *h, struct err *e)
{
	uint8_t signature[SIGN_LEN];
	struct str text;
	h->chain = json_get_int(j, "chain", -1);
	h->number = json_get_int(j, "number", -1);
	if (h->chain < 0 || h->number < 0 || !hex_decode(json_get_str(j, "hash", ""), h->hash, SHA256_LEN))
		return err_set(e, ERR_INVALID, "a head is {\"chain\", \"number\", \"hash\"}");
	if (!v->public)
		return true;
	text = str_from(audit_head_text(v->c->arena, h));
	if (!hex_decode(json_get_str(j, "signature", ""), signature, SIGN_LEN))
		return err_set(e, ERR_CONFLICT, "the head of number %" PRId64 " is not signed", h->number);
	return sign_check(v->public, text.s, text.len, signature) ||
	       err_set(e, ERR_CONFLICT, "the head of number %" PRId64 " is not signed by this key",
		       h->number);
}

/* The next line of a file as JSON; NULL at its end, or with `e` set. Its memory goes at the next. */
static struct json_object *next_line(struct arena *a, FILE *f, char **line, size_t *size, int64_t *at,
				     struct err *e)
{
	ssize_t n;
	do {
		n = getline(line, size, f);
		++*at;
	} while (n == 1);
	if (n < 0)
		return NULL;
	arena_reset(a);
	struct json_object *j = json_parse(a, *line, (size_t)n, e);
	if (!j)
		err_prefix(e, "line %" PRId64, *at);
	return j;
}

/* ---- an exported chain ---- */

static bool file_entry(struct arena *a, struct audit_head *h, struct json_object *j, struct err *e)
{
	struct json_object *text = json_get(j, "entry"), *parsed;
	uint8_t hash[SHA256_LEN];
	struct str entry = { json_object_get_string(text), (size_t)json_object_get_string_len(text) };
	if (!hex_decode(json_get_str(j, "hash", ""), hash, sizeof(hash)))
		return err_set(e, ERR_CONFLICT, "entry %" PRId64 ": it has no hash", h->number + 1);
	if (h->chain < 0) { /* the first says which chain this is; its text is compared with it */
		struct err ignored = { 0 };
		struct json_object *first = json_parse(a, entry.s, entry.len, &ignored);
		h->chain = first ? json_get_int(first, "chain", -1) : -1;
	}
	return audit_follow(a, h, json_get_int(j, "number", -1), entry,
			    (struct str){ (char *)hash, sizeof(hash) }, &parsed, e);
}

static bool file_follow(struct verify *v, FILE *f, struct arena *a, struct audit_head *h, struct err *e)
{
	char *line = NULL;
	size_t size = 0;
	int64_t at = 0;
	struct json_object *j;
	bool ended = false, ok = true;
	while (ok && (j = next_line(a, f, &line, &size, &at, e))) {
		struct audit_head end;
		if (ended)
			ok = err_set(e, ERR_CONFLICT, "line %" PRId64 " follows the head", at);
		else if (json_object_is_type(json_get(j, "entry"), json_type_string))
			ok = file_entry(a, h, j, e);
		else if ((ok = read_head(v, j, &end, e)) &&
			 !(ok = end.chain == h->chain && end.number == h->number &&
				memcmp(end.hash, h->hash, SHA256_LEN) == 0))
			err_set(e, ERR_CONFLICT,
				"entry %" PRId64 " is missing, or the head is of another chain",
				h->number + 1);
		else
			ended = ok;
	}
	free(line);
	if (ok && e->class == ERR_NONE && !ended)
		return err_set(e, ERR_CONFLICT, "the head is missing: the file was cut after entry %" PRId64,
			       h->number);
	return ok && e->class == ERR_NONE;
}

static int verify_file(struct verify *v, const char *path)
{
	struct audit_head h = { .chain = -1 };
	struct arena *a = arena_new(FILE_MAX);
	FILE *f = streq(path, "-") ? stdin : fopen(path, "r");
	int status = 0;
	if (!f) {
		err_set(&v->c->err, ERR_NOT_FOUND, "%s cannot be read", path);
		status = cli_failed(v->c);
	} else if (!file_follow(v, f, a, &h, &v->c->err)) {
		status = broken(h.chain < 0 ? 0 : h.chain, v->c->err.msg);
	} else {
		printf("1 chain, %" PRId64 " entries: unbroken\n", h.number);
	}
	if (f && f != stdin)
		fclose(f);
	arena_free(a);
	return status;
}

/* ---- the database ---- */

static bool compare_kept(void *ctx, const struct audit_head *h, struct str entry, struct err *e)
{
	struct verify *v = ctx;
	(void)entry;
	for (size_t i = 0; i < v->kept_count; i++) {
		if (v->kept[i].chain != h->chain || v->kept[i].number != h->number)
			continue;
		if (memcmp(v->kept[i].hash, h->hash, SHA256_LEN) != 0)
			return err_set(e, ERR_CONFLICT,
				       "entry %" PRId64
				       ": the head that was kept has another hash: the chain was rewritten",
				       h->number);
		v->met++;
	}
	v->entries++;
	return true;
}

/* Those that were kept of this chain must be in it. */
static bool all_met(const struct verify *v, int64_t chain, struct err *e)
{
	size_t of_it = 0;
	for (size_t i = 0; i < v->kept_count; i++)
		of_it += v->kept[i].chain == chain;
	return v->met >= of_it ||
	       err_set(e, ERR_CONFLICT, "of %zu heads that were kept of it, %zu are not in it any more", of_it,
		       of_it - v->met);
}

static int verify_record(struct verify *v, const struct record_place *places, size_t count)
{
	struct err first = { 0 };
	for (size_t i = 0; i < count; i++) {
		struct arena *a = arena_new(FILE_MAX);
		struct err e = { 0 };
		struct audit_head signed_head;
		struct record r;
		size_t files;
		v->met = 0;
		bool ok = record_prove(a, &places[i], &r, &files, compare_kept, v, &e) &&
			  all_met(v, r.project, &e) && (!v->public || read_head(v, r.end, &signed_head, &e));
		if (ok) {
			record_print(a, &r);
			printf("%s%zu entries, %zu outputs: unbroken\n",
			       places[i].folder ? arena_printf(a, "%zu files, ", files) : "", r.entry_count,
			       r.output_count);
		} else if (!i) {
			first = e;
		}
		arena_free(a);
		if (ok)
			return 0;
	}
	v->c->err = first;
	if (first.class != ERR_CONFLICT)
		return cli_failed(v->c);
	printf("BROKEN decision record: %s\n", first.msg);
	return EXIT_FAILED;
}

static int verify_database(struct verify *v)
{
	struct cli *c = v->c;
	int64_t *chains;
	size_t count;
	int status = 0;
	if (!cli_database(c) || !audit_chains(c->db, c->arena, &chains, &count, &c->err))
		return cli_failed(c);
	for (size_t i = 0; i < count; i++) {
		struct audit_head h;
		c->err = (struct err){ 0 };
		if (audit_verify(c->db, chains[i], &h, compare_kept, v, &c->err))
			v->chains++;
		else if (c->err.class == ERR_CONFLICT)
			status = broken(chains[i], c->err.msg);
		else
			return cli_failed(c);
	}
	if (!status && v->met < v->kept_count) {
		printf("BROKEN: of %zu heads that were kept, %zu are in no chain any more\n", v->kept_count,
		       v->kept_count - v->met);
		return EXIT_FAILED;
	}
	printf("%" PRId64 " of %zu chains, %" PRId64 " entries%s\n", v->chains, count, v->entries,
	       status ? "" : ": unbroken");
	return status;
}

static bool load_heads(struct verify *v, const char *path, struct err *e)
{
	FILE *f = fopen(path, "r");
	struct arena *a = arena_new(0);
	char *line = NULL;
	size_t size = 0, room = 0;
	int64_t at = 0;
	struct json_object *j;
	bool ok = f || err_set(e, ERR_NOT_FOUND, "%s cannot be read", path);
	while (ok && (j = next_line(a, f, &line, &size, &at, e))) {
		if (json_get(j, "entry")) /* of an export, its last line counts */
			continue;
		if (v->kept_count == room) {
			struct audit_head *more =
				arena_array(v->c->arena, room = room ? 2 * room : 16, sizeof(*more));
			if (v->kept_count)
				memcpy(more, v->kept, v->kept_count * sizeof(*more));
			v->kept = more;
		}
		ok = read_head(v, j, &v->kept[v->kept_count], e);
		v->kept_count += ok;
	}
	free(line);
	if (f)
		fclose(f);
	arena_free(a);
	return ok && e->class == ERR_NONE;
}

int cmd_verify(struct cli *c, int argc, char **argv)
{
	const char *key_file = NULL, *public = NULL, *heads = NULL;
	const struct option_spec options[] = { { "key", &key_file, NULL },
					       { "public", &public, NULL },
					       { "heads", &heads, NULL } };
	struct verify v = { .c = c };
	uint8_t given[SIGN_PUBLIC_LEN];
	struct sign_key key;
	int n = cli_options(argv[0], argc, argv, options, 3);

	if (n < 0 || n > 1)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "name one file, or none for the database");
	if (key_file) {
		if (!sign_key_load(c->arena, key_file, &key, &c->err))
			return cli_failed(c);
		v.public = key.public;
	}
	if (public) {
		if (!hex_decode(public, given, sizeof(given)))
			return cli_usage(argv[0], "--public is 64 hexadecimal digits");
		v.public = given;
	}
	if (heads && !load_heads(&v, heads, &c->err)) {
		printf("BROKEN %s: %s\n", heads, c->err.msg);
		return EXIT_FAILED;
	}
	struct record_place *places;
	size_t count;
	if (n == 1 && record_places(c->arena, argv[1], &places, &count))
		return verify_record(&v, places, count);
	return n == 1 ? verify_file(&v, argv[1]) : verify_database(&v);
}

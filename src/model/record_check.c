/* SPDX-License-Identifier: MIT */
#include "model/record_check.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"


struct check {
	struct arena *a;
	struct record *r;
	struct str *lines;
	size_t count;                 /* without the last one */
	struct json_object **parsed;
	const char **texts;           /* hashes of the texts */
	size_t text_count;
};

static bool broken(struct err *e, const char *what)
{
	return err_set(e, ERR_CONFLICT, "%s", what);
}

/* ---- lines ---- */

/* What a line is about, for people; it may be any bytes. */
static const char *about(struct arena *a, struct str line)
{
	struct err ignored = { 0 };
	struct json_object *j = json_parse(a, line.s, line.len, &ignored);
	if (!j)
		return "no JSON any more";
	if (json_get(j, "entry"))
		return arena_printf(a, "entry %" PRId64, json_get_int(j, "number", 0));
	if (json_get(j, "output"))
		return arena_printf(a, "revision %" PRId64 " of an output", json_get_int(j, "revision", 0));
	return json_get(j, "text") ? "a text" : "what the record is of";
}

static void split(struct check *c, struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.s[i] == '\n';
	c->lines = arena_array(c->a, n + 1, sizeof(*c->lines));
	while (text.len)
		c->lines[c->count++] = str_cut(&text, '\n');
}

static bool same_hash(const char *hex, struct json_object *sealed, size_t i)
{
	return streq(json_object_get_string(json_object_array_get_idx(sealed, i)), hex);
}

/* Each line's hash against the one that the last line tells. */
static bool check_lines(struct check *c, struct json_object *sealed, struct err *e)
{
	size_t n = c->count, m = json_object_array_length(sealed), first = 0, wrong = 0, other = 0;
	const char **made = arena_array(c->a, n + 1, sizeof(*made));
	for (size_t i = 0; i < n; i++)
		made[i] = sha256_hex(c->a, c->lines[i].s, c->lines[i].len);
	while (first < n && first < m && same_hash(made[first], sealed, first))
		first++;
	if (first == n && n == m)
		return true;
	if (n < m)
		return err_set(e, ERR_CONFLICT, "line %zu is missing", first + 1);
	const char *what = about(c->a, c->lines[first]);
	if (n > m)
		return err_set(e, ERR_CONFLICT, "line %zu (%s) was put in", first + 1, what);
	for (size_t i = first; i < n; i++)
		if (!same_hash(made[i], sealed, i)) {
			other = i;
			wrong++;
		}
	if (wrong == 2 && same_hash(made[first], sealed, other) && same_hash(made[other], sealed, first))
		return err_set(e, ERR_CONFLICT, "lines %zu and %zu are swapped", first + 1, other + 1);
	return err_set(e, ERR_CONFLICT, "line %zu (%s) was changed", first + 1, what);
}

static bool check_end(struct check *c, struct err *e)
{
	struct err ignored = { 0 };
	struct str last = c->count ? c->lines[c->count - 1] : (struct str){ "", 0 };
	struct json_object *j = json_parse(c->a, last.s, last.len, &ignored), *sealed;
	if (!j || !(sealed = json_get_array(j, "lines")))
		return err_set(e, ERR_CONFLICT,
			       "the last line is missing or damaged: the file was cut after line %zu", c->count);
	c->count--;
	c->r->end = j;
	return check_lines(c, sealed, e);
}

static bool parse_lines(struct check *c, struct err *e)
{
	c->parsed = arena_array(c->a, c->count + 1, sizeof(*c->parsed));
	for (size_t i = 0; i < c->count; i++) {
		struct err why = { 0 };
		c->parsed[i] = json_parse(c->a, c->lines[i].s, c->lines[i].len, &why);
		if (!c->parsed[i] || !json_object_is_type(c->parsed[i], json_type_object))
			return err_set(e, ERR_CONFLICT, "line %zu is no JSON object", i + 1);
	}
	return true;
}

/* ---- the chain ---- */

static bool follow(struct check *c, struct audit_head *h, struct json_object *line,
		   bool (*each)(void *, const struct audit_head *, struct str, struct err *), void *ctx,
		   struct err *e)
{
	struct json_object *text = json_get(line, "entry"), *j;
	uint8_t hash[SHA256_LEN];
	if (!json_object_is_type(text, json_type_string) ||
	    !hex_decode(json_get_str(line, "hash", ""), hash, sizeof(hash)))
		return err_set(e, ERR_CONFLICT, "entry %" PRId64 ": it has no text or no hash",
			       h->number + 1);
	struct str entry = { json_object_get_string(text), (size_t)json_object_get_string_len(text) };
	if (!audit_follow(c->a, h, json_get_int(line, "number", -1), entry,
			  (struct str){ (char *)hash, sizeof(hash) }, &j, e))
		return false;
	c->r->entries[c->r->entry_count++] = j;
	return !each || each(ctx, h, entry, e);
}

static bool check_chain(struct check *c, struct err *e,
			bool (*each)(void *, const struct audit_head *, struct str, struct err *), void *ctx)
{
	struct record *r = c->r;
	struct audit_head h = { .chain = r->project };
	uint8_t end[SHA256_LEN];
	for (size_t i = 1; i < c->count; i++)
		if (json_get(c->parsed[i], "entry") && !follow(c, &h, c->parsed[i], each, ctx, e))
			return false;
	if (json_get_int(r->end, "chain", -1) != r->project)
		return broken(e, "the end is of another chain");
	if (json_get_int(r->end, "number", -1) != h.number)
		return err_set(e, ERR_CONFLICT, "entry %" PRId64 " is missing, or the end is of another chain",
			       h.number + 1);
	if (!hex_decode(json_get_str(r->end, "hash", ""), end, sizeof(end)) ||
	    memcmp(end, h.hash, sizeof(end)) != 0)
		return err_set(e, ERR_CONFLICT, "entry %" PRId64 ": its hash is not the one that the end tells",
			       h.number);
	r->head = h;
	return true;
}

/* ---- texts and outputs ---- */

static bool hash_is(struct check *c, struct json_object *text, const char *hash)
{
	const char *s = json_object_get_string(text);
	return streq(sha256_hex(c->a, s, (size_t)json_object_get_string_len(text)), hash);
}

static bool take_text(struct check *c, struct json_object *line, struct err *e)
{
	const char *hash = json_get_str(line, "sha256", "");
	if (!json_object_is_type(json_get(line, "text"), json_type_string) ||
	    !hash_is(c, json_get(line, "text"), hash))
		return err_set(e, ERR_CONFLICT, "the text %.12s… is not the one that was hashed", hash);
	c->texts[c->text_count++] = hash;
	return true;
}

/* The files that the output's hashed text names, and no others. */
static bool files_same(struct check *c, struct json_object *body_text, struct json_object *files)
{
	struct err ignored = { 0 };
	struct json_object *body = json_parse(c->a, json_object_get_string(body_text),
					      (size_t)json_object_get_string_len(body_text), &ignored);
	struct json_object *named = body ? json_get_array(body, "files") : NULL;
	size_t n = named ? json_object_array_length(named) : 0, m = json_object_array_length(files),
	       hashed = 0;
	for (size_t i = 0; i < n; i++) {
		struct json_object *f = json_object_array_get_idx(named, i);
		bool found = false;
		if (!json_get(f, "sha256"))
			continue;
		hashed++;
		for (size_t k = 0; k < m && !found; k++) {
			struct json_object *g = json_object_array_get_idx(files, k);
			found = streq(json_get_str(f, "path", ""), json_get_str(g, "path", "?")) &&
				streq(json_get_str(f, "sha256", ""), json_get_str(g, "sha256", "?"));
		}
		if (!found)
			return false;
	}
	return hashed == m;
}

static bool take_output(struct check *c, struct json_object *line, struct err *e)
{
	struct record_output *o = &c->r->outputs[c->r->output_count++];
	struct json_object *body = json_get(line, "body"), *document = json_get(line, "document");
	*o = (struct record_output){ .stage = json_get_str(line, "output", ""),
				     .sha256 = json_get_str(line, "sha256", ""),
				     .document_sha256 = json_get_str(line, "document_sha256", ""),
				     .revision = json_get_int(line, "revision", 0),
				     .files = json_get_array(line, "files") };
	if (!o->files)
		return err_set(e, ERR_CONFLICT, "%s revision %" PRId64 " lists no files", o->stage, o->revision);
	if (json_get_int(line, "run", -1) != c->r->run)
		return err_set(e, ERR_CONFLICT, "%s revision %" PRId64 " is of another run", o->stage,
			       o->revision);
	if (body && !hash_is(c, body, o->sha256))
		return err_set(e, ERR_CONFLICT, "%s revision %" PRId64 ": its bytes are not those of its hash",
			       o->stage, o->revision);
	if (document && !hash_is(c, document, o->document_sha256))
		return err_set(e, ERR_CONFLICT,
			       "%s revision %" PRId64 ": its document is not that of its hash", o->stage,
			       o->revision);
	if (body && !files_same(c, body, o->files))
		return err_set(e, ERR_CONFLICT,
			       "%s revision %" PRId64 ": its files are not those that its bytes name",
			       o->stage, o->revision);
	return true;
}

static bool take_lines(struct check *c, struct err *e)
{
	c->texts = arena_array(c->a, c->count + 1, sizeof(*c->texts));
	c->r->outputs = arena_array(c->a, c->count + 1, sizeof(*c->r->outputs));
	for (size_t i = 1; i < c->count; i++) {
		struct json_object *line = c->parsed[i];
		if (json_get(line, "entry"))
			continue;
		if (json_get(line, "output") ? !take_output(c, line, e) : !take_text(c, line, e))
			return false;
	}
	return true;
}

/* ---- what entries say, against what is there ---- */

static bool known_text(struct check *c, const char *hash)
{
	if (streq(hash, sha256_hex(c->a, "", 0)))
		return true;
	for (size_t i = 0; i < c->text_count; i++)
		if (streq(c->texts[i], hash))
			return true;
	return false;
}

static bool text_there(struct check *c, struct json_object *body, const char *key, const char *what,
		       int64_t number, struct err *e)
{
	const char *hash = json_get_str(body, key, NULL);
	return !hash || known_text(c, hash) ||
	       err_set(e, ERR_CONFLICT, "entry %" PRId64 ": the text of its %s is missing", number, what);
}

static bool texts_there(struct check *c, struct json_object *body, const char *key, const char *what,
			int64_t number, struct err *e)
{
	struct json_object *list = json_get_array(body, key);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		const char *hash = json_object_get_string(json_object_array_get_idx(list, i));
		if (!hash || !known_text(c, hash))
			return err_set(e, ERR_CONFLICT, "entry %" PRId64 ": the text of a %s is missing", number,
				       what);
	}
	return true;
}

/* The output that an entry is about; of which revision, not every entry says. */
static bool output_there(struct check *c, struct json_object *body, const char *revision, const char *hash,
			 const char *document, int64_t number, struct err *e)
{
	const char *sha = json_get_str(body, hash, NULL), *read = json_get_str(body, document, NULL);
	const char *stage = json_get_str(body, "stage", "");
	int64_t which = json_get_int(body, revision, 0);
	if (!sha)
		return true;
	for (size_t i = 0; i < c->r->output_count; i++) {
		const struct record_output *o = &c->r->outputs[i];
		if (!streq(o->stage, stage) || (which ? o->revision != which : !streq(o->sha256, sha)))
			continue;
		if (streq(o->sha256, sha) && (!read || streq(o->document_sha256, read)))
			return true;
		return err_set(e, ERR_CONFLICT,
			       "entry %" PRId64 ": it is about %s revision %" PRId64 " with the hash %.12s…, "
			       "but here this output has another", number, stage, which, sha);
	}
	return err_set(e, ERR_CONFLICT, "entry %" PRId64 ": %s revision %" PRId64 ", which it is about, is missing",
		       number, stage, which);
}

static bool check_entry(struct check *c, struct json_object *entry, struct err *e)
{
	struct json_object *body = json_get(entry, "body");
	int64_t number = json_get_int(entry, "number", 0);
	if (!text_there(c, body, "comment_sha256", "comment", number, e) ||
	    !text_there(c, body, "brief_sha256", "brief", number, e) ||
	    !texts_there(c, body, "remarks_sha256", "remark", number, e) ||
	    !texts_there(c, body, "items_sha256", "word on an item", number, e))
		return false;
	if (json_get_int(body, "run", -1) != c->r->run) /* the chain is the project's, the outputs are a run's */
		return true;
	return output_there(c, body, "revision", "artifact_sha256", "document_sha256", number, e) &&
	       output_there(c, body, "before_revision", "before_sha256", "before_document_sha256", number, e);
}

bool record_is(struct str text)
{
	static const char start[] = "{\"record\":1,";
	return text.len >= sizeof(start) - 1 && memcmp(text.s, start, sizeof(start) - 1) == 0;
}

bool record_check(struct arena *a, struct str text, struct record *out,
		  bool (*each)(void *ctx, const struct audit_head *h, struct str entry, struct err *e),
		  void *ctx, struct err *e)
{
	struct check c = { .a = a, .r = out };
	*out = (struct record){ .project = 0 };
	if (text.len && text.s[text.len - 1] != '\n')
		return broken(e, "the last line has no end: the file was cut");
	split(&c, text);
	if (!check_end(&c, e) || !parse_lines(&c, e))
		return false;
	if (!c.count || !record_is(c.lines[0]))
		return broken(e, "line 1 does not say what the record is of");
	out->project = json_get_int(c.parsed[0], "project", -1);
	out->run = json_get_int(c.parsed[0], "run", -1);
	out->name = json_get_str(c.parsed[0], "name", "");
	out->entries = arena_array(a, c.count + 1, sizeof(*out->entries));
	if (!check_chain(&c, e, each, ctx) || !take_lines(&c, e))
		return false;
	for (size_t i = 0; i < out->entry_count; i++)
		if (!check_entry(&c, out->entries[i], e))
			return false;
	return true;
}

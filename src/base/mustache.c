/* SPDX-License-Identifier: MIT */
/* A set of templates: loading a folder, finding by name, noticing changes. */
#include "base/mustache.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mustache_ops.h"
#include "base/str.h"

#define TEMPLATE_BYTES ((size_t)1 << 20)
#define FOLDER_DEPTH 16

struct templates {
	struct arena *a;
	struct template **sorted; /* by name */
	size_t count, room;
	const struct op **names;  /* one of the ops that look for each name, by number */
	size_t name_count, name_room;
	const char *dir;          /* where it was loaded from, or NULL */
	uint64_t stamp;
};

struct templates *templates_new(void)
{
	struct arena *a = arena_new(0);
	struct templates *t = arena_alloc(a, sizeof(*t));

	t->a = a;
	return t;
}

void templates_free(struct templates *t)
{
	if (t)
		arena_free(t->a);
}

static int compare(const struct template *t, const char *name, size_t len)
{
	size_t n = t->name_len < len ? t->name_len : len;
	int order = n ? memcmp(t->name, name, n) : 0;

	if (order == 0 && t->name_len != len)
		order = t->name_len < len ? -1 : 1;
	return order;
}

/* The first that is not before the name. */
static size_t lower_bound(const struct templates *t, const char *name, size_t len)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(t->sorted[middle], name, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct template *templates_find(const struct templates *t, const char *name, size_t len)
{
	size_t i = lower_bound(t, name, len);

	return i < t->count && compare(t->sorted[i], name, len) == 0 ? t->sorted[i] : NULL;
}

bool templates_has(const struct templates *t, const char *name)
{
	return templates_find(t, name, strlen(name)) != NULL;
}

static bool is_reference(const struct op *op)
{
	return op->kind == OP_PARTIAL || op->kind == OP_PARENT;
}

static bool looks_up(const struct op *op)
{
	return op->kind >= OP_VAR && op->kind <= OP_INVERTED;
}

static void *grown(struct arena *a, const void *old, size_t count, size_t *room, size_t size)
{
	void *larger;

	*room = *room ? 2 * *room : 64;
	larger = arena_array(a, *room, size);
	if (count)
		memcpy(larger, old, count * size);
	return larger;
}

static uint32_t number_of(struct templates *t, const struct op *op)
{
	size_t i = 0;

	while (i < t->name_count &&
	       (t->names[i]->len != op->len || memcmp(t->names[i]->s, op->s, op->len) != 0))
		i++;
	if (i == t->name_count) {
		if (i == t->name_room)
			t->names = grown(t->a, t->names, i, &t->name_room, sizeof(*t->names));
		t->names[t->name_count++] = op;
	}
	return (uint32_t)i;
}

/* What names the new template finds it, and it finds those that it names. */
static void link_up(struct templates *t, struct template *new)
{
	for (uint32_t k = 0; k < new->count; k++) {
		struct op *op = &new->ops[k];

		if (looks_up(op))
			op->number = number_of(t, op);
		if (is_reference(op))
			op->to = templates_find(t, op->s, op->len);
	}
	for (size_t i = 0; i < t->count; i++) {
		for (uint32_t k = 0; k < t->sorted[i]->count; k++) {
			struct op *op = &t->sorted[i]->ops[k];

			if (is_reference(op) && compare(new, op->s, op->len) == 0)
				op->to = new;
		}
	}
}

static bool add(struct templates *t, const char *where, const char *name, size_t name_len,
		enum mustache_type type, const char *text, size_t len, struct err *e)
{
	size_t i = lower_bound(t, name, name_len);
	struct template *new;

	if (templates_find(t, name, name_len))
		return err_set(e, ERR_CONFLICT, "%s: there is a template %.*s already", where, (int)name_len,
			       name);
	new = arena_alloc(t->a, sizeof(*new));
	new->name = arena_strndup(t->a, name, name_len);
	new->name_len = name_len;
	new->type = type;
	if (!mustache_compile(t->a, where, text, len, new, e))
		return false;
	if (t->count == t->room)
		t->sorted = grown(t->a, t->sorted, t->count, &t->room, sizeof(*t->sorted));
	memmove(t->sorted + i + 1, t->sorted + i, (t->count - i) * sizeof(struct template *));
	t->sorted[i] = new;
	t->count++;
	link_up(t, new);
	return true;
}

bool templates_add(struct templates *t, const char *name, enum mustache_type type, const char *text,
		   size_t len, struct err *e)
{
	return add(t, name, name, strlen(name), type, text, len, e);
}

static bool type_of(struct str extension, enum mustache_type *type)
{
	static const struct {
		const char *extension;
		enum mustache_type type;
	} types[] = {
		{ "html", MT_HTML },   { "txt", MT_TEXT },  { "md", MT_TEXT },
		{ "prompt", MT_TEXT }, { "py", MT_PYTHON }, { "c", MT_C },
		{ "json", MT_JSON },   { "sql", MT_SQL },   { "sh", MT_SHELL },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (str_eq(extension, types[i].extension)) {
			*type = types[i].type;
			return true;
		}
	}
	return false;
}

static bool is_template(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 9 && strcmp(name + n - 9, ".mustache") == 0;
}

/* fn(p, path, name below the root) for each template file below `dir`, sorted. */
typedef bool visit_fn(void *p, struct arena *scratch, const char *path, const char *name, struct err *e);

static bool walk(struct arena *scratch, const char *dir, const char *below, int depth, visit_fn *fn, void *p,
		 struct err *e)
{
	const char **names;
	size_t count;

	if (depth == FOLDER_DEPTH)
		return err_set(e, ERR_INVALID, "%s: folders nest deeper than %d", dir, FOLDER_DEPTH);
	if (!dir_list(scratch, dir, &names, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *path = path_join(scratch, dir, names[i]);
		const char *name = *below ? path_join(scratch, below, names[i]) : names[i];
		struct stat st;

		if (names[i][0] == '.' || stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			if (!walk(scratch, path, name, depth + 1, fn, p, e))
				return false;
		} else if (is_template(names[i]) && !fn(p, scratch, path, name, e)) {
			return false;
		}
	}
	return true;
}

static bool load_one(void *p, struct arena *scratch, const char *path, const char *name, struct err *e)
{
	struct templates *t = p;
	size_t stem = strlen(name) - strlen(".mustache"), base = stem;
	enum mustache_type type;
	struct str text;

	while (base > 0 && name[base - 1] != '.' && name[base - 1] != '/')
		base--;
	if (base < 2 || name[base - 1] != '.' || name[base - 2] == '/' ||
	    !type_of((struct str){ name + base, stem - base }, &type))
		return err_set(e, ERR_INVALID, "%s: a template is named name.TYPE.mustache, with a TYPE of "
			       "html, txt, md, prompt, py, sql, json, c or sh", path);
	return file_read(scratch, path, TEMPLATE_BYTES, &text, e) &&
	       add(t, path, name, base - 1, type, text.s, text.len, e);
}

/* A partial that is not there is empty by the specification; in a folder it is a mistake. */
static bool check_references(const struct templates *t, struct err *e)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct template *tp = t->sorted[i];

		for (uint32_t k = 0; k < tp->count; k++) {
			const struct op *op = &tp->ops[k];

			if (is_reference(op) && !op->to)
				return err_set(e, ERR_INVALID, "%s/%s: there is no template %.*s", t->dir,
					       tp->name, (int)op->len, op->s);
		}
	}
	return true;
}

static void mix(uint64_t *stamp, const void *p, size_t n)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++)
		*stamp = (*stamp ^ bytes[i]) * 0x100000001b3u;
}

static bool stamp_one(void *p, struct arena *scratch, const char *path, const char *name, struct err *e)
{
	struct stat st;

	mix(p, name, strlen(name) + 1);
	if (stat(path, &st) == 0) {
		mix(p, &st.st_mtim.tv_sec, sizeof(st.st_mtim.tv_sec));
		mix(p, &st.st_mtim.tv_nsec, sizeof(st.st_mtim.tv_nsec));
		mix(p, &st.st_size, sizeof(st.st_size));
		mix(p, &st.st_ino, sizeof(st.st_ino));
	}
	return true;
}

static uint64_t stamp_of(const char *dir)
{
	struct arena *scratch = arena_new(0);
	uint64_t stamp = 0xcbf29ce484222325u;

	walk(scratch, dir, "", 0, stamp_one, &stamp, NULL);
	arena_free(scratch);
	return stamp;
}

struct templates *templates_load(const char *dir, struct err *e)
{
	struct templates *t = templates_new();
	struct arena *scratch = arena_new(0);

	t->dir = arena_strdup(t->a, dir);
	/* Taken first: a change while loading is seen later rather than missed. */
	t->stamp = stamp_of(dir);
	if (!walk(scratch, dir, "", 0, load_one, t, e) || !check_references(t, e)) {
		templates_free(t);
		t = NULL;
	}
	arena_free(scratch);
	return t;
}

bool templates_stale(const struct templates *t)
{
	return t->dir && stamp_of(t->dir) != t->stamp;
}

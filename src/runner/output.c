/* SPDX-License-Identifier: MIT */
#include "runner/output.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/value.h"
#include "flow/fileset.h"
#include "flow/schema.h"
#include "runner/agent.h"
#include "runner/runner.h"

#define DOCUMENT_BYTES ((size_t)2 << 20)

/* The files of the output, and for a suite those of the application with them: a suite that
   would replace one of these is no test of it. */
static const char *take_files(struct work *w, struct json_object *output, struct stored_file **out,
			      size_t *count)
{
	bool document = w->agent->delivers == DELIVERS_DOCUMENT || w->agent->delivers == DELIVERS_REVIEW;
	struct json_object *list = document ? NULL : json_get_array(output, "files");
	size_t n = list ? json_object_array_length(list) : 0, all = 0;
	size_t others = w->agent->delivers == DELIVERS_SUITE ? w->in.file_count : 0;
	struct file_item *items = arena_array(w->a, n + others, sizeof(*items));
	struct err e = { 0 };

	*out = arena_array(w->a, n, sizeof(**out));
	*count = n;
	for (size_t i = 0; i < n; i++) {
		struct json_object *f = json_object_array_get_idx(list, i), *content = json_get(f, "content");
		const char *path = json_get_str(f, "path", NULL);
		if (!path || !json_object_is_type(content, json_type_string))
			return arena_printf(w->a, "- /files/%zu: must have a path and a content", i);
		struct stored_file *s = &(*out)[i];
		s->path = path;
		s->data = (struct str){ json_object_get_string(content),
					(size_t)json_object_get_string_len(content) };
		sha256(s->data.s, s->data.len, s->sha256);
		items[all++] = (struct file_item){ path, s->data.s, s->data.len };
	}
	if (!fileset_valid(items, all, &e))
		return arena_printf(w->a, "- /files: %s", e.msg);
	if (!document && n == 0)
		return "- /files: must have at least one file";
	for (size_t i = 0; i < others; i++)
		items[all++] = w->in.files[i];
	if (others && !fileset_valid(items, all, &e))
		return arena_printf(w->a, "- /files: together with the application's files: %s", e.msg);
	return NULL;
}

/* The output as it is stored: its files by their hashes. */
static const char *stored_body(struct work *w, struct json_object *output, const struct stored_file *files,
			       size_t n)
{
	struct json_object *copy = NULL;

	if (n == 0)
		return json_text(w->a, output);
	if (json_object_deep_copy(output, &copy, NULL) != 0)
		return NULL;
	json_own(w->a, copy);
	struct json_object *list = json_get_array(copy, "files");
	for (size_t i = 0; i < n; i++) {
		struct json_object *f = json_object_array_get_idx(list, i);
		json_object_object_del(f, "content");
		json_object_object_add(f, "sha256",
				       json_object_new_string(hex_encode(w->a, files[i].sha256, SHA256_LEN)));
		json_object_object_add(f, "size", json_object_new_int64((int64_t)files[i].data.len));
	}
	return json_text(w->a, copy);
}

static const char *document(struct work *w, struct json_object *output, struct err *e)
{
	struct arena *a = arena_new(0);
	struct buf b;
	const char *text = NULL;

	buf_init(&b, DOCUMENT_BYTES);
	if (templates_render(w->agent->templates, arena_printf(a, "%s/document", w->agent->name),
			     value_from_json(a, output), &b, e))
		text = arena_strndup(w->a, buf_str(&b), b.len);
	buf_release(&b);
	arena_free(a);
	return text;
}

const char *output_take(struct work *w, struct json_object *output)
{
	struct problems problems = { 0 };
	struct stored_file *files;
	struct err e = { 0 };
	size_t n;

	if (!schema_validate(w->agent->schema, output, w->a, &problems))
		return problems_text(w->a, &problems);
	const char *wrong = take_files(w, output, &files, &n);
	if (wrong)
		return wrong;
	w->out.files = files;
	w->out.file_count = n;
	w->out.body = stored_body(w, output, files, n);
	w->out.document = document(w, output, &e);
	if (!w->out.body || !w->out.document)
		return arena_printf(w->a, "- : the document for people cannot be written from it: %s", e.msg);
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "web/outputs.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mustache.h"
#include "base/str.h"
#include "base/value.h"
#include "flow/handover.h"

#define DOCUMENT_BYTES ((size_t)2 << 20)

struct outputs {
	struct templates *templates;
	struct output_form *forms;
	size_t count;
};

static bool load_one(struct arena *a, const char *dir, const char *name, struct output_form *form, struct err *e)
{
	const char *file = path_join(a, path_join(a, dir, name), "agent.json");
	struct json_object *j = json_load(a, file, (size_t)64 << 10, e);

	*form = (struct output_form){ .agent = name };
	if (!j)
		return false;
	if (!items_read(a, j, &form->lists, &form->list_count, e))
		return err_prefix(e, "%s", file);
	form->schema = handover_schema(a, dir, name, &form->source, e);
	return form->schema != NULL;
}

const struct outputs *outputs_load(struct arena *a, const char *data_dir, struct err *e)
{
	const char *dir = path_join(a, data_dir, "agents"), **names;
	struct outputs *o = arena_alloc(a, sizeof(*o));
	size_t n;

	if (!dir_list(a, dir, &names, &n, e))
		return NULL;
	o->forms = arena_array(a, n, sizeof(*o->forms));
	o->count = 0;
	for (size_t i = 0; i < n; i++)
		if (file_exists(path_join(a, path_join(a, dir, names[i]), "agent.json")) &&
		    !load_one(a, dir, names[i], &o->forms[o->count++], e))
			return NULL;
	o->templates = templates_load(dir, e);
	return o->templates ? o : NULL;
}

void outputs_free(const struct outputs *o)
{
	if (o)
		templates_free(o->templates);
}

const struct output_form *outputs_of(const struct outputs *o, const char *agent)
{
	for (size_t i = 0; i < o->count; i++)
		if (streq(o->forms[i].agent, agent))
			return &o->forms[i];
	return NULL;
}

const char *outputs_document(const struct outputs *o, struct arena *a, const char *agent,
			     struct json_object *output, struct err *e)
{
	const char *text = NULL;
	struct buf b;

	buf_init(&b, DOCUMENT_BYTES);
	if (templates_render(o->templates, arena_printf(a, "%s/document", agent), value_from_json(a, output), &b, e))
		text = arena_strndup(a, buf_str(&b), b.len);
	buf_release(&b);
	return text;
}

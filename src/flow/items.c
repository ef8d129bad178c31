/* SPDX-License-Identifier: MIT */
#include "flow/items.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

bool items_read(struct arena *a, struct json_object *agent, struct item_list **out, size_t *count,
		struct err *e)
{
	struct json_object *lists = json_get_array(agent, "items");
	size_t n = lists ? json_object_array_length(lists) : 0;

	*out = arena_array(a, n, sizeof(**out));
	*count = n;
	for (size_t i = 0; i < n; i++) {
		struct json_object *l = json_object_array_get_idx(lists, i);
		struct item_list *to = &(*out)[i];
		*to = (struct item_list){ json_get_str(l, "list", ""), json_get_str(l, "key", ""),
					  json_get_str(l, "title", ""), json_get_str(l, "one", ""),
					  json_get_str(l, "many", "") };
		if (!*to->list || !*to->key || !*to->title || !*to->one || !*to->many)
			return err_set(e, ERR_INVALID,
				       "each of \"items\" must have list, key, title, one and many");
	}
	return true;
}

/* Where the item of that name stands; -1: nowhere. */
static int find(struct json_object *list, const char *key, const char *id)
{
	for (size_t i = 0; list && i < json_object_array_length(list); i++)
		if (streq(json_get_str(json_object_array_get_idx(list, i), key, NULL), id))
			return (int)i;
	return -1;
}

/* By its text, so that the copy has nothing in common with what it was made of. */
static struct json_object *copied(struct arena *a, struct json_object *value)
{
	const char *text = json_text(a, value);
	struct json_object *list =
		json_parse(a, arena_printf(a, "[%s]", text), strlen(text) + 2, &(struct err){ 0 });

	return json_object_array_get_idx(list, 0);
}

static struct json_object *kept_one(struct arena *a, struct json_object *previous, struct json_object *named)
{
	const char *list = json_get_str(named, "list", ""), *key = json_get_str(named, "key", ""),
		   *id = json_get_str(named, "id", "");
	struct json_object *in = json_get_array(previous, list);
	int at = *list ? find(in, key, id) : 0;
	struct json_object *value = !*list ? json_get(previous, id)
				    : at < 0 ? NULL : json_object_array_get_idx(in, (size_t)at);

	if (!value)
		return NULL;
	struct json_object *one = json_object_new_object();
	json_object_object_add(one, "list", json_object_new_string(list));
	json_object_object_add(one, "key", json_object_new_string(key));
	json_object_object_add(one, "id", json_object_new_string(id));
	json_object_object_add(one, "at", json_object_new_int(at));
	json_object_object_add(one, "value", json_object_get(copied(a, value)));
	return one;
}

struct demands demands_read(struct arena *a, struct json_object *input)
{
	struct json_object *feedback = json_get(input, "feedback"), *names = json_get_array(feedback, "kept"),
			   *comments = json_get_array(feedback, "comments"), *previous = json_get(input, "previous");
	struct demands d = { .comments = comments ? json_object_array_length(comments) : 0 };

	for (size_t i = 0; names && i < json_object_array_length(names); i++) {
		struct json_object *one = kept_one(a, previous, json_object_array_get_idx(names, i));
		if (!d.kept)
			d.kept = json_own(a, json_object_new_array());
		if (one)
			json_object_array_add(d.kept, one);
	}
	return d;
}

static void insert(struct json_object *list, size_t at, struct json_object *value)
{
	for (size_t i = json_object_array_length(list); i > at; i--)
		json_object_array_put_idx(list, i, json_object_get(json_object_array_get_idx(list, i - 1)));
	json_object_array_put_idx(list, at, json_object_get(value));
}

void demands_keep(const struct demands *d, struct json_object *output)
{
	for (size_t i = 0; d->kept && i < json_object_array_length(d->kept); i++) {
		struct json_object *k = json_object_array_get_idx(d->kept, i), *value = json_get(k, "value");
		const char *list = json_get_str(k, "list", ""), *id = json_get_str(k, "id", "");
		struct json_object *in = json_get_array(output, list);
		if (!*list) {
			json_object_object_add(output, id, json_object_get(value));
			continue;
		}
		if (!in)
			continue;
		int at = find(in, json_get_str(k, "key", ""), id);
		size_t n = json_object_array_length(in), was = (size_t)json_get_int(k, "at", 0);
		if (at >= 0)
			json_object_array_put_idx(in, (size_t)at, json_object_get(value));
		else
			insert(in, was < n ? was : n, value);
	}
}

const char *demands_unanswered(const struct demands *d, struct arena *a, struct json_object *output)
{
	struct json_object *answers = json_get_array(output, "answers");
	const char *text = NULL;

	for (size_t number = 1; number <= d->comments; number++) {
		bool there = false;
		for (size_t i = 0; answers && i < json_object_array_length(answers); i++)
			there |= json_get_int(json_object_array_get_idx(answers, i), "comment", 0) == (int64_t)number;
		if (!there)
			text = arena_printf(a, "%s%s- /answers: must answer comment %zu", text ? text : "",
					    text ? "\n" : "", number);
	}
	return text;
}

/* SPDX-License-Identifier: MIT */
/* A difference with both texts beside each other: what was removed stands beside what came for it. */
#include "model/diff.h"

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"

static void put_side(struct arena *a, struct value *row, const char *side, const struct value *line)
{
	const char *text = arena_printf(a, "%s_text", side), *kind = arena_printf(a, "%s_kind", side);

	value_set(a, row, side, line ? value_get(line, side) : value_null(a));
	value_set(a, row, text, line ? value_get(line, "text") : value_null(a));
	set_text(a, row, kind, line ? value_str(value_get(line, "kind")) : "none");
}

static void add_row(struct arena *a, struct value *rows, const struct value *old, const struct value *new)
{
	struct value *row = value_object(a);

	put_side(a, row, "old", old);
	put_side(a, row, "new", new);
	value_add(a, rows, row);
}

static bool is_kind(const struct item *line, const char *kind)
{
	return line && streq(value_str(value_get(line->v, "kind")), kind);
}

static struct value *rows_of(struct arena *a, const struct value *lines)
{
	struct value *rows = value_list(a);
	const struct item *l = lines->u.list.first;

	while (l) {
		const struct item *old = l, *new = l;
		if (is_kind(l, "same")) {
			add_row(a, rows, l->v, l->v);
			l = l->next;
			continue;
		}
		while (is_kind(new, "removed"))
			new = new->next;
		const struct item *removed_end = new;
		for (l = new; is_kind(l, "added"); l = l->next)
			;
		while (old != removed_end || new != l) {
			add_row(a, rows, old != removed_end ? old->v : NULL, new != l ? new->v : NULL);
			old = old != removed_end ? old->next : old;
			new = new != l ? new->next : new;
		}
	}
	return rows;
}

void diff_sides(struct arena *a, struct value *diff)
{
	struct value *hunks = value_get(diff, "hunks");

	for (const struct item *h = hunks->u.list.first; h; h = h->next)
		value_set(a, h->v, "_rows", rows_of(a, value_get(h->v, "lines")));
}

/* SPDX-License-Identifier: MIT */
#include "model/diff.h"

#include <git2.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"

#define CONTEXT_LINES 3

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_libgit2(void)
{
	git_libgit2_init();
}

static size_t lines_in(struct str s)
{
	size_t n = 0;
	const char *at = s.s, *end = s.s + s.len;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		n++;
	}
	return n;
}

/* The line that libgit2 gives, without its newline and cut to length at a character's edge. */
static struct str shown(struct arena *a, const git_diff_line *l, bool *cut)
{
	size_t n = l->content_len;

	if (n > 0 && l->content[n - 1] == '\n')
		n--;
	*cut = n > DIFF_LINE_BYTES;
	if (*cut)
		for (n = DIFF_LINE_BYTES; ((unsigned char)l->content[n] & 0xc0) == 0x80;)
			n--;
	return (struct str){ arena_strndup(a, l->content, n), n };
}

static void add_line(struct arena *a, struct diff_hunk *h, const git_diff_line *l)
{
	struct diff_line *to;

	/* "\ No newline at end of file" speaks of the line before. */
	if (l->origin == GIT_DIFF_LINE_CONTEXT_EOFNL || l->origin == GIT_DIFF_LINE_ADD_EOFNL ||
	    l->origin == GIT_DIFF_LINE_DEL_EOFNL) {
		if (h->count > 0)
			h->lines[h->count - 1].no_newline = true;
		return;
	}
	to = &h->lines[h->count++];
	to->kind = l->origin;
	to->old_line = l->origin == '+' ? 0 : l->old_lineno;
	to->new_line = l->origin == '-' ? 0 : l->new_lineno;
	to->text = shown(a, l, &to->cut);
}

static bool add_hunk(struct arena *a, struct diff *d, git_patch *patch, size_t i, size_t *room)
{
	const git_diff_hunk *from;
	const git_diff_line *line;
	struct diff_hunk *h = &d->hunks[d->count];
	const char *after;
	size_t n;

	if (git_patch_get_hunk(&from, &n, patch, i) != 0)
		return false;
	/* git goes on with a line of the text, cut at any byte. */
	after = strstr(from->header + 2, "@@");
	h->header = arena_strndup(a, from->header,
				  after ? (size_t)(after + 2 - from->header) : from->header_len);
	h->old_start = from->old_start;
	h->old_count = from->old_lines;
	h->new_start = from->new_start;
	h->new_count = from->new_lines;
	h->lines = arena_array(a, n < *room ? n : *room, sizeof(*h->lines));
	d->count++;
	for (size_t k = 0; k < n; k++) {
		if (git_patch_get_line_in_hunk(&line, patch, i, k) != 0)
			return false;
		if (h->count == *room && strchr(" +-", line->origin)) {
			d->cut = true;
			break;
		}
		add_line(a, h, line);
	}
	*room -= h->count;
	return true;
}

static bool compare(struct arena *a, struct diff *d, struct str old_text, struct str new_text, struct err *e)
{
	git_diff_options options;
	git_patch *patch = NULL;
	size_t added = 0, removed = 0, hunks, room = DIFF_SHOWN;
	bool ok;

	if (git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION) != 0)
		return err_set(e, ERR_INTERNAL, "the two texts cannot be compared");
	options.context_lines = CONTEXT_LINES;
	/* What is text was decided by the caller; git would look at the first bytes only. */
	options.flags = GIT_DIFF_FORCE_TEXT;
	ok = git_patch_from_buffers(&patch, old_text.s, old_text.len, NULL, new_text.s, new_text.len, NULL,
				    &options) == 0 &&
	     git_patch_line_stats(NULL, &added, &removed, patch) == 0;
	if (ok) {
		d->added = (int)added;
		d->removed = (int)removed;
		hunks = git_patch_num_hunks(patch);
		d->hunks = arena_array(a, hunks, sizeof(*d->hunks));
		for (size_t i = 0; ok && i < hunks; i++) {
			if (room == 0) {
				d->cut = true;
				break;
			}
			ok = add_hunk(a, d, patch, i, &room);
		}
	}
	git_patch_free(patch);
	return ok || err_set(e, ERR_INTERNAL, "the two texts cannot be compared");
}

struct diff *diff_texts(struct arena *a, struct str old_text, struct str new_text, struct err *e)
{
	struct diff *d = arena_alloc(a, sizeof(*d));

	if (!old_text.s)
		old_text.s = "";
	if (!new_text.s)
		new_text.s = "";
	d->same = old_text.len == new_text.len && memcmp(old_text.s, new_text.s, old_text.len) == 0;
	if (d->same)
		return d;
	d->too_large = old_text.len > DIFF_BYTES || new_text.len > DIFF_BYTES ||
		       lines_in(old_text) > DIFF_LINES || lines_in(new_text) > DIFF_LINES;
	if (d->too_large)
		return d;
	d->binary = utf8_invalid(old_text.s, old_text.len) >= 0 ||
		    utf8_invalid(new_text.s, new_text.len) >= 0;
	if (d->binary)
		return d;
	pthread_once(&once, start_libgit2);
	return compare(a, d, old_text, new_text, e) ? d : NULL;
}

static void set_number(struct arena *a, struct value *o, const char *key, int line)
{
	value_set(a, o, key, line > 0 ? value_int(a, line) : value_null(a));
}

static struct value *line_value(struct arena *a, const struct diff_line *l)
{
	static const char *const signs[] = { " ", "+", "-" };
	int which = l->kind == '+' ? 1 : l->kind == '-' ? 2 : 0;
	static const char *const kinds[] = { "same", "added", "removed" };
	struct value *o = value_object(a);

	set_text(a, o, "kind", kinds[which]);
	set_text(a, o, "sign", signs[which]);
	set_number(a, o, "old", l->old_line);
	set_number(a, o, "new", l->new_line);
	value_set(a, o, "text", value_textn(a, l->text.s, l->text.len));
	set_bool(a, o, "cut", l->cut);
	set_bool(a, o, "no_newline", l->no_newline);
	return o;
}

struct value *diff_value(struct arena *a, const struct diff *d)
{
	struct value *o = value_object(a), *hunks = value_list(a);

	set_bool(a, o, "same", d->same);
	set_bool(a, o, "binary", d->binary);
	set_bool(a, o, "too_large", d->too_large);
	set_bool(a, o, "cut", d->cut);
	set_int(a, o, "added", d->added);
	set_int(a, o, "removed", d->removed);
	for (size_t i = 0; i < d->count; i++) {
		struct value *hunk = value_object(a), *lines = value_list(a);
		set_text(a, hunk, "header", d->hunks[i].header);
		for (size_t k = 0; k < d->hunks[i].count; k++)
			value_add(a, lines, line_value(a, &d->hunks[i].lines[k]));
		value_set(a, hunk, "lines", lines);
		value_add(a, hunks, hunk);
	}
	value_set(a, o, "hunks", hunks);
	return o;
}

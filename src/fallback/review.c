/* SPDX-License-Identifier: MIT */
#include "fallback/review.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/value.h"
#include "fallback/answer.h"

enum { MAX_SOURCES = 200, MAX_OF_A_KIND = 8 };
/* What is read at all; what is beyond is said to be unread. */
static const size_t MAX_TEXT = 2000000;

int line_of(struct str text, size_t offset)
{
	int line = 1;

	for (size_t i = 0; i < offset && i < text.len; i++)
		line += text.s[i] == '\n';
	return line;
}

ptrdiff_t find_text(struct str s, size_t from, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = from; i + n <= s.len; i++)
		if ((s.s[i] | 32) == (*text | 32) && strncasecmp(s.s + i, text, n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

void review_add(struct review *r, enum severity severity, const char *path, int line, const char *title,
		const char *problem, const char *advice)
{
	size_t same = 0;

	for (size_t i = 0; i < r->n_found; i++) {
		if (!streq(r->found[i].path, path) || !streq(r->found[i].title, title))
			continue;
		if (r->found[i].line == line)
			return;
		same++;
	}
	if (same == MAX_OF_A_KIND || r->n_found == MAX_FINDINGS) {
		r->more++;
		return;
	}
	r->found[r->n_found++] = (struct finding){ severity, path, line, title, problem, advice };
}

bool review_says(const struct review *r, const char *text)
{
	for (size_t i = 0; i < r->n_sources; i++) {
		const struct py_file *f = r->sources[i].python;
		if (!f && find_text(r->sources[i].text, 0, text) >= 0)
			return true;
		for (size_t k = 0; f && k < f->n_lists; k++)
			for (size_t j = 0; j < f->lists[k]->n; j++)
				if (f->lists[k]->t[j].kind == PY_STRING &&
				    find_text(f->lists[k]->t[j].text, 0, text) >= 0)
					return true;
	}
	return false;
}

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), k = strlen(end);

	return n > k && strcasecmp(path + n - k, end) == 0;
}

static void read_sources(struct review *r, struct json_object *files)
{
	size_t n = files ? json_object_array_length(files) : 0, total = 0;

	r->sources = arena_array(r->a, n, sizeof(*r->sources));
	r->files = arena_array(r->a, n, sizeof(*r->files));
	for (size_t i = 0; i < n && i < MAX_SOURCES; i++) {
		struct json_object *f = json_object_array_get_idx(files, i);
		const char *path = arena_strdup(r->a, json_get_str(f, "path", "")),
			   *text = json_get_str(f, "content", NULL);
		if (!text || !*path)
			continue;
		struct source s = { .path = path, .text = str_from(text) };
		total += s.text.len;
		if (total > MAX_TEXT) {
			review_add(r, MEDIUM, path, 0, "Too large to be read",
				   "The application is larger than what the fixed checks read.",
				   "Let a person or a language model review this file.");
			break;
		}
		if (ends_in(path, ".py")) {
			r->files[r->n_files] = py_read(r->a, path, s.text);
			s.python = &r->files[r->n_files++];
		}
		r->sources[r->n_sources++] = s;
	}
}

static const char *const severities[] = { "low", "medium", "high", "critical" };

static struct value *write_findings(struct review *r, size_t counts[4])
{
	struct value *list = value_list(r->a);

	for (int s = CRITICAL; s >= LOW; s--)
		for (size_t i = 0; i < r->n_found; i++) {
			const struct finding *f = &r->found[i];
			if ((int)f->severity != s)
				continue;
			struct value *v = value_object(r->a);
			set_text(r->a, v, "severity", severities[s]);
			set_text(r->a, v, "file", f->path);
			set_int(r->a, v, "line", f->line);
			set_text(r->a, v, "title", f->title);
			set_text(r->a, v, "problem", f->problem);
			set_text(r->a, v, "advice", f->advice);
			value_add(r->a, list, v);
			counts[s]++;
		}
	return list;
}

static const char *summary(const struct review *r, const size_t counts[4], const char *looked_for)
{
	const char *text = arena_printf(r->a, "%zu files were read by fixed checks. Looked for %s. ",
					r->n_sources, looked_for);

	if (!r->n_found)
		return arena_printf(r->a, "%sNothing was found; such checks see patterns, not intentions.",
				    text);
	for (int s = CRITICAL, n = 0; s >= LOW; s--)
		if (counts[s])
			text = arena_printf(r->a, "%s%s%zu %s", text, n++ ? ", " : "Found: ", counts[s],
					    severities[s]);
	if (r->more)
		text = arena_printf(r->a, "%s, and %zu more of the same kinds", text, r->more);
	return arena_printf(r->a, "%s. Such checks see patterns, not intentions.", text);
}

/* A comment does not change what fixed checks see; that it was read is said all the same. */
static const char *review_changes(struct task *t)
{
	const char *said = *t->comment ? t->comment : t->said;
	const char *before = json_get_str(json_get(t->input, "previous"), "changes", "");

	if (!*said)
		return "";
	return arena_printf(
		t->a,
		"%s%sThe files were reviewed anew. Fixed checks cannot take a comment into account; "
		"where a finding is wrong, a person decides.",
		before, *before ? "\n\n" : "");
}

struct value *review_answer(struct task *t, void (*look)(struct review *r), const char *looked_for)
{
	struct review *r = arena_alloc(t->a, sizeof(*r));
	struct value *out = value_object(t->a);
	size_t counts[4] = { 0 };

	r->a = t->a;
	read_sources(r, json_get_array(task_input(t, "developer"), "files"));
	if (r->n_sources) {
		look(r);
		t->files = value_list(t->a);
	} else {
		review_add(r, HIGH, "", 0, "There is nothing to review",
			   "The Developer's output has no file that can be read.",
			   "Deliver the application's files.");
	}
	struct value *findings = write_findings(r, counts);
	set_text(t->a, out, "verdict", counts[HIGH] || counts[CRITICAL] ? "fail" : "pass");
	set_text(t->a, out, "summary", summary(r, counts, looked_for));
	value_set(t->a, out, "findings", findings);
	set_text(t->a, out, "changes", review_changes(t));
	return out;
}

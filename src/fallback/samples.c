/* SPDX-License-Identifier: MIT */
#include "fallback/samples.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/hours.h"
#include "fallback/view.h"

struct booking_sample sample_booking(struct design *d, const char *entity)
{
	struct booking_sample s = { .day = 0, .time = "10:00", .minutes = 30, .wrong_minutes = 7 };
	const struct rule *hours = design_rule(d, "booking.hours", entity);
	const struct rule *durations = design_rule(d, "booking.durations", entity);
	const struct rule *longest = design_rule(d, "booking.longest", entity);
	int best = 0;

	for (size_t i = 0; hours && i < hours->n_values; i++) {
		int day;
		char opens[6], closes[6];
		if (!hours_read(hours->values[i], &day, opens, closes))
			continue;
		int length = (atoi(closes) - atoi(opens)) * 60 + atoi(closes + 3) - atoi(opens + 3);
		if (length > best) {
			best = length;
			s.day = day;
			s.time = arena_strdup(d->a, opens);
		}
	}
	if (longest && longest->number < s.minutes)
		s.minutes = longest->number;
	for (size_t i = 0; durations && i < durations->n_values; i++) {
		int value = atoi(durations->values[i]);
		s.minutes = i == 0 || value < s.minutes ? value : s.minutes;
	}
	for (size_t i = 0; durations && i < durations->n_values; i++)
		if (atoi(durations->values[i]) == s.wrong_minutes) {
			s.wrong_minutes++;
			i = (size_t)-1;
		}
	return s;
}

const struct field *sample_text_field(const struct entity *en)
{
	for (size_t i = 0; i < en->n_fields; i++)
		if (streq(en->fields[i].type, "text") && !en->fields[i].unique)
			return &en->fields[i];
	for (size_t i = 0; i < en->n_fields; i++)
		if (streq(en->fields[i].type, "text"))
			return &en->fields[i];
	return NULL;
}

static size_t references_of(const struct entity *en)
{
	size_t n = 0;

	for (size_t i = 0; i < en->n_fields; i++)
		n += *en->fields[i].references && en->fields[i].required;
	return n;
}

const struct entity *sample_first(struct design *d)
{
	const struct entity *best = NULL;

	for (size_t i = 0; i < d->n_entities; i++) {
		const struct entity *en = &d->entities[i];
		if (sample_text_field(en) && (!best || references_of(en) < references_of(best)))
			best = en;
	}
	return best;
}

/* A Python expression for a valid value; NULL leaves the field out. */
static const char *sample_of(struct design *d, const struct entity *en, const struct field *f)
{
	if (streq(f->type, "reference"))
		return NULL;
	if (streq(f->name, "starts_at") && design_rule(d, "booking.overlap", en->name)) {
		struct booking_sample s = sample_booking(d, en->name);
		return arena_printf(d->a, "coming(%d, \"%s\")", s.day, s.time);
	}
	if (streq(f->name, "minutes") && design_rule(d, "booking.overlap", en->name))
		return arena_printf(d->a, "%d", sample_booking(d, en->name).minutes);
	if (streq(f->name, "returned_on") || streq(f->name, "return_note") || streq(f->name, "paid_on"))
		return NULL;
	if (design_rule(d, "lending.availability", en->name) && streq(f->name, "due_on")) {
		const struct rule *days = design_rule(d, "lending.days", en->name);
		return arena_printf(d->a, "days_from_now(%d)", days && days->number < 7 ? days->number : 7);
	}
	if (f->n_choices)
		return streq(f->type, "integer") ? f->choices[0]
						 : arena_printf(d->a, "\"%s\"", f->choices[0]);
	if (streq(f->type, "integer"))
		return "6";
	if (streq(f->type, "decimal"))
		return "2.5";
	if (streq(f->type, "money"))
		return "12.5";
	if (streq(f->type, "date"))
		return design_rule(d, "lending.availability", en->name) ? "days_from_now(0)"
									: "days_from_now(5)";
	if (streq(f->type, "datetime"))
		return "coming(2, \"09:30\")";
	if (streq(f->type, "boolean"))
		return "False";
	if (streq(f->type, "email"))
		return "\"somebody@example.org\"";
	if (streq(f->type, "tags"))
		return "[\"large\", \"red\"]";
	if (streq(f->type, "longtext"))
		return "\"First line\\nand a second\"";
	return arena_printf(d->a, "f\"%s {next(NUMBERS)}\"", f->label);
}

static struct value *trial(struct design *d, const struct entity *en, const char *name)
{
	struct value *v = value_object(d->a);

	set_text(d->a, v, "entity", en->name);
	set_text(d->a, v, "plural", en->plural);
	set_text(d->a, v, "name", name);
	return v;
}

static const char *wrong_value(const struct field *f)
{
	if (*f->references)
		return "999999";
	if (f->n_choices)
		return "\"no such choice\"";
	if (streq(f->type, "date") || streq(f->type, "datetime"))
		return "\"not a date\"";
	if (streq(f->type, "integer") || streq(f->type, "decimal") || streq(f->type, "money"))
		return "\"many\"";
	if (streq(f->type, "email"))
		return "\"no address\"";
	return NULL;
}

static void add_trials(struct design *d, struct value *view, const struct entity *en)
{
	const struct field *text = sample_text_field(en), *required = NULL, *typed = NULL, *filter = NULL;
	struct value *bad = value_list(d->a), *unique = value_list(d->a);
	const char *last_type = "";

	for (size_t i = 0; i < en->n_fields; i++) {
		const struct field *f = &en->fields[i];
		bool plain = streq(f->type, "text") || streq(f->type, "longtext");
		if (f->required && !*f->initial && !required)
			required = f;
		else if (plain && !typed && !f->unique && !streq(f->name, "return_note"))
			typed = f;
		if (!filter && f->n_choices > 1 && streq(f->type, "choice"))
			filter = f;
		if (wrong_value(f) && !streq(f->type, last_type) && value_count(bad) < (en->event ? 1 : 2)) {
			struct value *v = trial(d, en, f->name);
			set_text(d->a, v, "value", wrong_value(f));
			value_add(d->a, bad, v);
			last_type = f->type;
		}
		if (f->unique && streq(f->type, "text"))
			value_add(d->a, unique, trial(d, en, f->name));
	}
	value_set(d->a, view, "bad", bad);
	value_set(d->a, view, "unique", unique);
	if (required)
		value_set(d->a, view, "first_required", trial(d, en, required->name));
	if (text && !*en->part_of)
		value_set(d->a, view, "editable", trial(d, en, text->name));
	if (text && !en->event && !*en->part_of)
		value_set(d->a, view, "searchable", trial(d, en, text->name));
	if (required && typed) {
		struct value *v = trial(d, en, "");
		set_text(d->a, v, "typed", typed->name);
		set_text(d->a, v, "wrong", required->name);
		value_set(d->a, view, "form", v);
	}
	if (filter && !en->event) {
		struct value *v = trial(d, en, filter->name);
		set_text(d->a, v, "one", filter->choices[0]);
		set_text(d->a, v, "two", filter->choices[1]);
		value_set(d->a, view, "filter", v);
	}
	if (!en->event && !*en->part_of)
		value_set(d->a, view, "removable", trial(d, en, ""));
}

static void add_used_by(struct design *d, struct value *view, const struct entity *en)
{
	for (size_t i = 0; i < d->n_entities; i++)
		for (size_t k = 0; k < d->entities[i].n_fields; k++) {
			const struct entity *by = &d->entities[i];
			const struct field *f = &by->fields[k];
			if (!streq(f->references, en->name) || !f->required || streq(by->part_of, en->name))
				continue;
			struct value *v = trial(d, en, "");
			set_text(d->a, v, "by", by->name);
			set_text(d->a, v, "field", f->name);
			value_set(d->a, view, "used_by", v);
			return;
		}
}

void samples_add(struct design *d, struct value *view, const struct entity *en)
{
	struct value *samples = value_list(d->a), *references = value_list(d->a);

	for (size_t i = 0; i < en->n_fields; i++) {
		const struct field *f = &en->fields[i];
		const char *value = sample_of(d, en, f);
		struct value *v = value_object(d->a);
		set_text(d->a, v, "name", f->name);
		if (value) {
			set_text(d->a, v, "value", value);
			value_add(d->a, samples, v);
		} else if (*f->references && f->required) {
			set_text(d->a, v, "to", f->references);
			value_add(d->a, references, v);
		}
	}
	value_set(d->a, view, "samples", samples);
	value_set(d->a, view, "references", references);
	add_trials(d, view, en);
	add_used_by(d, view, en);
}

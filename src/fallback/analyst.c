/* SPDX-License-Identifier: MIT */
/* The Analyst's answer: stories from what was understood, and honesty about the rest. */
#include <string.h>

#include <json-c/json.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/lexicon.h"
#include "fallback/phrases.h"
#include "fallback/view.h"

#define QUICK "fast|instant|quick|quickly|thousand|thousands|slow"

enum { MAX_STORIES = 15, MAX_ENTITY_STORIES = 5, MAX_OPEN = 8 };

struct stories {
	struct task *t;
	struct design *d;
	struct value *list;
	bool failed;
	struct err *e;
};

/* Who wants it: the person that the sentence names, else the one most spoken of. */
static const char *role_for(struct design *d, const char *source)
{
	const struct entity *best = NULL;

	for (size_t i = 0; i < d->text.n; i++) {
		struct sentence *s = &d->text.sentences[i];
		struct phrase p;
		if (!streq(s->text, source))
			continue;
		for (size_t k = 0; k < s->n; k++)
			if (phrase_at(d, s, k, &p) && p.classes & W_PEOPLE && !(p.classes & W_DULL))
				return p.noun;
	}
	for (size_t i = 0; i < d->n_entities; i++)
		if (d->entities[i].person && (!best || d->entities[i].weight > best->weight))
			best = &d->entities[i];
	return best ? field_label_lower(d, best->label) : "user";
}

static void add(struct stories *s, const char *template, struct value *view, const char *source)
{
	if (s->failed || value_count(s->list) >= MAX_STORIES)
		return;
	const char *text = task_render(s->t, template, view, s->e);
	if (!text) {
		s->failed = true;
		return;
	}
	if (!str_trim(str_from(text)).len)
		return;
	struct json_object *o = json_parse(s->t->a, text, strlen(text), s->e);
	if (!o) {
		s->failed = true;
		err_prefix(s->e, "%s", template);
		return;
	}
	struct value *given = value_from_json(s->t->a, o), *story = value_object(s->t->a);
	static const char *const order[] = { "title",	 "role",   "want",    "benefit",
					     "priority", "points", "criteria" };
	set_text(s->t->a, story, "id", arena_printf(s->t->a, "S%d", (int)value_count(s->list) + 1));
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		value_set(s->t->a, story, order[i], value_get(given, order[i]));
	set_text(s->t->a, story, "source", source);
	value_add(s->t->a, s->list, story);
}

static void add_rule_stories(struct stories *s, bool sourced)
{
	struct design *d = s->d;

	for (size_t i = 0; i < d->n_rules; i++) {
		struct value *view = view_rule(d, &d->rules[i]);
		if ((*d->rules[i].source != '\0') != sourced)
			continue;
		set_text(d->a, view, "role", role_for(d, d->rules[i].source));
		add(s, "analyst/fallback/story_rule", view, d->rules[i].source);
	}
}

static const char *field_names(struct design *d, const struct entity *en)
{
	const char *text = "";

	for (size_t i = 0; i < en->n_fields; i++)
		text = arena_printf(d->a, "%s%s%s", text,
				    i == 0		    ? ""
				    : i + 1 == en->n_fields ? " and "
							    : ", ",
				    field_label_lower(d, en->fields[i].label));
	return text;
}

static void add_entity_story(struct stories *s, const struct entity *en)
{
	struct design *d = s->d;
	struct value *view = view_entity(d, en);
	const struct entity *whole = design_entity(d, en->part_of);

	for (size_t i = 0; i < en->n_fields; i++)
		if (en->fields[i].required && !value_get(view, "required"))
			set_text(d->a, view, "required", field_label_lower(d, en->fields[i].label));
	set_text(d->a, view, "fields", field_names(d, en));
	set_text(d->a, view, "role", role_for(d, en->source));
	if (whole)
		value_set(d->a, view, "whole", view_entity(d, whole));
	add(s, "analyst/fallback/story_entity", view, en->source);
}

/* A story that holds for any brief; its source is the sentence that speaks of it, if one does. */
static void add_common(struct stories *s, const char *flag, const char *words)
{
	struct design *d = s->d;
	struct value *view = value_object(d->a);
	const struct entity *main = &d->entities[0];
	const char *source = "";

	for (size_t i = 0; i < d->text.n && !*source; i++)
		if (says_any(&d->text.sentences[i], words)) {
			source = d->text.sentences[i].text;
			d->used[i] = true;
		}
	value_set(d->a, view, "entity", view_entity(d, main));
	for (size_t i = 0; i < main->n_fields && !value_get(view, "filter"); i++)
		if (streq(main->fields[i].name, "category") || main->fields[i].n_choices ||
		    streq(main->fields[i].type, "tags"))
			set_text(d->a, view, "filter", field_label_lower(d, main->fields[i].label));
	value_set(d->a, view, flag, value_bool(d->a, true));
	set_text(d->a, view, "role", role_for(d, source));
	add(s, "analyst/fallback/story_common", view, source);
}

static bool brief_says(const struct design *d, const char *words)
{
	for (size_t i = 0; i < d->text.n; i++)
		if (says_any(&d->text.sentences[i], words))
			return true;
	return false;
}

static struct value *write_stories(struct stories *s)
{
	struct design *d = s->d;

	add_rule_stories(s, true);
	size_t n = 0;
	for (size_t i = 0; i < d->n_entities && n < MAX_ENTITY_STORIES; i++)
		if (!d->entities[i].event || d->entities[i].n_fields > 4) {
			/* Room for the common stories below. */
			if (value_count(s->list) >= MAX_STORIES - 4)
				break;
			add_entity_story(s, &d->entities[i]);
			n++;
		}
	add_common(s, "search", "search|browse|find|filter|look up");
	add_common(s, "durable", "keep its data|power|backup|backups|offline|lose|lost|restart");
	add_common(s, "phone", "phone|mobile|easy to use|tablet|browser|simple");
	if (brief_says(d, QUICK))
		add_common(s, "quick", QUICK);
	if (value_count(s->list) < 5)
		add_common(s, "correct", "edit|correct|mistake|change");
	add_rule_stories(s, false);
	return s->list;
}

static struct value *open_sentences(struct design *d)
{
	struct value *list = value_list(d->a);

	for (size_t i = 0; i < d->text.n && value_count(list) < MAX_OPEN; i++)
		if (!d->used[i] && !d->text.sentences[i].is_heading)
			value_add(d->a, list, value_text(d->a, d->text.sentences[i].text));
	return list;
}

/* What summary, assumptions, risks and questions are written from. */
static struct value *view_remarks(struct design *d, size_t n_stories)
{
	static const struct { const char *flag, *words;
	} said[] = {
		{ "says_no_login",
		  "no accounts|no account|no login|no logins|without accounts|no password|no passwords" },
		{ "says_login",
		  "login|log in|password|account|accounts|sign in|permission|permissions|role|roles" },
		{ "says_backup", "backup|backups|back up|export" },
		{ "says_many", "thousand|thousands|million|concurrent|5,000|10,000|instant" },
		{ "says_privacy", "privacy|gdpr|personal data|delete data" },
		{ "says_mail", "e-mail|email|sms|notify|notification|notifications|message" },
		{ "says_payment", "card|stripe|paypal|online payment" },
	};
	struct value *v = design_view(d);
	size_t rules = 0;

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		set_bool(d->a, v, said[i].flag, brief_says(d, said[i].words));
	for (size_t i = 0; i < d->n_rules; i++) {
		bool ours = !*d->rules[i].source;
		rules++;
		if (ours)
			set_bool(d->a, v, arena_printf(d->a, "assumed_%s", rule_part(&d->rules[i])), true);
		set_bool(d->a, v, arena_printf(d->a, "has_%s", rule_feature(d, &d->rules[i])), true);
	}
	if (brief_says(d, said[0].words))
		set_bool(d->a, v, "says_login", false);
	const char *names = "";
	for (size_t i = 0; i < d->n_entities; i++)
		names = arena_printf(d->a, "%s%s%s", names,
				     i == 0		      ? ""
				     : i + 1 == d->n_entities ? " and "
							      : ", ",
				     field_label_lower(d, d->entities[i].plural_label));
	set_text(d->a, v, "things", names);
	set_int(d->a, v, "n_entities", (int64_t)d->n_entities);
	set_int(d->a, v, "n_rules", (int64_t)rules);
	set_int(d->a, v, "n_stories", (int64_t)n_stories);
	set_bool(d->a, v, "vague", d->text.n < 2 || !rules);
	set_bool(d->a, v, "one_thing", d->n_entities == 1);
	return v;
}

/* Lines of a rendered text; empty ones are left out. */
static struct value *lines(struct task *t, const char *text)
{
	struct value *list = value_list(t->a);
	struct str rest = str_from(text);

	while (rest.len) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		if (line.len)
			value_add(t->a, list, value_textn(t->a, line.s, line.len));
	}
	return list;
}

static bool set_lines(struct task *t, struct value *out, const char *key, const char *template,
		      struct value *view, struct err *e)
{
	const char *text = task_render(t, template, view, e);

	if (text)
		value_set(t->a, out, key, lines(t, text));
	return text != NULL;
}

struct value *analyst_answer(struct task *t, struct err *e)
{
	struct design *d = task_design(t), *before = task_before(t);
	struct stories s = { .t = t, .d = d, .list = value_list(t->a), .e = e };
	struct value *out = value_object(t->a), *entities = value_list(t->a),
		     *complexity = value_object(t->a);

	if (!task_state_rules(t, d, e) || (before && !task_state_rules(t, before, e)))
		return NULL;
	write_stories(&s);
	if (s.failed)
		return NULL;
	struct value *view = view_remarks(d, value_count(s.list));
	value_set(t->a, view, "open", open_sentences(d));
	const char *summary = task_render(t, "analyst/fallback/summary", view, e);
	if (!summary)
		return NULL;
	struct str trimmed = str_trim(str_from(summary));
	value_set(t->a, out, "summary", value_textn(t->a, trimmed.s, trimmed.len));
	for (size_t i = 0; i < d->n_entities; i++) {
		struct value *en = value_object(t->a);
		set_text(t->a, en, "name", d->entities[i].label);
		set_text(t->a, en, "description",
			 arena_printf(t->a, "Kept with %s.", field_names(d, &d->entities[i])));
		set_text(t->a, en, "source", d->entities[i].source);
		value_add(t->a, entities, en);
	}
	value_set(t->a, out, "entities", entities);
	value_set(t->a, out, "stories", s.list);
	if (!set_lines(t, out, "assumptions", "analyst/fallback/assumptions", view, e) ||
	    !set_lines(t, out, "risks", "analyst/fallback/risks", view, e) ||
	    !set_lines(t, out, "open_questions", "analyst/fallback/questions", view, e))
		return NULL;
	size_t weight = d->n_entities + d->n_rules;
	set_text(t->a, complexity, "level", weight > 14 ? "high" : weight > 6 ? "medium" : "low");
	set_text(t->a, complexity, "reason",
		 arena_printf(t->a, "%zu kinds of records and %zu rules.", d->n_entities, d->n_rules));
	value_set(t->a, out, "complexity", complexity);
	set_text(t->a, out, "changes", task_changes(t, before, d));
	return out;
}

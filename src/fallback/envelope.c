/* SPDX-License-Identifier: MIT */
#include "fallback/envelope.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/answers.h"

/* Hundredths. The fallback asks nobody and can always go on, so it never falls below what
   workflows demand; how far it is above says how much it understood. */
enum { SURE = 90, SPREAD = 30, REPEATED = 65, LEAST = 60, NAMED = 5, LONGEST = 300, BODY = 4000 };

static bool is_unused(const struct design *d, size_t i)
{
	return !d->used[i] && !d->text.sentences[i].is_heading;
}

static int confidence(const struct task *t, const struct value *answer)
{
	const struct design *d = t->design;
	size_t all = 0, unused = 0;
	int sure = SURE;

	for (size_t i = 0; d && i < d->text.n; i++) {
		all += !d->text.sentences[i].is_heading;
		unused += is_unused(d, i);
	}
	if (all)
		sure -= (int)(SPREAD * unused / all);
	/* Where nothing could be mended, or nothing was there to read, others should look. */
	if (t->feedback == FEEDBACK_TESTS || t->feedback == FEEDBACK_REVIEW ||
	    t->feedback == FEEDBACK_CONCERN)
		sure = REPEATED;
	if (value_get(answer, "verdict") && !t->files)
		sure = LEAST;
	return sure < LEAST ? LEAST : sure;
}

static void post(struct task *t, struct value *list, const char *to, const char *topic, const char *body)
{
	struct value *m = value_object(t->a);
	struct str text = str_trim((struct str){ body, utf8_prefix(body, strlen(body), BODY) });

	set_text(t->a, m, "to", to);
	set_text(t->a, m, "topic", topic);
	set_int(t->a, m, "priority", 0);
	value_set(t->a, m, "body", value_textn(t->a, text.s, text.len));
	value_add(t->a, list, m);
}

/* The sentences that led to nothing: why the Analyst is not surer. */
static const char *unused_sentences(const struct task *t)
{
	const struct design *d = t->design;
	const char *text = "";
	size_t n = 0;

	for (size_t i = 0; i < d->text.n; i++) {
		const char *s = d->text.sentences[i].text;
		if (!is_unused(d, i) || ++n > NAMED)
			continue;
		int len = (int)utf8_prefix(s, strlen(s), LONGEST);
		text = arena_printf(t->a, "%s\n- “%.*s”", text, len, s);
	}
	if (n > NAMED)
		text = arena_printf(t->a, "%s\n- and %zu more", text, n - NAMED);
	return text;
}

static struct value *messages(struct task *t, const char *agent, const struct value *answer)
{
	static const struct {
		const char *agent, *topic;
	} tells[] = {
		{ "analyst", "requirements" },
		{ "architect", "design" },
	};
	struct value *list = value_list(t->a);
	const char *unused = streq(agent, "analyst") && t->design ? unused_sentences(t) : "";

	if (*unused)
		post(t, list, "people", "",
		     arena_printf(t->a, "I could not use these sentences without a language model:\n%s",
				  unused));
	for (size_t i = 0; i < sizeof(tells) / sizeof(*tells); i++)
		if (streq(tells[i].agent, agent) && *t->news)
			post(t, list, "", tells[i].topic, t->news);
	/* Of a review that fails the Developer hears anyway. */
	if (streq(value_str(value_get(answer, "verdict")), "pass") &&
	    value_count(value_get(answer, "findings")))
		post(t, list, "", streq(agent, "security-reviewer") ? "security" : "usability",
		     value_str(value_get(answer, "summary")));
	return list;
}

void envelope_add(struct task *t, const char *agent, struct value *answer)
{
	value_set(t->a, answer, "confidence",
		  value_number(t->a, arena_printf(t->a, "0.%02d", confidence(t, answer))));
	value_set(t->a, answer, "concerns", value_list(t->a));
	value_set(t->a, answer, "messages", messages(t, agent, answer));
	value_set(t->a, answer, "questions", value_list(t->a));
	answers_add(t, answer);
}

/* SPDX-License-Identifier: MIT */
/* Invoices with lines, VAT, payment and revenue; and costs shared among people. */
#include <string.h>

#include "base/str.h"
#include "fallback/lexicon.h"
#include "fallback/phrases.h"
#include "fallback/understand.h"

static struct entity *begin(struct design *d, const struct sentence *s, const char *noun)
{
	struct entity *bill = design_add(d, noun, s->text, 4);
	struct entity *line = design_entity_of(d, "line item");

	if (!line)
		line = design_add(d, "invoice line", s->text, 4);
	if (!bill || !line || bill == line)
		return NULL;
	line->n_fields = 0;
	/* Who pays: the one who has the things, else whoever is named as a customer. */
	struct entity *payer = acting_person(d, NULL, "customer");
	for (size_t i = 0; i < d->n_entities; i++)
		for (size_t k = 0; k < d->entities[i].n_fields; k++) {
			struct entity *to = design_entity(d, d->entities[i].fields[k].references);
			if (to && to->person && !d->entities[i].event)
				payer = to;
		}
	bill->event = line->event = true;
	line->part_of = bill->name;
	if (payer && payer != bill)
		design_reference(d, bill, payer, true);
	struct field *issued = design_field(d, bill, "issued on", "date");
	if (issued)
		issued->initial = "today";
	design_field(d, bill, "paid on", "date");
	design_reference(d, line, bill, true);
	const struct { const char *name, *type; } needed[] = {
		{ "description", "text" }, { "quantity", "decimal" }, { "price", "money" } };
	for (size_t i = 0; i < 3; i++) {
		struct field *f = design_field(d, line, needed[i].name, needed[i].type);
		if (f)
			f->required = true;
	}
	struct rule *r = design_set_rule(d, "billing.lines", bill, s->text);
	r->item = line->name;
	r = design_set_rule(d, "billing.paid", bill, s->text);
	r->item = line->name;
	return bill;
}

static int percent_in(const struct sentence *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *w = s->tokens[i].word;
		if (s->tokens[i].number >= 0 && s->tokens[i].number <= 100 &&
		    (strchr(w, '%') || is_punct(s, i + 1, '%') ||
		     (i + 1 < s->n && streq(s->tokens[i + 1].word, "percent"))))
			return s->tokens[i].number;
	}
	return -1;
}

static struct rule *billing_rule(struct design *d, const char *kind, const struct rule *base,
				 const struct sentence *s)
{
	struct rule *r = design_set_rule(d, kind, design_entity(d, base->entity), s->text);
	r->item = base->item;
	return r;
}

static bool read_sharing(struct design *d, const struct sentence *s)
{
	if (!says_any(s, "who owes|owes|owe|settle up|split the|split costs|split expenses|share "
			 "expenses|shared expenses|"
			 "share costs|shared costs|split bills|split equally|split evenly|share the "
			 "costs|expense sharing"))
		return false;
	struct phrase p;
	struct entity *expense = design_entity_of(d, "expense");
	for (size_t i = 0; !expense && i < s->n; i++)
		if (phrase_at(d, s, i, &p) && p.plural && strstr("expense cost bill payment", p.head))
			expense = design_add(d, p.noun, s->text, 4);
	if (!expense)
		expense = design_add(d, "expense", s->text, 4);
	struct entity *who = acting_person(d, s, "person");
	if (!expense || !who || who == expense)
		return false;
	expense->event = true;
	who->weight += 4;
	design_field(d, expense, "description", "text");
	struct field *amount = design_field(d, expense, "amount", "money");
	struct field *day = design_field(d, expense, "date", "date");
	if (!amount || !streq(amount->type, "money"))
		return false;
	amount->required = true;
	if (day)
		day->initial = "today";
	design_reference(d, expense, who, true);
	struct rule *r = design_set_rule(d, "sharing.balances", expense, s->text);
	r->holder = who->name;
	r->field = amount->name;
	return true;
}

bool read_billing(struct design *d, const struct sentence *s)
{
	const struct doing *doings;
	size_t n = lexicon_doings(d->l, &doings);
	struct rule *base = design_rule(d, "billing.lines", NULL);
	bool found = false;

	if (s->is_heading || read_sharing(d, s) || design_rule(d, "sharing.balances", NULL))
		return !s->is_heading && design_rule(d, "sharing.balances", NULL) &&
		       says_any(s, "expense|expenses|owes");
	for (size_t i = 0; !base && i < n; i++) {
		if (!streq(doings[i].feature, "billing") || find_base(s, 0, doings[i].noun) < 0)
			continue;
		if (says_any(s, "vat|price|prices|line items|total|totals|paid|unpaid|amount") &&
		    begin(d, s, doings[i].noun))
			found = true;
		base = design_rule(d, "billing.lines", NULL);
	}
	if (!base)
		return false;
	int percent = percent_in(s);
	if (percent > 0 && says_any(s, "vat|tax|sales tax")) {
		billing_rule(d, "billing.vat", base, s)->number = percent;
		found = true;
	}
	if (says_any(s, "paid|unpaid|payment|payments|pays")) {
		billing_rule(d, "billing.paid", base, s);
		found = true;
	}
	if (says_any(s, "revenue|income|turnover|takings|earnings|sales per month|monthly sales")) {
		billing_rule(d, "billing.revenue", base, s);
		found = true;
	}
	return found;
}

/* SPDX-License-Identifier: MIT */
/* From sentences to entities and rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "fallback/design.h"
#include "fallback/lexicon.h"

static struct arena *a;
static struct lexicon *l;

static int setup(void **state)
{
	struct err e = { 0 };
	const char *top = getenv("top_srcdir");

	a = arena_new(0);
	l = lexicon_load(a, path_join(a, top ? top : ".", "agents/analyst/fallback/words"), &e);
	(void)state;
	return l ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct design *of(const char *brief)
{
	return design_understand(a, l, "Test", brief, NULL, 0);
}

static struct field *field_of(struct design *d, const char *entity, const char *field)
{
	struct entity *en = design_entity(d, entity);
	return en ? entity_field(en, field) : NULL;
}

static void an_enumeration_gives_typed_fields(void **state)
{
	(void)state;
	struct design *d = of("Keep bikes with a name, a price, a purchase date, notes and a condition.");
	assert_string_equal(field_of(d, "bike", "price")->type, "money");
	assert_string_equal(field_of(d, "bike", "purchase_date")->type, "date");
	assert_string_equal(field_of(d, "bike", "notes")->type, "longtext");
	assert_int_equal(field_of(d, "bike", "condition")->n_choices, 3);
	assert_true(field_of(d, "bike", "name")->required);
}

static void having_many_makes_a_reference(void **state)
{
	(void)state;
	struct design *d = of("Owners have pets (species, weight).");
	assert_string_equal(field_of(d, "pet", "owner")->references, "owner");
	assert_null(field_of(d, "owner", "pet"));
	assert_string_equal(field_of(d, "pet", "weight")->type, "decimal");
}

static void choices_in_brackets_are_kept(void **state)
{
	(void)state;
	struct design *d = of("Each task has a title and a mood (calm, wild or in between).");
	struct field *f = field_of(d, "task", "mood");
	assert_string_equal(f->type, "choice");
	assert_int_equal(f->n_choices, 3);
	assert_string_equal(f->choices[2], "in between");
}

static void lending_rules_carry_their_numbers(void **state)
{
	(void)state;
	struct design *d =
	    of("Members borrow games for up to two weeks. A member may hold no more than 4 games.");
	assert_int_equal(design_rule(d, "lending.days", "loan")->number, 14);
	assert_int_equal(design_rule(d, "lending.limit", "loan")->number, 4);
	assert_string_equal(design_rule(d, "lending.limit", "loan")->item, "game");
	assert_string_equal(design_rule(d, "lending.limit", "loan")->holder, "member");
	assert_string_equal(design_rule(d, "lending.limit", "loan")->source,
			    "A member may hold no more than 4 games");
}

static void later_requests_win(void **state)
{
	const char *const requests[] = { "Limit to two games.", "Limit to six games." };
	(void)state;
	struct design *d = design_understand(
	    a, l, "T", "Members borrow games. A member may hold at most 4 games.", requests, 2);
	assert_int_equal(design_rule(d, "lending.limit", "loan")->number, 6);
}

static void hours_too_short_for_a_booking_are_dropped(void **state)
{
	(void)state;
	struct design *d =
	    of("Guests book a sauna for slots of 90 minutes. The sauna is open Mon 9:00-9:30.");
	assert_null(design_rule(d, "booking.hours", NULL));
	assert_non_null(design_rule(d, "booking.overlap", NULL));
}

static void circles_of_required_references_are_cut(void **state)
{
	(void)state;
	struct design *d = of("Each owner has a pet. Each pet has an owner.");
	struct field *one = field_of(d, "owner", "pet"), *other = field_of(d, "pet", "owner");
	assert_false(one && one->required && other && other->required);
}

static void any_text_gives_something_to_build(void **state)
{
	static const char *const briefs[] = { "", "x", "...", "\xff\xfe", "((((", "a a a a a", "的的的" };
	(void)state;
	for (size_t i = 0; i < sizeof(briefs) / sizeof(*briefs); i++) {
		struct design *d = of(briefs[i]);
		assert_true(d->n_entities >= 1);
		assert_true(d->entities[0].n_fields >= 1);
		assert_true(*d->title != '\0');
	}
}

static void completing_twice_changes_nothing(void **state)
{
	(void)state;
	struct design *d =
	    of("Members borrow tools. Owners have pets. Invoices have line items with price and VAT 20%.");
	size_t entities = d->n_entities, rules = d->n_rules, fields = d->entities[0].n_fields;
	design_complete(d);
	assert_int_equal(d->n_entities, entities);
	assert_int_equal(d->n_rules, rules);
	assert_int_equal(d->entities[0].n_fields, fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_enumeration_gives_typed_fields),
		cmocka_unit_test(having_many_makes_a_reference),
		cmocka_unit_test(choices_in_brackets_are_kept),
		cmocka_unit_test(lending_rules_carry_their_numbers),
		cmocka_unit_test(later_requests_win),
		cmocka_unit_test(hours_too_short_for_a_booking_are_dropped),
		cmocka_unit_test(circles_of_required_references_are_cut),
		cmocka_unit_test(any_text_gives_something_to_build),
		cmocka_unit_test(completing_twice_changes_nothing),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

/* SPDX-License-Identifier: MIT */
#include "fallback/files.h"

#include "base/arena.h"
#include "base/value.h"
#include "fallback/view.h"

static const struct planned_file always[] = {
	{ "README.md", "developer/fallback/readme", "What it is, how to run it and its tests", NULL, false },
	{ "app.py", "developer/fallback/app", "Reads the options and starts the server", NULL, false },
	{ "entities.py", "developer/fallback/entities", "What is kept: entities and their fields", NULL,
	  false },
	{ "fields.py", "developer/fallback/fields", "Reads and shows values of each type", NULL, false },
	{ "storage.py", "developer/fallback/storage", "Keeps the records in SQLite", NULL, false },
	{ "rules.py", "developer/fallback/rules", "Brings the rules together", NULL, false },
	{ "parts.py", "developer/fallback/parts", "The shapes that rules hand to pages and API", NULL,
	  false },
	{ "pages.py", "developer/fallback/pages", "The pages", NULL, false },
	{ "style.py", "developer/fallback/style", "The style sheet", NULL, false },
	{ "web.py", "developer/fallback/web", "HTTP: addresses, forms, JSON", NULL, false },
	{ "tests/__init__.py", "tester/fallback/init", "Makes the tests a package", NULL, true },
	{ "tests/support.py", "tester/fallback/support", "Starts the application for each test", NULL, true },
	{ "tests/test_app.py", "tester/fallback/test_app", "Health, pages, escaping, durability", NULL,
	  true },
	{ "tests/test_records.py", "tester/fallback/test_records", "Adding, reading, changing, removing",
	  NULL, true },
};

size_t plan_files(struct design *d, struct planned_file *out)
{
	const struct rule *firsts[MAX_RULES];
	size_t n = 0, modules = design_modules(d, firsts, MAX_RULES);

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		out[n++] = always[i];
	for (size_t i = 0; i < modules && n + 2 <= MAX_PLANNED; i++) {
		struct value *m = view_module(d, firsts[i]);
		const char *feature = value_str(value_get(m, "feature"));
		out[n++] = (struct planned_file){
			.path = arena_printf(d->a, "%s.py", value_str(value_get(m, "module"))),
			.template = arena_printf(d->a, "developer/fallback/rules/%s", feature),
			.purpose = arena_printf(d->a, "Rules of %s", feature), .module = firsts[i] };
		out[n++] = (struct planned_file){
			.path = arena_printf(d->a, "tests/%s.py", value_str(value_get(m, "test_module"))),
			.template = arena_printf(d->a, "tester/fallback/rules/%s", feature),
			.purpose = arena_printf(d->a, "Tests of the rules of %s", feature),
			.module = firsts[i],
			.test = true
		};
	}
	return n;
}

/* SPDX-License-Identifier: MIT */
/*
 * For make bench: how long the template engine and the JSON writer take for a list of 50 rows of 6
 * columns straight from their table. The best of many rounds: what others did at the time is not
 * of interest here. Prints a line each: what, microseconds, bytes.
 */
#include <stdio.h>
#include <time.h>

#include "base/sheet.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mustache.h"
#include "base/value.h"

#define ROWS 50
#define ROUNDS 2000

static const char page[] =
	"<table>\n{{#rows}}\n<tr class=\"{{state}}\"><td><a href=\"/runs/{{id}}\">{{name}}</a></td>"
	"<td>{{state}}</td><td>{{cost}}</td><td>{{#done}}done{{/done}}{{^done}}open{{/done}}</td>"
	"<td>{{note}}</td></tr>\n{{/rows}}\n</table>\n";

static struct templates *set;
static struct value *view;
static struct buf out;

static void render(void)
{
	templates_render(set, "page", view, &out, NULL);
}

static void write_json(void)
{
	value_write_json(view, &out);
}

static double best_of(void (*fn)(void))
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		struct timespec from, to;
		double us;

		buf_clear(&out);
		clock_gettime(CLOCK_MONOTONIC, &from);
		fn();
		clock_gettime(CLOCK_MONOTONIC, &to);
		us = (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3;
		best = us < best ? us : best;
	}
	return best;
}

static bool report(const char *what, void (*fn)(void))
{
	double us = best_of(fn);

	printf("%s\t%.1f\t%zu\n", what, us, out.len);
	return buf_ok(&out) && out.len > 0;
}

int main(void)
{
	static const char *cells[ROWS][ROW_COLUMNS];
	struct sheet t = { ROWS, { "id", "name", "state", "cost", "done", "note" },
			   { V_INT, V_TEXT, V_TEXT, V_NUMBER, V_BOOL, V_TEXT }, .texts = cells };
	struct arena *a = arena_new(0);
	bool ok;

	for (int i = 0; i < ROWS; i++) {
		cells[i][0] = arena_printf(a, "%d", 1000 + i);
		cells[i][1] = arena_printf(a, "Project <%d> & sons", i);
		cells[i][2] = "waiting";
		cells[i][3] = arena_printf(a, "%d.25", i);
		cells[i][4] = i % 2 ? "t" : "f";
		cells[i][5] = i % 3 ? "A note of an ordinary length, with nothing to escape in it." : NULL;
	}
	set = templates_new();
	if (!templates_add(set, "page", MT_HTML, page, sizeof(page) - 1, NULL))
		return 1;
	view = value_object(a);
	value_set(a, view, "rows", value_rows(a, sheet_table(&t)));
	buf_init(&out, 1 << 20);
	ok = report("list page rendered by the template engine", render);
	ok = report("list written as JSON", write_json) && ok;
	buf_release(&out);
	templates_free(set);
	arena_free(a);
	return ok ? 0 : 1;
}

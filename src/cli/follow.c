/* SPDX-License-Identifier: MIT */
/* Following a run: a bar on a terminal, a line a change otherwise. */
#include "cli/cli.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

#define BAR_WIDTH 24
#define TRIES 30 /* polls in a row that may fail while a server starts again */

static void stage_counts(struct json_object *run, size_t *done, size_t *all)
{
	struct json_object *stages = json_get_array(run, "stages");

	*done = 0;
	*all = stages ? json_object_array_length(stages) : 0;
	for (size_t i = 0; i < *all; i++)
		if (streq(json_get_str(json_object_array_get_idx(stages, i), "state", ""), "done"))
			(*done)++;
}

static void show(struct json_object *run, bool bar, char *last, size_t last_size)
{
	size_t done, all, filled;
	const char *state = json_get_str(run, "state", "?"), *stage = json_get_str(run, "stage", "");
	const char *problem = json_get_str(run, "problem", "");
	char line[400];

	stage_counts(run, &done, &all);
	snprintf(line, sizeof(line), "%zu/%zu %s%s%s%s%.200s", done, all, state, *stage ? ": " : "", stage,
		 *problem ? " — " : "", problem);
	if (streq(line, last))
		return;
	snprintf(last, last_size, "%s", line);
	if (!bar) {
		fprintf(stderr, "%s\n", line);
		return;
	}
	filled = all ? done * BAR_WIDTH / all : 0;
	fputs("\r\033[K[", stderr);
	for (size_t i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %s", line);
}

int follow_run(struct cli *c, long long run)
{
	const char *path = arena_printf(c->arena, "/runs/%lld", run);
	const bool bar = isatty(STDERR_FILENO);
	const struct timespec pause = { .tv_nsec = 500000000 };
	char last[400] = "";
	int failures = 0, status = -1;
	struct cli poll = *c; /* each answer in an arena of its own */

	while (status < 0) {
		struct json_object *view;
		const char *state;

		poll.arena = arena_new(0);
		if (api_get(&poll, path, &view)) {
			failures = 0;
			state = json_get_str(view, "state", "");
			show(view, bar, last, sizeof(last));
			if (streq(state, "done"))
				status = 0;
			else if (streq(state, "failed") || streq(state, "rejected") || streq(state, "cancelled"))
				status = 1;
			else if (streq(state, "waiting") || streq(state, "paused"))
				status = 2;
		} else if (!err_transient(poll.err.class) || ++failures > TRIES) {
			c->err = poll.err;
			status = cli_failed(c);
		}
		arena_free(poll.arena);
		if (status < 0)
			nanosleep(&pause, NULL);
	}
	if (bar)
		fputc('\n', stderr);
	return status;
}

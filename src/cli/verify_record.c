/* SPDX-License-Identifier: MIT */
#include "cli/verify_record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "model/record.h"
#include "model/record_check.h"

#define RECORD_MAX ((size_t)64 << 20)
#define START_MAX ((size_t)16)

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_record(const char *path)
{
	char start[START_MAX];
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(start, 1, sizeof(start), f) : 0;
	if (f)
		fclose(f);
	return record_is((struct str){ start, n });
}

/* "decision-record.jsonl", or with a number where a file of the project had that name. */
static bool has_name(const char *name)
{
	static const char stem[] = "decision-record", end[] = ".jsonl";
	size_t n = strlen(name);
	return n >= sizeof(RECORD_FILE) - 1 && strncmp(name, stem, sizeof(stem) - 1) == 0 &&
	       streq(name + n - (sizeof(end) - 1), end);
}

static bool in_folder(struct arena *a, const char *dir, struct record_place **out, size_t *count)
{
	const char **names;
	size_t n;
	if (!dir_list(a, dir, &names, &n, NULL))
		return false;
	*out = arena_array(a, n, sizeof(**out));
	for (size_t i = 0; i < n; i++) {
		const char *file = path_join(a, dir, names[i]);
		if (has_name(names[i]) && is_record(file))
			(*out)[(*count)++] = (struct record_place){ file, dir };
	}
	/* An archive has one folder at its top. */
	if (!*count && n == 1 && is_folder(path_join(a, dir, names[0])))
		return in_folder(a, path_join(a, dir, names[0]), out, count);
	return *count > 0;
}

bool record_places(struct arena *a, const char *path, struct record_place **out, size_t *count)
{
	*count = 0;
	if (is_folder(path))
		return in_folder(a, path, out, count);
	if (!is_record(path))
		return false;
	*out = arena_alloc(a, sizeof(**out));
	**out = (struct record_place){ path, NULL };
	*count = 1;
	return true;
}

bool record_prove(struct arena *a, const struct record_place *p, struct record *out, size_t *files,
		  bool (*each)(void *ctx, const struct audit_head *h, struct str entry, struct err *e),
		  void *ctx, struct err *e)
{
	struct str text;
	const char *slash = strrchr(p->file, '/');
	*files = 0;
	return file_read(a, p->file, RECORD_MAX, &text, e) && record_check(a, text, out, each, ctx, e) &&
	       (!p->folder ||
		record_check_files(a, out, p->folder, slash ? slash + 1 : p->file, files, e));
}

static const char *quoted(struct arena *a, const char *text)
{
	struct buf b;
	buf_init(&b, RECORD_MAX);
	json_write_str(&b, text, strlen(text));
	const char *s = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static void print_decisions(struct arena *a, const struct record *r, const struct record_output *o)
{
	size_t found = 0;
	for (size_t i = 0; i < r->entry_count; i++) {
		struct json_object *entry = r->entries[i], *body = json_get(entry, "body");
		const char *who = json_get_str(entry, "who", NULL);
		if (json_get_int(body, "run", -1) != r->run ||
		    !streq(json_get_str(body, "artifact_sha256", ""), o->sha256) ||
		    !streq(json_get_str(body, "stage", ""), o->stage) ||
		    json_get_int(body, "revision", 0) != o->revision)
			continue;
		if (!who)
			who = arena_printf(a, "account %" PRId64, json_get_int(entry, "account", 0));
		printf("  %s by %s, %s\n", json_get_str(entry, "action", "?"), quoted(a, who),
		       json_get_str(entry, "at", "?"));
		found++;
	}
	if (!found)
		puts("  nobody decided on it");
}

void record_print(struct arena *a, const struct record *r)
{
	printf("decision record of %s, project %" PRId64 ", run %" PRId64 "\n", quoted(a, r->name), r->project,
	       r->run);
	for (size_t i = 0; i < r->output_count; i++) {
		const struct record_output *o = &r->outputs[i];
		printf("%s revision %" PRId64 " %s\n", o->stage, o->revision, o->sha256);
		print_decisions(a, r, o);
	}
}

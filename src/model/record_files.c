/* SPDX-License-Identifier: MIT */
/* An unpacked download against its record. */
#include "model/record_check.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "flow/fileset.h"

#define DEPTH_MAX 16

struct expected {
	const char *path, *sha256;
	bool seen;
};

struct walk {
	struct arena *a;
	struct expected *files;
	size_t count;
	const char *except;
};

static bool newest(const struct record *r, const struct record_output *o)
{
	for (size_t i = 0; i < r->output_count; i++)
		if (streq(r->outputs[i].stage, o->stage) && r->outputs[i].revision > o->revision)
			return false;
	return true;
}

static struct expected *find(const struct walk *w, const char *path)
{
	for (size_t i = 0; i < w->count; i++)
		if (streq(w->files[i].path, path))
			return &w->files[i];
	return NULL;
}

/* Outputs stand in the order in which a download prefers them: of a path, the first counts. */
static void expect(struct walk *w, const struct record *r)
{
	size_t room = 0;
	for (size_t i = 0; i < r->output_count; i++)
		room += json_object_array_length(r->outputs[i].files);
	w->files = arena_array(w->a, room, sizeof(*w->files));
	for (size_t i = 0; i < r->output_count; i++) {
		const struct record_output *o = &r->outputs[i];
		for (size_t k = 0; newest(r, o) && k < json_object_array_length(o->files); k++) {
			struct json_object *f = json_object_array_get_idx(o->files, k);
			const char *path = json_get_str(f, "path", "");
			if (!find(w, path))
				w->files[w->count++] =
					(struct expected){ path, json_get_str(f, "sha256", ""), false };
		}
	}
}

static bool check_file(struct walk *w, const char *full, const char *path, struct err *e)
{
	struct expected *f = find(w, path);
	struct arena *a = arena_new(0);
	struct str data;
	bool ok;
	if (!f) {
		arena_free(a);
		return err_set(e, ERR_CONFLICT, "the file %s belongs to no output", path);
	}
	f->seen = true;
	ok = file_read(a, full, FILESET_FILE_BYTES, &data, NULL) &&
	     streq(sha256_hex(a, data.s, data.len), f->sha256);
	arena_free(a);
	return ok || err_set(e, ERR_CONFLICT, "the file %s is not the one that was accepted", path);
}

/* `below` is the path from the top, "" there. Links are never followed. */
static bool walk_dir(struct walk *w, const char *dir, const char *below, int depth, struct err *e)
{
	const char **names;
	size_t count;
	if (!dir_list(w->a, dir, &names, &count, e))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *full = path_join(w->a, dir, names[i]);
		const char *path = *below ? path_join(w->a, below, names[i]) : names[i];
		struct stat st;
		if (!*below && streq(path, w->except))
			continue;
		if (lstat(full, &st) != 0)
			return err_set(e, ERR_UNAVAILABLE, "%s cannot be read", full);
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
			if (!walk_dir(w, full, path, depth + 1, e))
				return false;
		} else if (!S_ISREG(st.st_mode)) {
			return err_set(e, ERR_CONFLICT, "%s is no plain file", path);
		} else if (!check_file(w, full, path, e)) {
			return false;
		}
	}
	return true;
}

bool record_check_files(struct arena *a, const struct record *r, const char *dir, const char *except,
			size_t *count, struct err *e)
{
	struct walk w = { .a = a, .except = except };
	expect(&w, r);
	*count = w.count;
	if (!walk_dir(&w, dir, "", 0, e))
		return false;
	for (size_t i = 0; i < w.count; i++)
		if (!w.files[i].seen)
			return err_set(e, ERR_CONFLICT, "the file %s is missing", w.files[i].path);
	return true;
}

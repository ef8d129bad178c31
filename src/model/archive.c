/* SPDX-License-Identifier: MIT */
#include "model/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path_rule.h"

#define SLUG_MAX 60
#define ZIP_OLDEST 315532800  /* 1980-01-01 */
#define ZIP_NEWEST 4354819199 /* 2107-12-31 */

struct stream {
	archive_write_fn fn;
	void *ctx;
	bool gave_up;
};

const char *archive_suffix(enum archive_kind kind)
{
	return kind == ARCHIVE_ZIP ? ".zip" : ".tar.gz";
}

const char *archive_media_type(enum archive_kind kind)
{
	return kind == ARCHIVE_ZIP ? "application/zip" : "application/gzip";
}

char *archive_slug(struct arena *a, const char *name)
{
	char *slug = arena_alloc(a, SLUG_MAX + 1);
	size_t n = 0;

	for (; *name && n < SLUG_MAX; name++) {
		char c = *name >= 'A' && *name <= 'Z' ? (char)(*name + ('a' - 'A')) : *name;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			slug[n++] = c;
		else if (n > 0 && slug[n - 1] != '-')
			slug[n++] = '-';
	}
	while (n > 0 && slug[n - 1] == '-')
		n--;
	slug[n] = '\0';
	/* A device name of Windows would not unpack there. */
	return n > 0 && path_valid(slug, NULL) ? slug : arena_strdup(a, "project");
}

/* After the reader has gone the rest of a file is thrown away: libarchive leaks the
   compressor when a write fails in the middle of one. */
static la_ssize_t pass_on(struct archive *ar, void *ctx, const void *data, size_t n)
{
	struct stream *s = ctx;

	if (!s->gave_up)
		s->gave_up = !s->fn(s->ctx, data, n);
	return (la_ssize_t)n;
}

static bool set_up(struct archive *ar, enum archive_kind kind, struct stream *s)
{
	int rc;

	if (kind == ARCHIVE_ZIP)
		rc = archive_write_set_format_zip(ar);
	else
		/* ustar where it can, pax where a name needs it */
		rc = archive_write_set_format_pax_restricted(ar) | archive_write_add_filter_gzip(ar) |
		     archive_write_set_filter_option(ar, "gzip", "timestamp", NULL);
	return rc == ARCHIVE_OK && archive_write_set_bytes_in_last_block(ar, 1) == ARCHIVE_OK &&
	       archive_write_open(ar, s, NULL, pass_on, NULL) == ARCHIVE_OK;
}

static bool add(struct archive *ar, struct archive_entry *entry, struct arena *a, const char *top,
		int64_t mtime_s, const struct file_item *f)
{
	archive_entry_clear(entry);
	archive_entry_set_pathname_utf8(entry, arena_printf(a, "%s/%s", top, f->path));
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)f->len);
	archive_entry_set_mtime(entry, (time_t)mtime_s, 0);
	return archive_write_header(ar, entry) == ARCHIVE_OK &&
	       (f->len == 0 || archive_write_data(ar, f->data, f->len) == (la_ssize_t)f->len) &&
	       archive_write_finish_entry(ar) == ARCHIVE_OK;
}

static bool add_top(struct archive *ar, struct archive_entry *entry, struct arena *a, const char *top,
		    int64_t mtime_s)
{
	archive_entry_clear(entry);
	archive_entry_set_pathname_utf8(entry, arena_printf(a, "%s/", top));
	archive_entry_set_filetype(entry, AE_IFDIR);
	archive_entry_set_perm(entry, 0755);
	archive_entry_set_mtime(entry, (time_t)mtime_s, 0);
	return archive_write_header(ar, entry) == ARCHIVE_OK;
}

bool archive_write(enum archive_kind kind, const char *top, int64_t mtime_s,
		   const struct file_item *files, size_t count,
		   archive_write_fn fn, void *ctx, struct err *e)
{
	struct stream s = { fn, ctx, false };
	const struct file_item **sorted;
	struct archive *ar = NULL;
	struct archive_entry *entry = NULL;
	struct arena *a;
	locale_t utf8, before;
	bool ok = false;

	if (!path_valid(top, e) || !fileset_valid(files, count, e))
		return false;
	/* libarchive converts names by the thread's locale, and crashes in "C". */
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (utf8 == (locale_t)0)
		return err_set(e, ERR_INTERNAL, "this system has no locale C.UTF-8");
	before = uselocale(utf8);
	a = arena_new(0);
	sorted = fileset_sorted(a, files, count);
	if (kind == ARCHIVE_ZIP && mtime_s < ZIP_OLDEST)
		mtime_s = ZIP_OLDEST;
	if (kind == ARCHIVE_ZIP && mtime_s > ZIP_NEWEST)
		mtime_s = ZIP_NEWEST;
	ar = archive_write_new();
	entry = archive_entry_new();
	ok = ar && entry && set_up(ar, kind, &s) && add_top(ar, entry, a, top, mtime_s);
	for (size_t i = 0; ok && !s.gave_up && i < count; i++)
		ok = add(ar, entry, a, top, mtime_s, sorted[i]);
	ok = ok && archive_write_close(ar) == ARCHIVE_OK;
	if (s.gave_up)
		ok = err_set(e, ERR_UNAVAILABLE, "the archive was not taken to its end");
	else if (!ok)
		err_set(e, ERR_INTERNAL, "the archive cannot be made: %s",
			ar && archive_error_string(ar) ? archive_error_string(ar) : "no memory");
	if (entry)
		archive_entry_free(entry);
	if (ar)
		archive_write_free(ar);
	arena_free(a);
	uselocale(before);
	freelocale(utf8);
	return ok;
}

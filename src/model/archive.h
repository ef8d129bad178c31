/* SPDX-License-Identifier: MIT */
/*
 * A file set as a zip or tar.gz, streamed. The same set, name and time give the same
 * bytes: files in order of their paths, mode 0644 (folders 0755), owner 0, and no
 * time but the one given. Nothing is added to the set. A zip also holds the local
 * time, so programs that want its bytes the same everywhere run with TZ=UTC.
 */
#ifndef MODEL_ARCHIVE_H
#define MODEL_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/fileset.h"

struct arena;
struct err;

enum archive_kind { ARCHIVE_ZIP, ARCHIVE_TAR_GZ };

/* Takes the next bytes; false ends the archive (the reader is gone). */
typedef bool (*archive_write_fn)(void *ctx, const void *data, size_t n);

const char *archive_suffix(enum archive_kind kind);    /* ".zip", ".tar.gz" */
const char *archive_media_type(enum archive_kind kind);

/* A name fit for the one folder at the top and for a file name: lower-case ASCII
   letters, digits and '-', at most 60; "project" when nothing is left. */
char *archive_slug(struct arena *a, const char *name);

/*
 * Writes the whole archive; everything lies below the folder `top`, a slug. mtime_s
 * is seconds since 1970 (a zip knows 1980 to 2107 and is kept within). ERR_INVALID or
 * ERR_TOO_LARGE by fileset_valid() before anything is written; ERR_UNAVAILABLE when
 * the callback gave up, ERR_INTERNAL otherwise. Safe in threads.
 */
bool archive_write(enum archive_kind kind, const char *top, int64_t mtime_s,
		   const struct file_item *files, size_t count,
		   archive_write_fn fn, void *ctx, struct err *e);

#endif

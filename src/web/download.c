/* SPDX-License-Identifier: MIT */
#include "web/handlers.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "flow/fileset.h"
#include "http/request.h"
#include "http/route.h"
#include "http/response.h"
#include "model/archive.h"
#include "model/artifact.h"
#include "model/record.h"
#include "web/app.h"
#include "web/param.h"

struct job {
	enum archive_kind kind;
	const char *top;
	struct file_item *files;
	size_t count;
	int64_t made_s;
};

struct sink {
	bool (*put)(void *ctx, const void *p, size_t n);
	void *ctx;
};

static bool pass_on(void *ctx, const void *data, size_t n)
{
	struct sink *s = ctx;
	return s->put(s->ctx, data, n);
}

static bool stream(void *ctx, bool (*put)(void *sink, const void *p, size_t n), void *sink, struct err *e)
{
	struct job *j = ctx;
	struct sink s = { put, sink };
	return archive_write(j->kind, j->top, j->made_s, j->files, j->count, pass_on, &s, e);
}

bool run_download(struct exchange *x, struct err *e)
{
	struct arena *a = x->arena;
	struct job *j = arena_alloc(a, sizeof(*j));
	const char *name, *dot = strrchr(x->req->path, '.');
	int64_t run;
	if (!route_id(x, 0, &run, e) ||
	    !application_load(x->db, a, run, app_owner(x), &name, &j->files, &j->count, &j->made_s, e))
		return false;
	if (!j->count)
		return err_set(e, ERR_NOT_FOUND,
			       "There is nothing to download yet: the Developer’s files are not accepted. "
			       "The run's page shows how far it is.");
	/* Before the first byte: afterwards an error can only cut the connection. */
	if (!fileset_valid(j->files, j->count, e))
		return false;
	record_join(x->db, a, run, app_owner(x), &j->files, &j->count);
	j->kind = streq(dot, ".zip") ? ARCHIVE_ZIP : ARCHIVE_TAR_GZ;
	j->top = archive_slug(a, name);
	x->res->status = 200;
	x->res->content_type = archive_media_type(j->kind);
	x->res->stream = stream;
	x->res->stream_ctx = j;
	response_header(a, x->res, "Content-Disposition",
			arena_printf(a, "attachment; filename=\"%s-%lld%s\"", j->top, (long long)run,
				     archive_suffix(j->kind)));
	return true;
}

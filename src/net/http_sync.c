/* SPDX-License-Identifier: MIT */
/* One request, waited for, and two common uses of it: JSON and a download. */
#include "net/http_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "net/easy.h"

/* Where a body goes: memory, and for a download a file once the status is 200. */
struct sink {
	CURL *easy;
	struct buf body;
	int fd; /* -1: memory only */
	int64_t written, max;
	size_t head_bytes;
	bool too_large, stopped;
	int file_errno;
	bool (*progress)(void *ctx, int64_t now, int64_t total);
	void *ctx;
	int64_t seen, active_at, idle_ms; /* the idle limit, in mono ms */
	bool idle;
};

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct sink *s = ctx;

	s->head_bytes += size * n;
	if (s->head_bytes > NET_HEAD_MAX)
		s->too_large = true;
	return s->too_large ? 0 : size * n;
}

static bool write_all(struct sink *s, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(s->fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			s->file_errno = done < 0 ? errno : EIO;
			return false;
		}
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct sink *s = ctx;
	size_t len = size * n;
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	if (s->fd >= 0 && status == 200) {
		if ((int64_t)len > s->max - s->written) {
			s->too_large = true;
			return 0;
		}
		s->written += (int64_t)len;
		return write_all(s, p, len) ? len : 0;
	}
	buf_add(&s->body, p, len);
	s->too_large = !buf_ok(&s->body);
	return s->too_large ? 0 : len;
}

static int on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
	struct sink *s = ctx;
	int64_t moved = now + up, at = clock_mono_ms();

	if (moved != s->seen) {
		s->seen = moved;
		s->active_at = at;
	} else if (at - s->active_at >= s->idle_ms) {
		s->idle = true;
		return 1;
	}
	if (s->progress && s->fd >= 0 && !s->progress(s->ctx, now, total > 0 ? total : -1)) {
		s->stopped = true;
		return 1;
	}
	return 0;
}

static enum err_class class_of(enum net_fault f)
{
	switch (f) {
	case NET_TIMEOUT:
		return ERR_TIMEOUT;
	case NET_TOO_LARGE:
		return ERR_TOO_LARGE;
	case NET_CANCELLED:
		return ERR_CONFLICT;
	default:
		return ERR_UNAVAILABLE;
	}
}

static const char *header(struct arena *a, CURL *easy, const char *name)
{
	struct curl_header *h;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return "";
	return arena_strdup(a, h->value);
}

static void fill(struct arena *a, struct sink *s, struct net_result *out)
{
	curl_off_t wait = 0;
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(s->easy, CURLINFO_RETRY_AFTER, &wait);
	out->status = (int)status;
	out->body.len = s->body.len;
	out->body.s = arena_strndup(a, buf_str(&s->body), s->body.len);
	out->content_type = header(a, s->easy, "Content-Type");
	out->location = header(a, s->easy, "Location");
	out->retry_after_ms = wait > 0 ? (int64_t)wait * 1000 : -1;
}

/* The one place where a request is made; `s` says where its body goes. */
static bool perform(struct arena *a, const struct net_request *r, struct sink *s, struct net_result *out,
		    struct err *e)
{
	struct net_limits l = easy_limits(r);
	char detail[CURL_ERROR_SIZE] = "", text[256];
	struct curl_slist *headers;
	enum net_fault fault;
	CURL *c;

	c = easy_new(r, &headers, e);
	if (!c)
		return false;
	s->easy = c;
	s->idle_ms = l.idle_ms;
	s->active_at = clock_mono_ms();
	buf_init(&s->body, s->fd >= 0 ? 1u << 20 : l.body_max);
	if (s->fd >= 0)
		curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)s->max);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, s);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);

	fault = easy_fault(curl_easy_perform(c));
	if (s->too_large)
		fault = NET_TOO_LARGE;
	else if (s->idle)
		fault = NET_TIMEOUT;
	else if (s->stopped)
		fault = NET_CANCELLED;
	if (s->file_errno) {
		err_set(e, ERR_UNAVAILABLE, "cannot write the file: %s", strerror(s->file_errno));
	} else if (fault != NET_OK) {
		easy_message(text, sizeof(text), c, fault, detail);
		err_set(e, class_of(fault), "%s", text);
	} else {
		fill(a, s, out);
	}
	curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	buf_release(&s->body);
	return fault == NET_OK && !s->file_errno;
}

bool net_send(struct arena *a, const struct net_request *r, struct net_result *out, struct err *e)
{
	struct sink s = { .fd = -1 };

	return perform(a, r, &s, out, e);
}

static enum err_class class_of_status(int status)
{
	switch (status) {
	case 400:
		return ERR_MALFORMED;
	case 401:
		return ERR_UNAUTHENTICATED;
	case 403:
		return ERR_FORBIDDEN;
	case 404:
		return ERR_NOT_FOUND;
	case 405:
		return ERR_METHOD;
	case 409:
	case 412:
		return ERR_CONFLICT;
	case 413:
		return ERR_TOO_LARGE;
	case 422:
	case 428:
		return ERR_INVALID;
	case 429:
		return ERR_THROTTLED;
	case 502:
	case 503:
		return ERR_UNAVAILABLE;
	case 504:
		return ERR_TIMEOUT;
	default:
		return status >= 500 ? ERR_INTERNAL : ERR_INVALID;
	}
}

/* From an RFC 9457 problem document when it is one; what it says of a field says more than its summary. */
static bool refuse(struct arena *a, const struct net_result *r, struct err *e)
{
	struct json_object *p = json_parse(a, r->body.s, r->body.len, NULL), *errors, *first;
	const char *title = json_get_str(p, "title", ""), *detail = json_get_str(p, "detail", "");

	errors = json_get_array(p, "errors");
	first = errors && json_object_array_length(errors) ? json_object_array_get_idx(errors, 0) : NULL;
	if (first)
		detail = json_get_str(first, "detail", detail);
	if (!*title && !*detail) {
		if (r->status >= 300 && r->status < 400)
			return err_set(e, ERR_INVALID, "the server redirects to %.200s; "
				       "use that address", r->location);
		return err_set(e, class_of_status(r->status), "the server answered with status %d",
			       r->status);
	}
	return err_set(e, class_of_status(r->status), "%.120s%s%.300s (%d)", title,
		       *title && *detail ? ": " : "", detail, r->status);
}

static size_t bearer(struct arena *a, const char *token, const char *accept, struct net_header *h)
{
	size_t n = 0;

	h[n++] = (struct net_header){ "Accept", accept, false };
	if (token && *token)
		h[n++] = (struct net_header){ "Authorization", arena_printf(a, "Bearer %s", token), true };
	return n;
}

bool net_json(struct arena *a, enum net_method method, const char *url, const char *token,
	      const char *idempotency_key, struct json_object *body, struct json_object **out, struct err *e)
{
	struct net_header h[4];
	struct net_request r = { .method = method, .url = url, .headers = h };
	struct net_result result;

	*out = NULL;
	r.header_count = bearer(a, token, "application/json", h);
	if (body) {
		r.body = json_text(a, body);
		r.body_len = strlen(r.body);
		h[r.header_count++] = (struct net_header){ "Content-Type", "application/json", false };
	}
	if (idempotency_key)
		h[r.header_count++] = (struct net_header){ "Idempotency-Key", idempotency_key, false };
	if (!net_send(a, &r, &result, e))
		return false;
	if (result.status < 200 || result.status > 299)
		return refuse(a, &result, e);
	if (!result.body.len)
		return true;
	*out = json_parse(a, result.body.s, result.body.len, e);
	return *out || err_prefix(e, "the server's answer is no JSON; is %s the right address?", url);
}

bool net_download(struct arena *a, const char *url, const char *token, const char *path, int64_t max,
		  bool (*progress)(void *ctx, int64_t now, int64_t total), void *ctx, struct err *e)
{
	char *temporary = arena_printf(a, "%s.XXXXXX", path);
	struct sink s = { .progress = progress, .ctx = ctx, .max = max };
	struct net_header h[2];
	struct net_request r = { .url = url, .headers = h };
	struct net_result result = { 0 };
	bool ok;

	r.header_count = bearer(a, token, "*/*", h);
	s.fd = mkostemp(temporary, O_CLOEXEC);
	if (s.fd < 0)
		return err_set(e, ERR_INVALID, "cannot make a file beside %s: %s", path, strerror(errno));
	ok = perform(a, &r, &s, &result, e);
	if (ok && result.status != 200)
		ok = refuse(a, &result, e);
	if (ok && (fchmod(s.fd, 0644) != 0 || fsync(s.fd) != 0))
		ok = err_set(e, ERR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
	close(s.fd);
	if (ok && rename(temporary, path) != 0)
		ok = err_set(e, ERR_UNAVAILABLE, "cannot name the file %s: %s", path, strerror(errno));
	if (!ok)
		unlink(temporary);
	return ok;
}

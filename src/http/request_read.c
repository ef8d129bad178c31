/* SPDX-License-Identifier: MIT */
/*
 * Reading a request strictly. A path that would need repair ("..", "//", an escaped slash) is
 * refused, because whoever repairs it may do so otherwise than nginx did.
 */
#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "http/urlencoded.h"

#define PATH_MAX_BYTES 2048
#define QUERY_MAX_BYTES 8192
#define FORM_TYPE "application/x-www-form-urlencoded"
/* What is too large is still read up to here, so that the refusal reaches the client. */
#define DRAIN_MAX ((size_t)16 << 20)

static const char *cgi(const struct request_source *src, const char *name)
{
	const char *v = src->get(src->ctx, name);
	return v && *v ? v : NULL;
}

/* "idempotency-key" → HTTP_IDEMPOTENCY_KEY */
static const char *header(const struct request *r, const char *name)
{
	char key[80] = "HTTP_";
	size_t n = strlen(name);
	if (n > sizeof(key) - 6)
		return NULL;
	for (size_t i = 0; i < n; i++)
		key[5 + i] = name[i] == '-' ? '_' : name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 32) : name[i];
	key[5 + n] = '\0';
	return cgi(r->backend, key);
}

static enum method method_of(const char *s)
{
	static const struct { const char *name; enum method m; } methods[] = {
		{ "GET", GET }, { "HEAD", HEAD }, { "POST", POST }, { "PUT", PUT }, { "PATCH", PATCH },
		{ "DELETE", DELETE }
	};
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (streq(s, methods[i].name))
			return methods[i].m;
	return OTHER_METHOD;
}

static bool path_plain(const char *path, struct err *e)
{
	if (path[0] != '/')
		return err_set(e, ERR_MALFORMED, "The path does not start with a slash.");
	struct str rest = str_from(path + 1);
	bool more = *rest.s != '\0';
	while (more) {
		const char *slash = memchr(rest.s, '/', rest.len);
		struct str part = { rest.s, slash ? (size_t)(slash - rest.s) : rest.len };
		if (slash && !part.len)
			return err_set(e, ERR_MALFORMED, "The path has an empty part.");
		if (str_eq(part, ".") || str_eq(part, ".."))
			return err_set(e, ERR_MALFORMED, "The path has a part \".\" or \"..\".");
		more = slash != NULL;
		if (more)
			rest = (struct str){ slash + 1, rest.len - part.len - 1 };
	}
	for (const char *p = path; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return err_set(e, ERR_MALFORMED, "The path contains a control character.");
	return true;
}

static bool read_target(struct arena *a, const char *uri, const char *base, struct request *r, struct err *e)
{
	const char *q = strchr(uri, '?');
	size_t n = q ? (size_t)(q - uri) : strlen(uri);
	if (q)
		r->raw_query = q + 1;
	if (n > PATH_MAX_BYTES || strlen(r->raw_query) > QUERY_MAX_BYTES)
		return err_set(e, ERR_TOO_LARGE, "The address is too long.");
	for (size_t i = 0; i + 2 < n; i++)
		if (uri[i] == '%' && uri[i + 1] == '2' && (uri[i + 2] == 'f' || uri[i + 2] == 'F'))
			return err_set(e, ERR_MALFORMED, "The path contains an escaped slash.");
	char *path = percent_decode(a, uri, n, false, "The path", e);
	if (!path || !path_plain(path, e))
		return false;
	size_t skip = strlen(base);
	if (strncmp(path, base, skip) != 0 || (path[skip] && path[skip] != '/'))
		return err_set(e, ERR_NOT_FOUND, "There is nothing at this address.");
	r->path = path[skip] ? path + skip : "/";
	return form_decode(a, r->raw_query, strlen(r->raw_query), &r->query, &r->query_count, e);
}

static bool type_is(const char *content_type, const char *type)
{
	size_t n = strlen(type);
	return content_type && strncasecmp(content_type, type, n) == 0 &&
	       (!content_type[n] || content_type[n] == ';' || content_type[n] == ' ');
}

static void drain(const struct request_source *src, int64_t length)
{
	char sink[4096];
	size_t left = length > (int64_t)DRAIN_MAX ? DRAIN_MAX : (size_t)length;
	while (left) {
		size_t want = left < sizeof(sink) ? left : sizeof(sink);
		size_t got = src->read(src->ctx, sink, want);
		if (got < want)
			return;
		left -= got;
	}
}

static bool read_body(struct arena *a, const struct request_source *src, size_t body_max, struct request *r,
		      struct err *e)
{
	const char *length = cgi(src, "CONTENT_LENGTH");
	int64_t n = 0;
	if (length && !parse_i64(length, 0, INT64_MAX, &n))
		return err_set(e, ERR_MALFORMED, "The content length is not a number.");
	/* Escapes make three bytes of one: a text that fits as JSON fits in a form too. */
	size_t most = type_is(r->content_type, FORM_TYPE) ? 3 * body_max : body_max;
	if (n > (int64_t)most) {
		drain(src, n);
		return err_set(e, ERR_TOO_LARGE, "A request has at most %zu bytes.", most);
	}
	char *body = arena_alloc(a, (size_t)n + 1);
	if (src->read(src->ctx, body, (size_t)n) != (size_t)n)
		return err_set(e, ERR_MALFORMED, "The request's body is shorter than its content length.");
	r->body = (struct str){ body, (size_t)n };
	return true;
}

static bool read_fields(struct arena *a, struct request *r, struct err *e)
{
	if (!r->body.len)
		return true;
	if (type_is(r->content_type, FORM_TYPE))
		return form_decode(a, r->body.s, r->body.len, &r->form, &r->form_count, e);
	if (type_is(r->content_type, "application/json")) {
		r->json = json_parse(a, r->body.s, r->body.len, e);
		return r->json != NULL;
	}
	return err_set(e, ERR_MALFORMED, "A body is application/json or application/x-www-form-urlencoded.");
}

static bool id_plain(const char *id)
{
	size_t n = id ? strlen(id) : 0;
	for (size_t i = 0; i < n; i++)
		if (!(id[i] >= '0' && id[i] <= '9') && !(id[i] >= 'a' && id[i] <= 'z') && id[i] != '-')
			return false;
	return n >= 8 && n <= 40;
}

const char *request_param(const struct request *r, const char *name)
{
	const char *v = strncmp(name, "HTTP_", 5) == 0 ? NULL : cgi(r->backend, name);
	return v && *v ? v : NULL;
}

bool request_read(struct arena *a, const struct request_source *src, const char *base_path, size_t body_max,
		  struct request *out, struct err *e)
{
	const char *method = cgi(src, "REQUEST_METHOD"), *uri = cgi(src, "REQUEST_URI");
	const char *id = cgi(src, "REQUEST_ID"), *addr = cgi(src, "REMOTE_ADDR");
	*out = (struct request){ .method = method_of(method), .path = "/", .raw_query = "", .header = header,
				 .backend = (void *)(uintptr_t)src, .remote_addr = addr ? addr : "",
				 .content_type = cgi(src, "CONTENT_TYPE"), .body = { "", 0 } };
	if (!id_plain(id)) {
		uint8_t random[16];
		random_bytes(random, sizeof(random));
		id = hex_encode(a, random, sizeof(random));
	}
	out->id = id;
	if (!uri)
		return err_set(e, ERR_MALFORMED, "The request has no address.");
	/* The body is taken off the connection whatever the address is, so that the answer arrives. */
	struct err first = { 0 };
	bool found = read_target(a, uri, base_path, out, &first);
	bool whole = read_body(a, src, body_max, out, e);
	if (!found && e)
		*e = first;
	if (!found || !whole)
		return false;
	return read_fields(a, out, e);
}

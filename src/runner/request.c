/* SPDX-License-Identifier: MIT */
/* What is sent to a model's server, and what it is known by. */
#include <string.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "runner/agent.h"
#include "runner/call.h"
#include "runner/runner.h"

int64_t request_output_limit(const struct work *w)
{
	int64_t limit = w->r->config->max_output_tokens;

	return w->agent->max_output_tokens < limit ? w->agent->max_output_tokens : limit;
}

/* By what is asked, not by how the server wants it worded: a stored answer is found again
   whatever this process knows of the server by then. */
static void hash_request(struct work *w, struct call *c)
{
	const struct config *cfg = w->r->config;
	struct arena *a = arena_new(0);
	const char *head = arena_printf(a, "%s\n%s\n%lld\n%s", cfg->openai_base_url, cfg->model,
					(long long)request_output_limit(w), w->agent->schema_text);
	size_t n = strlen(head), at = n;

	for (size_t i = 0; i < c->count; i++)
		n += c->messages[i].len + 1;
	char *all = arena_alloc(a, n);
	memcpy(all, head, at);
	for (size_t i = 0; i < c->count; i++) {
		memcpy(all + at + 1, c->messages[i].text, c->messages[i].len);
		at += c->messages[i].len + 1;
	}
	sha256(all, n, c->hash);
	arena_free(a);
}

/* The same call made again by whoever comes after a crash bears the same key. */
static const char *idempotency_key(struct arena *a, const struct work *w, const struct call *c)
{
	const char *text = arena_printf(a, "%s %lld %s %lld %lld", hex_encode(a, c->hash, SHA256_LEN),
					(long long)w->lease.run, w->lease.node, (long long)w->lease.revision,
					(long long)w->lease.attempt);

	return sha256_hex(a, text, strlen(text));
}

/* Of what making a request has left behind only the request itself is kept. */
static void keep_request(struct arena *a, const struct net_request *made, struct net_request *out)
{
	struct net_header *headers = arena_array(a, made->header_count, sizeof(*headers));

	for (size_t i = 0; i < made->header_count; i++)
		headers[i] = (struct net_header){ arena_strdup(a, made->headers[i].name),
						  arena_strdup(a, made->headers[i].value), made->headers[i].secret };
	*out = *made;
	out->url = arena_strdup(a, made->url);
	out->headers = headers;
	out->body = arena_strndup(a, made->body, made->body_len);
	out->ca_file = made->ca_file ? arena_strdup(a, made->ca_file) : NULL;
}

bool request_make(struct work *w, struct call *c, struct err *e)
{
	struct arena *a = arena_new(0);
	struct net_request made;
	const struct config *cfg = w->r->config;
	struct llm_endpoint at = {
		.base_url = cfg->openai_base_url,
		.api_key = cfg->openai_api_key,
		.limits = NET_LIMITS_DEFAULT,
	};
	struct llm_request request = {
		.model = cfg->model,
		.messages = c->messages,
		.message_count = c->count,
		.max_output_tokens = request_output_limit(w),
		.schema = w->agent->schema_source,
		.schema_name = w->agent->name,
		.caps = w->r->caps,
	};

	c->caps = w->r->caps;
	hash_request(w, c);
	at.limits.total_ms = cfg->call_timeout_s * 1000;
	/* A server that does not stream says nothing until it has finished. */
	if (!c->caps.stream || at.limits.idle_ms > at.limits.total_ms)
		at.limits.idle_ms = at.limits.total_ms;
	at.idempotency_key = idempotency_key(a, w, c);
	bool ok = provider_openai.build(a, &at, &request, &made, e);
	if (ok)
		keep_request(w->call_arena, &made, &c->request);
	arena_free(a);
	return ok;
}

/* SPDX-License-Identifier: MIT */
/*
 * Chat completions requests. Source of the member names: OpenAI API reference, "Create
 * chat completion" (model, messages, max_completion_tokens, max_tokens, response_format,
 * stream, stream_options.include_usage); of "strict": OpenAI, "Structured model outputs".
 */
#include "llm/openai.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

#define BODY_MAX (8u << 20)

static bool strict_at(struct json_object *s, int depth);

static bool strict_object(struct json_object *s)
{
	struct json_object *properties = json_get(s, "properties"), *required = json_get_array(s, "required");
	struct json_object *additional = json_get(s, "additionalProperties");
	size_t n = properties ? (size_t)json_object_object_length(properties) : 0;

	return json_object_is_type(additional, json_type_boolean) && !json_object_get_boolean(additional) &&
	       (required ? json_object_array_length(required) : 0) == n;
}

static bool strict_members(struct json_object *o, int depth)
{
	if (!o)
		return true;
	json_object_object_foreach(o, key, v) {
		(void)key;
		if (!strict_at(v, depth + 1))
			return false;
	}
	return true;
}

static bool strict_at(struct json_object *s, int depth)
{
	struct json_object *any = json_get_array(s, "anyOf"), *items = json_get(s, "items");

	if (depth > 64 || !json_object_is_type(s, json_type_object))
		return false;
	if (json_get(s, "properties") && !strict_object(s))
		return false;
	if (strcmp(json_get_str(s, "type", ""), "object") == 0 && !strict_object(s))
		return false;
	for (size_t i = 0; any && i < json_object_array_length(any); i++)
		if (!strict_at(json_object_array_get_idx(any, i), depth + 1))
			return false;
	return (!items || strict_at(items, depth + 1)) && strict_members(json_get(s, "properties"), depth) &&
	       strict_members(json_get(s, "$defs"), depth);
}

/* True when every object of the schema forbids additional properties and requires all of its
   own: what "strict": true asks for. */
static bool is_strict(struct json_object *schema)
{
	return strcmp(json_get_str(schema, "type", ""), "object") == 0 && strict_at(schema, 0);
}

static bool check(const struct llm_endpoint *at, const struct llm_request *r, struct err *e)
{
	static const char name_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t n;

	if (!at->base_url || !*at->base_url)
		return err_set(e, ERR_INVALID, "no base URL is set for the model server");
	if (!r->model || !*r->model || strlen(r->model) > 200)
		return err_set(e, ERR_INVALID, "no model is set");
	if (!r->message_count)
		return err_set(e, ERR_INVALID, "a request to a model needs a message");
	if (r->max_output_tokens < 1)
		return err_set(e, ERR_INVALID, "the limit of output tokens must be at least 1");
	if (!r->schema)
		return true;
	n = r->schema_name ? strlen(r->schema_name) : 0;
	if (n < 1 || n > 64 || r->schema_name[strspn(r->schema_name, name_chars)])
		return err_set(e, ERR_INVALID,
			       "a schema's name may have letters, digits, '_' and '-', at most 64");
	return true;
}

static void add_message(struct buf *b, const char *role, struct str text, const char *schema)
{
	buf_adds(b, "{\"role\":\"");
	buf_adds(b, role);
	buf_adds(b, "\",\"content\":");
	if (schema) {
		struct buf whole;

		buf_init(&whole, b->cap);
		buf_add(&whole, text.s, text.len);
		buf_adds(&whole, "\n\nAnswer with one JSON object that conforms to this JSON Schema, and "
				 "with nothing before or after it:\n");
		buf_adds(&whole, schema);
		json_write_str(b, buf_str(&whole), whole.len);
		b->overflow |= whole.overflow;
		buf_release(&whole);
	} else {
		json_write_str(b, text.s, text.len);
	}
	buf_addc(b, '}');
}

static void add_messages(struct arena *a, struct buf *b, const struct llm_request *r)
{
	static const char *const roles[] = { "system", "user", "assistant" };
	/* A server that takes no schema is told it in words, with the first message. */
	bool tell = r->schema && r->caps.format != LLM_FORMAT_SCHEMA;

	buf_adds(b, ",\"messages\":[");
	for (size_t i = 0; i < r->message_count; i++) {
		const struct llm_message *m = &r->messages[i];

		if (i)
			buf_addc(b, ',');
		add_message(b, roles[m->role], (struct str){ m->text, m->len },
			    tell && i == 0 ? json_text(a, r->schema) : NULL);
	}
	buf_addc(b, ']');
}

static void add_format(struct arena *a, struct buf *b, const struct llm_request *r)
{
	if (!r->schema || r->caps.format == LLM_FORMAT_NONE)
		return;
	if (r->caps.format == LLM_FORMAT_OBJECT) {
		buf_adds(b, ",\"response_format\":{\"type\":\"json_object\"}");
		return;
	}
	buf_adds(b, ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":");
	json_write_str(b, r->schema_name, strlen(r->schema_name));
	buf_adds(b, ",\"strict\":");
	buf_adds(b, is_strict(r->schema) ? "true" : "false");
	buf_adds(b, ",\"schema\":");
	buf_adds(b, json_text(a, r->schema));
	buf_adds(b, "}}");
}

static void set_headers(struct arena *a, const struct llm_endpoint *at, const struct llm_request *r,
			struct net_request *out)
{
	const char *accept = r->caps.stream ? "text/event-stream" : "application/json";
	struct net_header *h = arena_array(a, 4, sizeof(*h));
	size_t n = 0;

	h[n++] = (struct net_header){ "Content-Type", "application/json", false };
	h[n++] = (struct net_header){ "Accept", accept, false };
	if (at->api_key && *at->api_key)
		h[n++] = (struct net_header){ "Authorization", arena_printf(a, "Bearer %s", at->api_key),
					      true };
	if (at->idempotency_key)
		h[n++] = (struct net_header){ "Idempotency-Key", at->idempotency_key, false };
	out->headers = h;
	out->header_count = n;
}

bool openai_build(struct arena *a, const struct llm_endpoint *at, const struct llm_request *r,
		  struct net_request *out, struct err *e)
{
	struct buf b;

	if (!check(at, r, e))
		return false;
	buf_init(&b, BODY_MAX);
	buf_adds(&b, "{\"model\":");
	json_write_str(&b, r->model, strlen(r->model));
	add_messages(a, &b, r);
	buf_adds(&b, r->caps.max_field == LLM_MAX_TOKENS ? ",\"max_tokens\":"
							 : ",\"max_completion_tokens\":");
	buf_addint(&b, r->max_output_tokens);
	add_format(a, &b, r);
	if (r->caps.stream) {
		buf_adds(&b, ",\"stream\":true");
		if (r->caps.stream_usage)
			buf_adds(&b, ",\"stream_options\":{\"include_usage\":true}");
	}
	buf_addc(&b, '}');
	if (!buf_ok(&b)) {
		buf_release(&b);
		return err_set(e, ERR_TOO_LARGE, "the request to the model is longer than 8 MiB");
	}
	*out = (struct net_request){
		.method = NET_POST,
		.url = arena_printf(a, "%s/chat/completions", at->base_url),
		.body = arena_strndup(a, buf_str(&b), b.len),
		.body_len = b.len,
		.limits = at->limits,
		.ca_file = at->ca_file ? arena_strdup(a, at->ca_file) : NULL,
	};
	set_headers(a, at, r, out);
	buf_release(&b);
	return true;
}

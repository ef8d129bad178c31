/* SPDX-License-Identifier: MIT */
/*
 * Language models behind one interface: build a request, feed it the answer's
 * bytes, finish. Pure: no sockets and no clock here, the caller moves the bytes.
 * What a model says is text and stays text: markup, commands and claims in it mean
 * nothing to this layer.
 *
 * The life of a call:
 *	provider->build() fills a net_request;
 *	llm_answer_new(); llm_answer_head() when the head is in; llm_answer_feed()
 *	per chunk, however split; llm_answer_finish() with the transport's fault.
 * The result's class leads to its row in the policy table, which says what next.
 */
#ifndef LLM_LLM_H
#define LLM_LLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "net/request.h"

struct arena;
struct err;
struct json_object;

/* What a server can do. Start from llm_caps_for(); see llm_caps_degrade(). */
enum llm_format { LLM_FORMAT_NONE, LLM_FORMAT_OBJECT, LLM_FORMAT_SCHEMA };
enum llm_max_field { LLM_MAX_TOKENS, LLM_MAX_COMPLETION_TOKENS };

struct llm_caps {
	enum llm_format format;
	enum llm_max_field max_field;
	bool stream;
	bool stream_usage; /* stream_options.include_usage */
};
#define LLM_CAPS_DEFAULT \
	((struct llm_caps){ LLM_FORMAT_SCHEMA, LLM_MAX_TOKENS, true, true })
/* The vendor itself wants max_completion_tokens; compatible servers know max_tokens, and
   some ignore the other one without a word, which would unbound the cost. */
struct llm_caps llm_caps_for(const char *base_url);

/* What a 400 said that the server does not know; bits of llm_result.unsupported. */
enum llm_unsupported {
	LLM_NO_SCHEMA = 1,       /* response_format json_schema */
	LLM_NO_FORMAT = 2,       /* response_format at all */
	LLM_NO_MAX_FIELD = 4,    /* this name of the output limit */
	LLM_NO_STREAM_USAGE = 8,
	LLM_NO_STREAM = 16
};
/* Lowers caps by what was refused. True when that changed something, so that the same
   request is worth sending again at once (it counts as no attempt). The name of the
   output limit is swapped at most once: `swapped` remembers. */
bool llm_caps_degrade(struct llm_caps *caps, unsigned unsupported, bool *swapped);

enum llm_role { LLM_SYSTEM, LLM_USER, LLM_ASSISTANT };
struct llm_message {
	enum llm_role role;
	const char *text; /* invalid UTF-8 is sent as U+FFFD */
	size_t len;
};

struct llm_request {
	const char *model;
	const struct llm_message *messages;
	size_t message_count;
	int64_t max_output_tokens;
	struct json_object *schema; /* of the answer; NULL: free text */
	const char *schema_name;    /* [a-zA-Z0-9_-]{1,64} */
	struct llm_caps caps;
};

struct llm_endpoint {
	const char *base_url; /* no trailing slash: "https://api.openai.com/v1" */
	const char *api_key;  /* NULL or "": no Authorization header */
	struct net_limits limits;
	const char *ca_file;  /* NULL: the system's */
	const char *idempotency_key; /* NULL: none */
};

enum llm_class {
	LLM_OK,
	LLM_RATE_LIMITED,
	LLM_OVERLOADED,       /* and every other 5xx */
	LLM_TIMEOUT,
	LLM_CONNECTION,       /* and a stream that ended too early */
	LLM_BAD_REQUEST,      /* also: a redirect, no such model or path */
	LLM_CONTEXT_TOO_LONG,
	LLM_CONTENT_POLICY,   /* refused by the model or filtered by the server */
	LLM_AUTH,
	LLM_QUOTA,
	LLM_INVALID_OUTPUT,   /* no protocol, cut at the limit, empty; the caller also uses it
	                         for JSON that its schema refuses */
	LLM_CANCELLED,
	LLM_TOO_LARGE,
	LLM_CLASSES
};

enum llm_then {
	LLM_THEN_ACCEPT,
	LLM_THEN_RETRY,  /* the same request later; attempts used up: ask */
	LLM_THEN_REPAIR, /* a repair round while there are some, then like RETRY */
	LLM_THEN_ASK,    /* a person: trying again alone cannot help */
	LLM_THEN_STOP    /* nothing more: it was cancelled */
};

struct llm_policy {
	const char *name; /* "rate_limited", as stored and shown */
	enum llm_then then;
	bool counts;         /* uses up an attempt */
	bool paid;           /* tokens may have been used: an unknown cost counts in full */
	const char *sentence; /* for a person: what it means and what to do */
};
const struct llm_policy *llm_policy(enum llm_class c);

/* Milliseconds to wait before retry number `attempt` (0, 1, …): 0.5 s·2^n to 8 s,
   jittered by unit in [0,1), and never before what the server asked for. -1 when the
   policy is no retry. */
int64_t llm_retry_delay(enum llm_class c, int attempt, int64_t retry_after_ms, double unit);

enum llm_finish {
	LLM_FINISH_UNKNOWN, LLM_FINISH_STOP, LLM_FINISH_LENGTH, LLM_FINISH_FILTER, LLM_FINISH_TOOL
};

struct llm_usage {
	bool known; /* false: the server did not say, or said nonsense */
	int64_t input, output;
	int64_t cached, reasoning; /* parts of the two above; 0 when not said */
};

struct llm_result {
	enum llm_class class;
	char message[400];  /* a sentence for people: our words, the server's in quotes, no secret */
	int status;         /* HTTP; 0: none came */
	const char *text;   /* the answer so far, also when class is not LLM_OK; "" if none */
	size_t text_len;
	const char *refusal; /* NULL: none */
	enum llm_finish finish;
	struct llm_usage usage;
	int64_t retry_after_ms; /* -1: the server did not say */
	unsigned unsupported;   /* enum llm_unsupported */
	const char *model;      /* the one that answered, as the server names it; NULL */
	const char *request_id; /* the server's, for its operator; NULL */
};

struct llm_answer; /* the parser of one answer */

struct provider {
	const char *name; /* as stored with each call: "openai" */
	/* Fills `out`, all of it in the arena. Errors: a bad name, URL or size. */
	bool (*build)(struct arena *a, const struct llm_endpoint *at, const struct llm_request *r,
		      struct net_request *out, struct err *e);
	/* One JSON document of the answer: a whole body or one stream event (answer.h). */
	void (*document)(struct llm_answer *an, struct json_object *doc, const char *event);
};
extern const struct provider provider_openai;

/* Called with each piece of text as it comes; ≤ 64 KiB of text are never held back. */
typedef void (*llm_text_fn)(void *ctx, const char *delta, size_t n);

/* All it keeps is bounded by `max` bytes of answer (0: 16 MiB). */
struct llm_answer *llm_answer_new(const struct provider *p, size_t max, llm_text_fn on_text, void *ctx);
/* `header(hctx, name)` returns a response header or NULL; `now_ms` is wall time. */
void llm_answer_head(struct llm_answer *an, int status, const char *(*header)(void *hctx, const char *name),
		     void *hctx, int64_t now_ms);
/* False once nothing that follows can matter (an error, or too large): the caller may
   end the transfer; its NET_CANCELLED is then understood. */
bool llm_answer_feed(struct llm_answer *an, const char *data, size_t n);
/* The text so far; valid until the next bytes. */
struct str llm_answer_text(const struct llm_answer *an);
/* Once. What the result points to lives in the arena. */
void llm_answer_finish(struct llm_answer *an, enum net_fault fault, const char *fault_message,
		       struct arena *a, struct llm_result *out);
void llm_answer_free(struct llm_answer *an); /* NULL is fine */

#endif

/* SPDX-License-Identifier: MIT */
/*
 * An agent's output from a paid model: the request, the database's word on it (ask.c), the
 * call, its booking (commit.c), and what the answer leads to: an output, a repair round,
 * or one of the ways out.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "flow/price.h"
#include "flow/prompt.h"
#include "llm/extract.h"
#include "net/http_client.h"
#include "runner/agent.h"
#include "runner/runner.h"

enum { REPAIRS = 2, MESSAGES = 2 + 2 * REPAIRS, BUSY_S = 5 };

struct call {
	struct llm_message messages[MESSAGES];
	size_t count;
	struct llm_caps caps;        /* with which the request was made */
	struct net_request request;
	uint8_t hash[SHA256_LEN];
	const char *worst;           /* USD; NULL: the price is unknown */
	int64_t id;                  /* in the database */
	struct net_call *net;        /* in flight, or NULL */
	struct llm_answer *answer;
	struct llm_result result;
	struct str text;             /* the answer that is being judged */
	const char *problem;         /* what is wrong with it */
};

static void prepare(struct work *w);

static void say(struct call *c, enum llm_role role, const char *text, size_t len)
{
	c->messages[c->count++] = (struct llm_message){ role, text, len };
}

static int64_t output_limit(const struct work *w)
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
					(long long)output_limit(w), json_text(a, w->agent->schema_source));
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
static const char *idempotency_key(struct work *w, const struct call *c)
{
	const char *text = arena_printf(w->a, "%s %lld %s %lld %lld", hex_encode(w->a, c->hash, SHA256_LEN),
					(long long)w->lease.run, w->lease.node, (long long)w->lease.revision,
					(long long)w->lease.attempt);

	return sha256_hex(w->a, text, strlen(text));
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

static bool build(struct work *w, struct call *c, struct err *e)
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
		.max_output_tokens = output_limit(w),
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
	at.idempotency_key = idempotency_key(w, c);
	bool ok = provider_openai.build(a, &at, &request, &made, e);
	if (ok)
		keep_request(w->a, &made, &c->request);
	arena_free(a);
	return ok;
}

/* ---- what an answer leads to ---- */

/* The model is told what is wrong, or has been told often enough. */
static void repair(struct work *w)
{
	struct call *c = w->call;

	if (c->count + 2 > MESSAGES) {
		settle_retry(
			w, 0, true,
			"The model's answer could not be used, and asking it %d times to mend it did not "
			"help. What was wrong in the end:\n%s",
			REPAIRS, c->problem);
		return;
	}
	work_note(w, LOG_INFO_, "stage %s: the model is asked to mend its answer: %s", w->lease.node, c->problem);
	const char *words = prompt_repair(w->a, c->problem);
	say(c, LLM_ASSISTANT, c->text.s, c->text.len);
	say(c, LLM_USER, words, strlen(words));
	prepare(w);
}

/* False: it is of no use, and c->problem says why. */
static bool use(struct work *w, struct str text)
{
	struct call *c = w->call;
	struct err e = { 0 };
	struct json_object *json = llm_extract(w->a, text.s, text.len, NULL, &e);

	c->text = text;
	c->problem = json ? judge(w, json) : arena_strdup(w->a, e.msg);
	return !c->problem;
}

/* The server did not take a part of the request's form. Another call may have found out before. */
static bool another_form(struct work *w)
{
	struct runner *r = w->r;
	struct call *c = w->call;

	if (!c->result.unsupported)
		return false;
	if (memcmp(&c->caps, &r->caps, sizeof(c->caps)) != 0)
		return true;
	return llm_caps_degrade(&r->caps, c->result.unsupported, &r->caps_swapped);
}

static void again_later(struct work *w, const struct llm_policy *p)
{
	const struct llm_result *res = &w->call->result;
	int64_t ms = llm_retry_delay(res->class, (int)w->lease.attempt, res->retry_after_ms, random_unit());
	double wait = (double)(ms > 0 ? ms : 0) / 1000;

	/* What uses up no attempt must not come round too fast. */
	if (!p->counts && wait < BUSY_S && res->retry_after_ms < 0)
		wait = BUSY_S * (0.5 + random_unit());
	settle_retry(w, wait, p->counts, "%s (%s)", res->message, p->name);
}

static void decide(struct work *w)
{
	struct call *c = w->call;
	const struct llm_result *res = &c->result;
	const struct llm_policy *p = llm_policy(res->class);

	if (another_form(w)) {
		prepare(w);
		return;
	}
	switch (p->then) {
	case LLM_THEN_ACCEPT:
		if (use(w, (struct str){ res->text, res->text_len }))
			return;
		/* Stored with this, it is never used again. */
		w->outcome.error = c->problem;
		repair(w);
		return;
	case LLM_THEN_REPAIR:
		c->text = (struct str){ res->text, res->text_len };
		c->problem = arena_strdup(w->a, res->message);
		repair(w);
		return;
	case LLM_THEN_RETRY:
		again_later(w, p);
		return;
	case LLM_THEN_ASK:
		settle_park(w, "failure", "%s %s", p->sentence, res->message);
		return;
	case LLM_THEN_STOP:
		settle_retry(w, 0, false, "The call was ended.");
		return;
	}
}

/* ---- the call itself ---- */

static void book(struct work *w)
{
	struct call *c = w->call;
	const struct config *cfg = w->r->config;
	const struct llm_result *res = &c->result;
	const struct llm_policy *p = llm_policy(res->class);
	struct price price = { cfg->price_input, cfg->price_output };

	w->outcome = (struct call_outcome){
		.call = c->id,
		.answered = res->class == LLM_OK,
		.response = { res->text_len ? res->text : NULL, res->text_len },
		.error = res->class == LLM_OK ? NULL : arena_printf(w->a, "%s: %s", p->name, res->message),
		.http_status = res->status,
		.input = res->usage.known ? res->usage.input : -1,
		.output = res->usage.known ? res->usage.output : -1,
	};
	if (res->usage.known)
		w->outcome.cost_usd = price_usd(w->a, price_actual(price, res->usage.input, res->usage.output));
	else if (!p->paid)
		w->outcome.cost_usd = "0";
	work_book(w);
}

/* Whatever the answer leads to, the call is booked first: commit.c writes both at the turn's end. */
static void ended(struct work *w)
{
	book(w);
	if (w->dropped)
		work_done(w);
	else
		decide(w);
}

static const char *header(void *ctx, const char *name)
{
	return net_answer_header(ctx, name);
}

static void on_head(void *ctx, const struct net_answer *a)
{
	struct work *w = ctx;

	llm_answer_head(w->call->answer, a->status, header, (void *)a, clock_wall_ms());
}

static bool on_chunk(void *ctx, const struct net_answer *a, const char *data, size_t n)
{
	struct work *w = ctx;

	return !fault("call.sent") && llm_answer_feed(w->call->answer, data, n);
}

static void on_done(void *ctx, const struct net_answer *a)
{
	struct work *w = ctx;
	struct call *c = w->call;

	enum net_fault went = fault("call.answered") ? NET_CONNECTION : a->fault;
	llm_answer_finish(c->answer, went, a->message, w->a, &c->result);
	llm_answer_free(c->answer);
	c->answer = NULL;
	c->net = NULL;
	w->in_flight = false;
	work_step(w, ended);
}

static void launch(struct work *w)
{
	struct call *c = w->call;
	struct net_handlers h = { on_head, on_chunk, on_done, w };
	struct err e = { 0 };

	c->answer = llm_answer_new(&provider_openai, 0, NULL, NULL);
	c->net = http_client_start(w->r->http, &c->request, &h, &e);
	if (c->net) {
		w->in_flight = true;
		return;
	}
	llm_answer_free(c->answer);
	c->answer = NULL;
	c->result = (struct llm_result){ .class = LLM_BAD_REQUEST, .text = "" };
	snprintf(c->result.message, sizeof(c->result.message), "%.399s", e.msg);
	ended(w);
}

/* "0.012000000" for people: "0.012". */
static const char *dollars(struct arena *a, const char *usd)
{
	size_t n = strlen(usd), point = strcspn(usd, ".");

	while (n > point + 3 && usd[n - 1] == '0')
		n--;
	return arena_strndup(a, usd, n);
}

static void prepare(struct work *w)
{
	struct call *c = w->call;
	const struct config *cfg = w->r->config;
	struct price price = { cfg->price_input, cfg->price_output };
	struct err e = { 0 };

	if (!build(w, c, &e)) {
		settle_park(w, "failure", "The request to the model cannot be made: %s", e.msg);
		return;
	}
	c->worst = price_usd(w->a, price_worst_case(price, c->request.body_len, output_limit(w)));
	work_queue(w, &w->r->asks);
}

void call_prepare(struct work *w)
{
	struct call *c = arena_alloc(w->a, sizeof(*c));
	struct str system, user;
	struct err e = { 0 };

	w->call = c;
	if (!prompt_make(w->in_arena, w->agent->templates, w->agent->name, w->in.json, &system, &user, &e)) {
		settle_park(w, "failure", "The prompt of %s cannot be made: %s", w->agent->title, e.msg);
		return;
	}
	say(c, LLM_SYSTEM, arena_strndup(w->a, system.s, system.len), system.len);
	say(c, LLM_USER, arena_strndup(w->a, user.s, user.len), user.len);
	/* A suite is executed together with the files that are in the input. */
	if (w->agent->delivers != DELIVERS_SUITE)
		work_forget_input(w);
	prepare(w);
}

void call_request(const struct work *w, struct call_request *out)
{
	*out = (struct call_request){ .lease = &w->lease, .provider = w->r->provider, .model = w->r->model,
				      .hash = w->call->hash, .worst_usd = w->call->worst };
}

/* An answer that was paid for and not used, by a runner that died or a stage that went back. */
static void use_stored(struct work *w, struct str text)
{
	struct call *c = w->call;

	work_note(w, LOG_INFO_, "stage %s: a stored answer is used", w->lease.node);
	if (use(w, (struct str){ arena_strndup(w->a, text.s, text.len), text.len }))
		return;
	call_refuse(w->r->db, c->id, c->problem, NULL);
	repair(w);
}

void call_answer(struct work *w, const struct call_request *told)
{
	struct call *c = w->call;

	c->id = told->call;
	switch (told->verdict) {
	case CALL_GO:
		launch(w);
		return;
	case CALL_STORED:
		use_stored(w, told->response);
		return;
	case CALL_FENCED:
		work_note(w, LOG_WARN_, "stage %s: its lease has gone to others", w->lease.node);
		work_done(w);
		return;
	case CALL_BUSY:
		settle_retry(w, told->wait_s, false,
			     "The model's server is asked as much as it may be; this stage waits its turn.");
		return;
	case CALL_OVER:
		w->amount = arena_strdup(w->a, told->need_usd);
		w->budgets = arena_strdup(w->a, told->budgets);
		settle_park(
			w, "budget",
			"The next call of %s may cost up to $%s. That is $%s more than the spend cap leaves. "
			"Approve to raise the cap by this, rounded up to the next cent, or reject to end "
			"the run.",
			w->agent->title, dollars(w->a, c->worst), dollars(w->a, w->amount));
		return;
	case CALL_PRICE_UNKNOWN:
		settle_park(w, "price",
			    "What a call of %s costs is not known, and there is a spend cap. Approve to let "
			    "this run make "
			    "calls of unknown price, or set the model's prices in the configuration first.",
			    w->r->model);
		return;
	}
}

void call_abort(struct work *w)
{
	net_call_cancel(w->call->net);
}

int64_t call_number(const struct work *w)
{
	return w->call ? w->call->id : 0;
}

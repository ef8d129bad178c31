/* SPDX-License-Identifier: MIT */
/*
 * An agent's output from a paid model: intent and hold, the call, the answer's record,
 * then either an output, a repair round, or one of the ways out. Steps that need the
 * database wait for it; an answer in hand is kept meanwhile.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "flow/price.h"
#include "flow/prompt.h"
#include "llm/extract.h"
#include "model/call.h"
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
	int64_t id;                  /* in the database */
	struct net_call *net;        /* in flight, or NULL */
	struct llm_answer *answer;
	struct llm_result result;
	struct str text;             /* the answer that is being judged */
	const char *problem;         /* what is wrong with it */
};

static void begin(struct work *w);

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
	const char *head = arena_printf(w->a, "%s\n%s\n%lld\n%s", cfg->openai_base_url, cfg->model,
					(long long)output_limit(w), json_text(w->a, w->agent->schema_source));
	size_t n = strlen(head), at = n;

	for (size_t i = 0; i < c->count; i++)
		n += c->messages[i].len + 1;
	char *all = arena_alloc(w->a, n);
	memcpy(all, head, at);
	for (size_t i = 0; i < c->count; i++) {
		memcpy(all + at + 1, c->messages[i].text, c->messages[i].len);
		at += c->messages[i].len + 1;
	}
	sha256(all, n, c->hash);
}

/* The same call made again by whoever comes after a crash bears the same key. */
static const char *idempotency_key(struct work *w, const struct call *c)
{
	const char *text = arena_printf(w->a, "%s %lld %s %lld %lld", hex_encode(w->a, c->hash, SHA256_LEN),
					(long long)w->lease.run, w->lease.node, (long long)w->lease.revision,
					(long long)w->lease.attempt);

	return sha256_hex(w->a, text, strlen(text));
}

static bool build(struct work *w, struct call *c, struct err *e)
{
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
	return provider_openai.build(w->a, &at, &request, &c->request, e);
}

/* ---- what an answer leads to ---- */

static void refuse(struct work *w)
{
	struct call *c = w->call;
	struct err e = { 0 };
	size_t asked = c->count;

	if (drive_away(w, refuse))
		return;
	if (!call_refuse(w->r->db, c->id, c->problem, &e) && life_transient(&e)) {
		drive_blocked(w, refuse);
		return;
	}
	if (asked + 2 > MESSAGES) {
		settle_retry(
			w, 0, true,
			"The model's answer could not be used, and asking it %d times to mend it did not "
			"help. What was wrong in the end:\n%s",
			REPAIRS, c->problem);
		return;
	}
	const char *repair = prompt_repair(w->a, c->problem);
	say(c, LLM_ASSISTANT, c->text.s, c->text.len);
	say(c, LLM_USER, repair, strlen(repair));
	begin(w);
}

static void judge(struct work *w, struct str text)
{
	struct call *c = w->call;
	struct err e = { 0 };
	struct json_object *json = llm_extract(w->a, text.s, text.len, NULL, &e);

	c->text = text;
	c->problem = json ? drive_output(w, json) : arena_strdup(w->a, e.msg);
	if (c->problem)
		refuse(w);
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

static void decide(struct work *w)
{
	const struct llm_result *res = &w->call->result;
	const struct llm_policy *p = llm_policy(res->class);

	if (another_form(w)) {
		begin(w);
		return;
	}
	switch (p->then) {
	case LLM_THEN_ACCEPT:
		judge(w, (struct str){ res->text, res->text_len });
		return;
	case LLM_THEN_REPAIR:
		w->call->text = (struct str){ res->text, res->text_len };
		w->call->problem = arena_strdup(w->a, res->message);
		refuse(w);
		return;
	case LLM_THEN_RETRY: {
		int64_t ms = llm_retry_delay(res->class, (int)w->lease.attempt, res->retry_after_ms,
					     random_unit());
		double wait = (double)(ms > 0 ? ms : 0) / 1000;
		/* What uses up no attempt must not come round too fast. */
		if (!p->counts && wait < BUSY_S && res->retry_after_ms < 0)
			wait = BUSY_S * (0.5 + random_unit());
		settle_retry(w, wait, p->counts, "%s (%s)", res->message, p->name);
		return;
	}
	case LLM_THEN_ASK:
		settle_park(w, "failure", NULL, "%s %s", p->sentence, res->message);
		return;
	case LLM_THEN_STOP:
		settle_retry(w, 0, false, "The call was ended.");
		return;
	}
}

/* ---- the call itself ---- */

static void record(struct work *w)
{
	struct call *c = w->call;
	const struct config *cfg = w->r->config;
	const struct llm_result *res = &c->result;
	const struct llm_policy *p = llm_policy(res->class);
	struct price price = { cfg->price_input, cfg->price_output };
	struct err e = { 0 };
	struct call_outcome o = {
		.answered = res->class == LLM_OK,
		.response = { res->text_len ? res->text : NULL, res->text_len },
		.error = res->class == LLM_OK ? NULL : arena_printf(w->a, "%s: %s", p->name, res->message),
		.http_status = res->status,
		.input = res->usage.known ? res->usage.input : -1,
		.output = res->usage.known ? res->usage.output : -1,
	};

	if (res->usage.known)
		o.cost_usd = price_usd(w->a, price_actual(price, res->usage.input, res->usage.output));
	else if (!p->paid)
		o.cost_usd = "0";
	/* One that nobody waits for is booked if that is possible now, else by the rescue. */
	if (!w->dropped && drive_away(w, record))
		return;
	if (!call_end(w->r->db, c->id, &o, &e) && !w->dropped) {
		if (life_transient(&e))
			drive_blocked(w, record);
		else
			settle_park(w, "failure", NULL, "The model's answer cannot be stored: %s", e.msg);
		return;
	}
	if (w->dropped) {
		w->settle = SETTLE_DROP;
		commit_add(w);
		return;
	}
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

	return llm_answer_feed(w->call->answer, data, n);
}

static void on_done(void *ctx, const struct net_answer *a)
{
	struct work *w = ctx;
	struct call *c = w->call;

	llm_answer_finish(c->answer, a->fault, a->message, w->a, &c->result);
	llm_answer_free(c->answer);
	c->answer = NULL;
	c->net = NULL;
	w->in_flight = false;
	drive_step(w, record);
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
	record(w);
}

/* "0.012000000" for people: "0.012". */
static const char *dollars(struct arena *a, const char *usd)
{
	size_t n = strlen(usd), point = strcspn(usd, ".");

	while (n > point + 3 && usd[n - 1] == '0')
		n--;
	return arena_strndup(a, usd, n);
}

static void begin(struct work *w)
{
	struct call *c = w->call;
	const struct config *cfg = w->r->config;
	struct price price = { cfg->price_input, cfg->price_output };
	enum call_verdict verdict;
	const char *need;
	struct str stored;
	struct err e = { 0 };

	if (drive_away(w, begin))
		return;
	if (!build(w, c, &e)) {
		settle_park(w, "failure", NULL, "The request to the model cannot be made: %s", e.msg);
		return;
	}
	const char *worst = price_usd(w->a, price_worst_case(price, c->request.body_len, output_limit(w)));
	bool ok = call_stored(w->r->db, w->a, &w->lease, c->hash, &c->id, &stored, &e);
	if (ok && stored.s) {
		log_info("stage %s of run %lld: a stored answer is used", w->lease.node,
			 (long long)w->lease.run);
		judge(w, stored);
		return;
	}
	ok = ok && call_begin(w->r->db, w->a, w->r->id, &w->lease, w->r->provider, w->r->model, c->hash, worst,
			      &verdict, &c->id, &need, &e);
	if (!ok && life_transient(&e))
		drive_blocked(w, begin);
	else if (!ok)
		settle_park(w, "failure", NULL, "The call cannot be recorded, so it is not made: %s", e.msg);
	else if (verdict == CALL_GO)
		launch(w);
	else if (verdict == CALL_OVER)
		settle_park(
			w, "budget", need,
			"The next call of %s may cost up to $%s. That is $%s more than the spend cap leaves. "
			"Approve to raise the cap by this, rounded up to the next cent, or reject to end "
			"the run.",
			w->agent->title, dollars(w->a, worst), dollars(w->a, need));
	else
		settle_park(w, "price", NULL,
			    "What a call of %s costs is not known, and there is a spend cap. Approve to let "
			    "this run make "
			    "calls of unknown price, or set the model's prices in the configuration first.",
			    w->r->model);
}

void call_start(struct work *w)
{
	struct call *c = arena_alloc(w->a, sizeof(*c));
	struct str system, user;
	struct err e = { 0 };

	w->call = c;
	if (!prompt_make(w->a, w->agent->templates, w->agent->name, w->in.json, &system, &user, &e)) {
		settle_park(w, "failure", NULL, "The prompt of %s cannot be made: %s", w->agent->title,
			    e.msg);
		return;
	}
	say(c, LLM_SYSTEM, system.s, system.len);
	say(c, LLM_USER, user.s, user.len);
	begin(w);
}

void call_abort(struct work *w)
{
	net_call_cancel(w->call->net);
}

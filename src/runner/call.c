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
#include "runner/call.h"
#include "runner/runner.h"

enum { BUSY_S = 5 };

static void prepare(struct work *w);

static void say(struct call *c, enum llm_role role, const char *text, size_t len)
{
	c->messages[c->count++] = (struct llm_message){ role, text, len };
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

	/* Once an output is taken there is no call any more. */
	const char *problem = json ? judge(w, json) : arena_strdup(w->a, e.msg);
	if (!problem)
		return true;
	c->text = text;
	c->problem = problem;
	return false;
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
	live_ended(w->r, c);
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
	c->shown = 0;
	if (c->net) {
		w->in_flight = true;
		live_begin(w->r);
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

	if (!request_make(w, c, &e)) {
		settle_park(w, "failure", "The request to the model cannot be made: %s", e.msg);
		return;
	}
	c->worst = price_usd(w->a, price_worst_case(price, c->request.body_len, request_output_limit(w)));
	work_queue(w, &w->r->asks);
}

void call_prepare(struct work *w)
{
	struct str system, user;
	struct err e = { 0 };

	w->call_arena = arena_new(0);
	struct call *c = w->call = arena_alloc(w->call_arena, sizeof(*c));
	if (!prompt_make(w->in_arena, w->agent->templates, w->agent->name, w->in.json, &system, &user, &e)) {
		settle_park(w, "failure", "The prompt of %s cannot be made: %s", w->agent->title, e.msg);
		return;
	}
	say(c, LLM_SYSTEM, arena_strndup(w->call_arena, system.s, system.len), system.len);
	say(c, LLM_USER, arena_strndup(w->call_arena, user.s, user.len), user.len);
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

void call_forget(struct work *w)
{
	arena_free(w->call_arena);
	w->call_arena = NULL;
	w->call = NULL;
}

void call_abort(struct work *w)
{
	net_call_cancel(w->call->net);
}

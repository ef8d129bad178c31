/* SPDX-License-Identifier: MIT */
/* Many requests on one loop, and what ends them early. */
#include "../unit.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "net/http_client.h"
#include "stub_model.h"

#define MANY 300

static struct stub_model stub;

struct fixture {
	uv_loop_t loop;
	struct http_client *client;
	int open; /* calls begun and not done */
	bool closed;
};

struct call {
	struct fixture *f;
	struct net_call *net;
	int heads, chunks, dones, status;
	int64_t bytes;
	enum net_fault fault;
	char message[256], type[64];
	size_t body_len;
	bool stop_at_chunk, cancel_at_head, again_at_done;
	const struct net_request *request;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e = { 0 };

	uv_loop_init(&f->loop);
	f->client = http_client_new(&f->loop, &e);
	*state = f;
	return f->client ? 0 : -1;
}

static void on_closed(void *ctx)
{
	((struct fixture *)ctx)->closed = true;
}

/* The loop must come to its end by itself, with nothing left open. */
static int drop(void **state)
{
	struct fixture *f = *state;
	int rc;

	if (!f->closed)
		http_client_close(f->client, on_closed, f);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	rc = f->closed ? uv_loop_close(&f->loop) : -1;
	free(f);
	return rc;
}

static void on_head(void *ctx, const struct net_answer *a)
{
	struct call *c = ctx;
	const char *type = net_answer_header(a, "CONTENT-TYPE");

	c->heads++;
	c->status = a->status;
	snprintf(c->type, sizeof(c->type), "%s", type ? type : "");
	assert_null(net_answer_header(a, "no-such-header"));
	if (c->cancel_at_head)
		net_call_cancel(c->net);
}

static bool on_chunk(void *ctx, const struct net_answer *a, const char *data, size_t n)
{
	struct call *c = ctx;

	assert_int_equal(c->heads, 1);
	c->chunks++;
	c->bytes += (int64_t)n;
	assert_int_equal(a->bytes, c->bytes);
	return !c->stop_at_chunk;
}

static void on_done(void *ctx, const struct net_answer *a)
{
	struct call *c = ctx;
	struct net_handlers h = { NULL, NULL, on_done, c };
	struct err e = { 0 };

	c->dones++;
	c->f->open--;
	c->fault = a->fault;
	c->status = a->status;
	c->body_len = a->body_len;
	snprintf(c->message, sizeof(c->message), "%s", a->message);
	if (c->again_at_done) {
		c->again_at_done = false;
		assert_non_null(http_client_start(c->f->client, c->request, &h, &e));
		c->f->open++;
	}
}

static struct net_request post(struct arena *a)
{
	static const char body[] = "{\"model\":\"m\",\"messages\":[]}";

	return (struct net_request){
		.method = NET_POST, .url = arena_printf(a, "%s/chat/completions", stub.base_url),
		.body = body, .body_len = sizeof(body) - 1,
		.limits = { .connect_ms = 2000, .idle_ms = 5000, .total_ms = 20000, .body_max = 1 << 20 },
	};
}

static void start(struct fixture *f, struct call *c, const struct net_request *r, bool stream)
{
	struct net_handlers h = { on_head, stream ? on_chunk : NULL, on_done, c };
	struct err e = { 0 };

	c->f = f;
	c->request = r;
	c->net = http_client_start(f->client, r, &h, &e);
	if (!c->net)
		fail_msg("%s", e.msg);
	assert_int_equal(c->dones, 0);
	f->open++;
}

static void run(struct fixture *f)
{
	while (f->open > 0)
		uv_run(&f->loop, UV_RUN_ONCE);
}

static struct call once(struct fixture *f, const struct net_request *r, bool stream)
{
	struct call c = { 0 };

	start(f, &c, r, stream);
	run(f);
	assert_int_equal(c.dones, 1);
	return c;
}

static void a_body_is_collected_or_handed_over(void **state)
{
	struct arena *a = arena_new(0);
	struct net_request r = post(a);
	struct call c;

	stub_model_script(&stub, "[]");
	c = once(*state, &r, false);
	assert_int_equal(c.fault, NET_OK);
	assert_int_equal(c.status, 200);
	assert_string_equal(c.type, "application/json");
	assert_true(c.body_len > 50);
	assert_true(once(*state, &r, true).bytes == (int64_t)c.body_len);
	assert_int_equal(stub_model_count(&stub), 2);
	arena_free(a);
}

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void three_hundred_are_in_flight_with_bounded_memory(void **state)
{
	struct arena *a = arena_new(0);
	struct net_request r = post(a);
	struct call *calls = calloc(MANY, sizeof(*calls));
	long before = peak_kib(), grown;
	int64_t began = clock_mono_ms();

	/* Each answer waits a second: one after the other they would take five minutes. */
	stub_model_script(&stub, "[{\"delay\":1,\"times\":0}]");
	for (int i = 0; i < MANY; i++)
		start(*state, &calls[i], &r, i % 2);
	run(*state);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(calls[i].dones, 1);
		if (calls[i].fault != NET_OK)
			fail_msg("call %d: %s", i, calls[i].message);
	}
	assert_true(clock_mono_ms() - began < 15000);
	assert_int_equal(stub_model_count(&stub), MANY);
	grown = peak_kib() - before;
	print_message("# %d in flight: %ld KiB a call\n", MANY, grown / MANY);
#if !defined(__SANITIZE_ADDRESS__)
	if (!getenv("LD_PRELOAD"))
		assert_true(grown / MANY < 40);
#endif
	free(calls);
	arena_free(a);
}

static void memory_stays_bounded_when_the_answer_is_huge(void **state)
{
	struct arena *a = arena_new(0);
	struct net_request r = post(a);
	long before = peak_kib();
	struct call c;

	stub_model_script(&stub, "[{\"kind\":\"huge\",\"times\":2}]");
	c = once(*state, &r, false);
	assert_int_equal(c.fault, NET_TOO_LARGE);
	c = once(*state, &r, true);
	assert_int_equal(c.fault, NET_TOO_LARGE);
	assert_true(peak_kib() - before < 16 << 10);
	/* Without a length in the head it ends at the limit, too. */
	stub_model_script(&stub, "[{\"pieces\":[\"OWN\"],\"text\":\"x\",\"times\":1}]");
	r.body = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";
	r.body_len = strlen(r.body);
	r.limits.body_max = 100;
	assert_int_equal(once(*state, &r, true).fault, NET_TOO_LARGE);
	arena_free(a);
}

static void a_call_can_be_cancelled_at_any_moment(void **state)
{
	struct fixture *f = *state;
	struct arena *a = arena_new(0);
	struct net_request r = post(a);
	struct call before = { 0 }, waiting = { 0 }, at_head = { .cancel_at_head = true },
		    at_chunk = { .stop_at_chunk = true };
	int64_t began = clock_mono_ms();

	stub_model_script(&stub, "[{\"kind\":\"stall_before_head\"}]");
	start(f, &waiting, &r, false);
	while (stub_model_count(&stub) < 1)
		uv_run(&f->loop, UV_RUN_NOWAIT);
	net_call_cancel(waiting.net);
	net_call_cancel(waiting.net);
	assert_int_equal(waiting.dones, 0);
	start(f, &before, &r, false);
	net_call_cancel(before.net);
	run(f);
	assert_int_equal(waiting.fault, NET_CANCELLED);
	assert_int_equal(before.fault, NET_CANCELLED);
	assert_int_equal(waiting.dones + before.dones, 2);

	stub_model_script(&stub, "[{\"kind\":\"slow\",\"times\":2}]");
	start(f, &at_head, &r, true);
	start(f, &at_chunk, &r, true);
	run(f);
	assert_int_equal(at_head.fault, NET_CANCELLED);
	assert_int_equal(at_chunk.fault, NET_CANCELLED);
	assert_int_equal(at_head.dones + at_chunk.dones, 2);
	assert_true(clock_mono_ms() - began < 10000);
	arena_free(a);
}

static void a_new_request_may_start_where_one_ends(void **state)
{
	struct arena *a = arena_new(0);
	struct net_request r = post(a);
	struct call c = { .again_at_done = true };

	stub_model_script(&stub, "[]");
	start(*state, &c, &r, false);
	run(*state);
	assert_int_equal(c.dones, 2);
	assert_int_equal(stub_model_count(&stub), 2);
	arena_free(a);
}

static void closing_ends_what_is_in_flight(void **state)
{
	struct fixture *f = *state;
	struct arena *a = arena_new(0);
	struct net_request r = post(a);
	struct call c[3] = { 0 };
	struct net_handlers h = { NULL, NULL, on_done, NULL };
	struct err e = { 0 };

	stub_model_script(&stub, "[{\"kind\":\"stall_in_body\",\"times\":3}]");
	for (int i = 0; i < 3; i++)
		start(f, &c[i], &r, false);
	for (int i = 0; i < 20; i++)
		uv_run(&f->loop, UV_RUN_NOWAIT);
	http_client_close(f->client, on_closed, f);
	assert_null(http_client_start(f->client, &r, &h, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
	uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_true(f->closed);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(c[i].dones, 1);
		assert_int_equal(c[i].fault, NET_CANCELLED);
	}
	arena_free(a);
}

static void silence_and_slowness_each_have_a_limit(void **state)
{
	struct arena *a = arena_new(0);
	struct net_request r = post(a);
	struct call c;
	int64_t began;

	r.limits.idle_ms = 300;
	stub_model_script(&stub, "[{\"kind\":\"stall_in_body\"}]");
	c = once(*state, &r, true);
	assert_int_equal(c.fault, NET_TIMEOUT);
	assert_non_null(strstr(c.message, "silent"));
	assert_true(c.bytes > 0);
	/* A byte each 50 ms is no silence; the total limit ends it. */
	r.limits.total_ms = 1000;
	began = clock_mono_ms();
	stub_model_script(&stub, "[{\"kind\":\"slow\"}]");
	c = once(*state, &r, true);
	assert_int_equal(c.fault, NET_TIMEOUT);
	assert_true(clock_mono_ms() - began >= 900);
	arena_free(a);
}

static void nobody_listening_is_a_connection_error_that_names_the_host(void **state)
{
	struct net_request r = { .url = "http://127.0.0.1:1/x?secret=hunter2",
		.limits = { .connect_ms = 500 } };
	struct call c = once(*state, &r, false);

	assert_int_equal(c.fault, NET_CONNECTION);
	assert_int_equal(c.heads, 0);
	assert_non_null(strstr(c.message, "127.0.0.1:1"));
	assert_null(strstr(c.message, "hunter2"));
	r.url = "http://no-such-host.invalid/";
	assert_int_equal(once(*state, &r, false).fault, NET_CONNECTION);
}

static void redirects_are_answers_and_are_not_followed(void **state)
{
	struct arena *a = arena_new(0);
	struct net_request r = post(a);

	stub_model_script(&stub, "[{\"kind\":\"redirect\"}]");
	assert_int_equal(once(*state, &r, false).status, 302);
	assert_int_equal(stub_model_count(&stub), 1);
	arena_free(a);
}

static void proxy_variables_are_ignored(void **state)
{
	struct arena *a = arena_new(0);
	struct net_request r = post(a);

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	stub_model_script(&stub, "[]");
	assert_int_equal(once(*state, &r, false).status, 200);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	arena_free(a);
}

static void bad_requests_are_refused_before_anything_is_sent(void **state)
{
	static const struct net_header split[] = { { "X-A", "b\r\nX-C: d", true } },
				       name[] = { { "X A", "b", false } };
	static const char *const urls[] = { "file:///etc/passwd", "ftp://127.0.0.1/", "nonsense", "",
					    "http://user:pw@127.0.0.1/", "http://127.0.0.1/\r\nX: y",
					    "gopher://x/" };
	struct fixture *f = *state;
	struct net_handlers h = { NULL, NULL, on_done, NULL };
	struct net_request r = { 0 };
	struct err e = { 0 };

	for (size_t i = 0; i < COUNT(urls); i++) {
		r.url = urls[i];
		assert_null(http_client_start(f->client, &r, &h, &e));
		assert_int_equal(e.class, ERR_INVALID);
	}
	r = (struct net_request){ .url = "http://127.0.0.1:1/", .headers = split, .header_count = 1 };
	assert_null(http_client_start(f->client, &r, &h, &e));
	assert_null(strstr(e.msg, "X-C"));
	r.headers = name;
	assert_null(http_client_start(f->client, &r, &h, &e));
	/* Nothing was left for the loop to do. */
	assert_int_equal(uv_run(&f->loop, UV_RUN_NOWAIT), 0);
}

static void tls_is_verified(void **state)
{
	struct arena *a = arena_new(0);
	char dir[] = "/tmp/botarmy-tls-XXXXXX";
	struct net_request r = post(a);
	struct stub_model tls;
	struct call c;
	char *cert, *key;

	assert_non_null(mkdtemp(dir));
	cert = arena_printf(a, "%s/cert.pem", dir);
	key = arena_printf(a, "%s/key.pem", dir);
	if (system(arena_printf(a, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
				   "-nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
				   "-keyout %s -out %s 2>/dev/null", key, cert)) != 0)
		fail_msg("openssl made no certificate");
	stub_model_start(&tls, (const char *const[]){ "--tls", cert, key, NULL });
	r.url = arena_printf(a, "https://127.0.0.1:%d/v1/chat/completions", tls.port);
	c = once(*state, &r, false);
	assert_int_equal(c.fault, NET_TLS);
	r.ca_file = cert;
	c = once(*state, &r, false);
	if (c.fault != NET_OK)
		fail_msg("%s", c.message);
	assert_int_equal(c.status, 200);
	r.url = arena_printf(a, "https://localhost:%d/v1/chat/completions", tls.port);
	assert_int_equal(once(*state, &r, false).fault, NET_TLS); /* the name is another */
	stub_model_stop(&tls);
	unlink(cert);
	unlink(key);
	rmdir(dir);
	arena_free(a);
}

static int begin(void **state)
{
	stub_model_start(&stub, NULL);
	return 0;
}

static int end(void **state)
{
	stub_model_stop(&stub);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_hundred_are_in_flight_with_bounded_memory),
		TEST(a_body_is_collected_or_handed_over),
		TEST(memory_stays_bounded_when_the_answer_is_huge),
		TEST(a_call_can_be_cancelled_at_any_moment),
		TEST(a_new_request_may_start_where_one_ends),
		TEST(closing_ends_what_is_in_flight),
		TEST(silence_and_slowness_each_have_a_limit),
		TEST(nobody_listening_is_a_connection_error_that_names_the_host),
		TEST(redirects_are_answers_and_are_not_followed),
		TEST(proxy_variables_are_ignored),
		TEST(bad_requests_are_refused_before_anything_is_sent),
		TEST(tls_is_verified),
	};

	return cmocka_run_group_tests(tests, begin, end);
}

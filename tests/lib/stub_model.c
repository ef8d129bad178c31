/* SPDX-License-Identifier: MIT */
/* The stub lives as long as the write end of its standard input, so no crash leaves it behind. */
#include "stub_model.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "net/http_sync.h"

static _Noreturn void give_up(const char *why)
{
	fprintf(stderr, "stub model server: %s\n", why);
	abort();
}

static _Noreturn void become_stub(int in, int out, const char *const *arguments)
{
	const char *argv[16] = { "python3" };
	char path[1024];
	int n = 2;

	snprintf(path, sizeof(path), "%s/tests/lib/stub_model_server", getenv("top_srcdir"));
	argv[1] = path;
	while (arguments && *arguments && n < 15)
		argv[n++] = *arguments++;
	dup2(in, 0);
	dup2(out, 1);
	execvp("python3", (char *const *)argv);
	_exit(127);
}

void stub_model_start(struct stub_model *s, const char *const *arguments)
{
	int in[2], out[2];
	char line[16] = "";

	signal(SIGPIPE, SIG_IGN);
	if (!getenv("top_srcdir"))
		give_up("top_srcdir is not set");
	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		give_up("no pipe");
	s->pid = fork();
	if (s->pid < 0)
		give_up("no fork");
	if (s->pid == 0)
		become_stub(in[0], out[1], arguments);
	close(in[0]);
	close(out[1]);
	s->in = in[1];
	for (size_t at = 0; at < sizeof(line) - 1 && !strchr(line, '\n'); at++)
		if (read(out[0], line + at, 1) != 1)
			give_up("it did not start");
	close(out[0]);
	s->port = atoi(line);
	snprintf(s->base_url, sizeof(s->base_url), "http://127.0.0.1:%d/v1", s->port);
}

void stub_model_stop(struct stub_model *s)
{
	close(s->in);
	waitpid(s->pid, NULL, 0);
}

static struct json_object *control(struct stub_model *s, struct arena *a, enum net_method method,
				   const char *what, const char *body)
{
	struct net_header type = { "Content-Type", "application/json", false };
	struct net_request r = { .method = method, .headers = &type, .header_count = 1, .body = body,
				 .body_len = body ? strlen(body) : 0 };
	struct net_result result;
	struct err e = { 0 };

	r.limits = (struct net_limits){ .body_max = 256u << 20 };
	r.url = arena_printf(a, "http://127.0.0.1:%d/control/%s", s->port, what);
	if (!net_send(a, &r, &result, &e) || result.status != 200)
		give_up(*e.msg ? e.msg : result.body.s);
	return json_parse(a, result.body.s, result.body.len, NULL);
}

void stub_model_script(struct stub_model *s, const char *behaviours)
{
	struct arena *a = arena_new(0);

	control(s, a, NET_POST, "reset", "{}");
	control(s, a, NET_POST, "script", behaviours);
	arena_free(a);
}

struct json_object *stub_model_requests(struct stub_model *s, struct arena *a)
{
	return control(s, a, NET_GET, "requests", NULL);
}

int stub_model_count(struct stub_model *s)
{
	struct arena *a = arena_new(0);
	int n = (int)json_get_int(stub_model_requests(s, a), "count", -1);

	arena_free(a);
	return n;
}

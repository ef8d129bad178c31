/* SPDX-License-Identifier: MIT */
#include "sandbox/report.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "sandbox/box.h"

/* All logs together: escaped for JSON they may double, and a report stays below its limit. */
#define LOGS_MAX ((size_t)3 << 20)

static const char *text_at(struct json_object *list, size_t i)
{
	return json_object_get_string(json_object_array_get_idx(list, i));
}

static bool is_row(struct json_object *row, size_t length)
{
	if (!json_object_is_type(row, json_type_array) || json_object_array_length(row) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!json_object_is_type(json_object_array_get_idx(row, i), json_type_string))
			return false;
	return true;
}

bool suite_read(struct arena *a, struct suite *s, const char *json, size_t n, struct err *e)
{
	struct json_object *doc = json_parse(a, json, n, e), *tests, *wrong;
	size_t runnable, bad;

	if (!doc)
		return err_prefix(e, "the list of tests cannot be read");
	tests = json_get_array(doc, "tests");
	wrong = json_get_array(doc, "wrong");
	if (!tests || !wrong)
		return err_set(e, ERR_INTERNAL, "the list of tests is not one");
	runnable = json_object_array_length(tests);
	bad = json_object_array_length(wrong);
	if (runnable + bad > SANDBOX_TESTS) {
		s->problem = arena_printf(a, "the suite has %zu tests; at most %d are run",
					  runnable + bad, SANDBOX_TESTS);
		bad = bad < SANDBOX_TESTS ? bad : SANDBOX_TESTS;
		runnable = SANDBOX_TESTS - bad;
	}
	s->tests = arena_array(a, runnable + bad, sizeof(*s->tests));
	for (size_t i = 0; i < runnable; i++) {
		struct json_object *row = json_object_array_get_idx(tests, i);
		struct suite_test *t = &s->tests[s->count];
		if (!is_row(row, 3))
			return err_set(e, ERR_INTERNAL, "the list of tests has a row that is none");
		for (size_t k = 0; k < 3; k++)
			t->argv[k] = text_at(row, k);
		t->name = arena_printf(a, "%s.%s.%s", t->argv[0], t->argv[1], t->argv[2]);
		s->count++;
	}
	for (size_t i = 0; i < bad; i++) {
		struct json_object *row = json_object_array_get_idx(wrong, i);
		if (!is_row(row, 2))
			return err_set(e, ERR_INTERNAL, "the list of tests has a row that is none");
		s->tests[s->count++] = (struct suite_test){
			.name = text_at(row, 0), .outcome = "error", .log = text_at(row, 1),
		};
	}
	return true;
}

/* The outcome that the harness proved, or NULL. */
static const char *proved(const struct box *b)
{
	static const char *const outcomes[] = { "passed", "failed", "error", "skipped", "missing" };
	const char *said = buf_str(&b->result);
	size_t n = b->result.len;

	if (!buf_ok(&b->result) || n < BOX_PROOF_CHARS + 2 || said[n - 1] != '\n' ||
	    memcmp(said, b->proof, BOX_PROOF_CHARS) != 0 || said[BOX_PROOF_CHARS] != ' ')
		return NULL;
	said += BOX_PROOF_CHARS + 1;
	n -= BOX_PROOF_CHARS + 2;
	for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++)
		if (strlen(outcomes[i]) == n && memcmp(outcomes[i], said, n) == 0)
			return (b->status == 0) == (i == 0) && b->status <= 1 ? outcomes[i] : NULL;
	return NULL;
}

static void keep_log(struct arena *a, struct suite *s, struct suite_test *t, const struct box *b,
		     const char *note)
{
	struct buf text;

	buf_init(&text, LOGS_MAX);
	sandbox_log_text(&b->log, &text);
	if (!buf_ok(&text) || text.len > LOGS_MAX - s->log_bytes) {
		buf_clear(&text);
		buf_adds(&text, "[not kept: the logs of this suite are too long together]");
	}
	if (note)
		buf_addf(&text, "%s[%s]\n", text.len ? "\n" : "", note);
	s->log_bytes += text.len < LOGS_MAX - s->log_bytes ? text.len : LOGS_MAX - s->log_bytes;
	t->log = arena_strndup(a, buf_str(&text), text.len);
	buf_release(&text);
}

void suite_judge(struct arena *a, struct suite *s, struct suite_test *t, const struct box *b)
{
	const char *note = NULL;

	t->seconds = b->seconds;
	switch (b->end) {
	case BOX_TIMEOUT:
		t->outcome = "timeout";
		note = arena_printf(a, "ended after %.1f seconds: over its time", b->seconds);
		break;
	case BOX_MEMORY:
		t->outcome = "error";
		note = arena_printf(a, "ended: its processes had over %" PRId64 " MB of memory together",
				    b->memory_bytes >> 20);
		break;
	case BOX_EXITED:
		t->outcome = proved(b);
		if (!t->outcome) {
			t->outcome = "error";
			note = arena_printf(a, "the test's process ended without a verdict: exit status %d",
					    b->status);
		}
		break;
	case BOX_RUNNING:
		t->outcome = "error";
		break;
	}
	keep_log(a, s, t, b, note);
}

static void write_text(struct buf *out, const char *s)
{
	if (s)
		json_write_str(out, s, strlen(s));
	else
		buf_adds(out, "null");
}

void suite_write(const struct suite *s, struct buf *out)
{
	size_t passed = 0;

	for (size_t i = 0; i < s->count; i++)
		passed += strcmp(s->tests[i].outcome, "passed") == 0;
	buf_adds(out, "{\"executed\":true,\"sandbox\":");
	write_text(out, s->sandbox);
	buf_adds(out, ",\"files_sha256\":");
	write_text(out, s->files_sha256);
	buf_addf(out, ",\"started_ms\":%" PRId64 ",\"seconds\":%.3f", s->started_ms, s->seconds);
	buf_addf(out, ",\"total\":%zu,\"passed\":%zu,\"failed\":%zu", s->count, passed, s->count - passed);
	buf_adds(out, ",\"tests\":[");
	for (size_t i = 0; i < s->count; i++) {
		const struct suite_test *t = &s->tests[i];
		buf_adds(out, i ? ",{\"name\":" : "{\"name\":");
		write_text(out, t->name);
		buf_adds(out, ",\"outcome\":");
		write_text(out, t->outcome);
		buf_addf(out, ",\"seconds\":%.3f,\"log\":", t->seconds);
		write_text(out, t->log ? t->log : "");
		buf_addc(out, '}');
	}
	buf_adds(out, "],\"problem\":");
	write_text(out, s->problem);
	buf_adds(out, "}\n");
}

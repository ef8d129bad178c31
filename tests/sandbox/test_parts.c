/* SPDX-License-Identifier: MIT */
/* The parts of the sandbox that start nothing: what is kept of output, packing, verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "sandbox/box.h"
#include "sandbox/job.h"
#include "sandbox/report.h"

static void check_log(size_t max, const char *given, size_t n, const char *expected)
{
	struct sandbox_log whole, bytewise;
	struct buf one, two;

	sandbox_log_init(&whole, max);
	sandbox_log_init(&bytewise, max);
	buf_init(&one, 1 << 20);
	buf_init(&two, 1 << 20);
	sandbox_log_add(&whole, given, n);
	for (size_t i = 0; i < n; i++)
		sandbox_log_add(&bytewise, given + i, 1);
	sandbox_log_text(&whole, &one);
	sandbox_log_text(&bytewise, &two);
	assert_string_equal(buf_str(&one), expected);
	assert_string_equal(buf_str(&two), expected);
	assert_int_equal(utf8_invalid(buf_str(&one), one.len), -1);
	buf_release(&one);
	buf_release(&two);
	sandbox_log_release(&whole);
	sandbox_log_release(&bytewise);
}

static void log_keeps_head_and_tail(void **state)
{
	check_log(8, "", 0, "");
	check_log(8, "12345678", 8, "12345678");
	check_log(8, "123456789", 9, "123456\n[1 bytes left out]\n89");
	check_log(8, "123456abcdefg89", 15, "123456\n[7 bytes left out]\n89");
	check_log(4, "\xe2\x82\xac\xe2\x82\xac", 6, "\xe2\x82\xac\n[2 bytes left out]\n\xef\xbf\xbd");
}

static void log_is_text(void **state)
{
	check_log(64, "a\0b\x1b[1m\r\n\tc\x7f", 12, "a\xef\xbf\xbd" "b\xef\xbf\xbd[1m\xef\xbf\xbd\n\tc\xef\xbf\xbd");
	check_log(64, "\xff\xc0\x80ok", 5, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdok");
}

static void packed_files_come_out_the_same(void **state)
{
	static const struct file_item files[] = { { "a", "x\0y", 3 }, { "b/c", NULL, 0 } };
	struct sandbox_limits limits = { 1, 2, 3, 4, 5 }, l;
	struct arena *a = arena_new(0);
	struct file_item *out;
	struct err e = { 0 };
	size_t count;
	int fd = job_pack(files, 2, &limits, &e);

	assert_true(fd >= 0);
	assert_true(job_unpack(a, fd, &out, &count, &l, &e));
	assert_int_equal(count, 2);
	assert_string_equal(out[0].path, "a");
	assert_int_equal(out[0].len, 3);
	assert_memory_equal(out[0].data, "x\0y", 3);
	assert_string_equal(out[1].path, "b/c");
	assert_int_equal(out[1].len, 0);
	assert_memory_equal(&l, &limits, sizeof(l));
	/* Nobody can change it on the way. */
	assert_int_equal(write(fd, "z", 1), -1);
	assert_int_equal(ftruncate(fd, 1), -1);
	close(fd);
	arena_free(a);
}

static void what_arrives_cut_or_wrong_is_refused(void **state)
{
	static const struct file_item files[] = { { "some/path", "some data", 9 }, { "other", "more", 4 } };
	struct sandbox_limits limits = { 1, 2, 3, 4, 5 }, l;
	struct arena *a = arena_new(0);
	struct file_item *out;
	struct err e = { 0 };
	uint8_t bytes[512];
	size_t count;
	int fd = job_pack(files, 2, &limits, &e);
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);

	assert_true(n > 0 && (size_t)n < sizeof(bytes));
	close(fd);
	for (ssize_t cut = 0; cut < n; cut++) {
		fd = memfd_create("cut", MFD_CLOEXEC);
		assert_int_equal(write(fd, bytes, (size_t)cut), cut);
		assert_false(job_unpack(a, fd, &out, &count, &l, &e));
		close(fd);
	}
	/* Any byte may be wrong: it must be refused or read within its bounds. */
	for (ssize_t i = 0; i < n; i++) {
		uint8_t was = bytes[i];
		bytes[i] = 0xff;
		fd = memfd_create("wrong", MFD_CLOEXEC);
		assert_int_equal(write(fd, bytes, (size_t)n), n);
		if (job_unpack(a, fd, &out, &count, &l, &e))
			for (size_t k = 0; k < count; k++)
				assert_true(strlen(out[k].path) + out[k].len <= (size_t)n);
		close(fd);
		bytes[i] = was;
	}
	arena_free(a);
}

static const char *verdict(struct arena *a, const char *said, size_t n, int status)
{
	struct suite s = { .count = 0 };
	struct suite_test t = { .name = "t" };
	struct box b = { .end = BOX_EXITED, .status = status, .seconds = 1 };

	random_uuid(b.proof);
	sandbox_log_init(&b.log, 1024);
	buf_init(&b.result, 256);
	if (strncmp(said, "PROOF", 5) == 0) {
		buf_adds(&b.result, b.proof);
		said += 5;
		n -= 5;
	}
	buf_add(&b.result, said, n);
	suite_judge(a, &s, &t, &b);
	buf_release(&b.result);
	sandbox_log_release(&b.log);
	return t.outcome;
}

#define VERDICT(said, status) verdict(a, said, sizeof(said) - 1, status)

static void only_proof_word_and_status_together_pass(void **state)
{
	struct arena *a = arena_new(0);

	assert_string_equal(VERDICT("PROOF passed\n", 0), "passed");
	assert_string_equal(VERDICT("PROOF failed\n", 1), "failed");
	assert_string_equal(VERDICT("PROOF skipped\n", 1), "skipped");
	assert_string_equal(VERDICT("PROOF missing\n", 1), "missing");
	assert_string_equal(VERDICT("PROOF passed\n", 1), "error");
	assert_string_equal(VERDICT("PROOF failed\n", 0), "error");
	assert_string_equal(VERDICT("PROOF failed\n", 137), "error");
	assert_string_equal(VERDICT("PROOF passed", 0), "error");
	assert_string_equal(VERDICT("PROOF passed\n\n", 0), "error");
	assert_string_equal(VERDICT("PROOF passed\nPROOF passed\n", 0), "error");
	assert_string_equal(VERDICT("PROOF \n", 0), "error");
	assert_string_equal(VERDICT("PROOF pass\n", 0), "error");
	assert_string_equal(VERDICT("PROOF passed\0\n", 0), "error");
	assert_string_equal(VERDICT("PROOF", 0), "error");
	assert_string_equal(VERDICT("", 0), "error");
	assert_string_equal(VERDICT(" passed\n", 0), "error");
	assert_string_equal(VERDICT("00000000-0000-4000-8000-000000000000 passed\n", 0), "error");
	arena_free(a);
}

static void a_list_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "[]", "{}", "{\"tests\":[]}", "{\"tests\":[],\"wrong\":{}}", "{\"tests\":[1],\"wrong\":[]}",
		"{\"tests\":[[\"a\",\"b\"]],\"wrong\":[]}", "{\"tests\":[[\"a\",\"b\",1]],\"wrong\":[]}",
		"{\"tests\":[],\"wrong\":[[\"a\"]]}", "{\"tests\":[],\"wrong\":[null]}",
	};
	struct arena *a = arena_new(0);
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct suite s = { .count = 0 };
		assert_false(suite_read(a, &s, bad[i], strlen(bad[i]), &e));
	}
	arena_free(a);
}

static void logs_together_are_bounded(void **state)
{
	struct arena *a = arena_new(0);
	struct suite s = { .sandbox = "x", .files_sha256 = "y", .count = 200 };
	struct buf report;
	struct err e = { 0 };
	struct json_object *r;

	s.tests = arena_array(a, s.count, sizeof(*s.tests));
	for (size_t i = 0; i < s.count; i++) {
		struct box b = { .end = BOX_EXITED, .status = 1 };
		sandbox_log_init(&b.log, SANDBOX_LOG_BYTES);
		buf_init(&b.result, 256);
		for (size_t k = 0; k < SANDBOX_LOG_BYTES; k++)
			sandbox_log_add(&b.log, "\"", 1);
		s.tests[i].name = "n";
		suite_judge(a, &s, &s.tests[i], &b);
		sandbox_log_release(&b.log);
		buf_release(&b.result);
	}
	buf_init(&report, SANDBOX_REPORT_BYTES);
	suite_write(&s, &report);
	assert_true(buf_ok(&report));
	r = sandbox_report(a, buf_str(&report), report.len, &e);
	assert_non_null(r);
	assert_int_equal(json_get_int(r, "failed", 0), 200);
	assert_non_null(strstr(buf_str(&report), "too long together"));
	buf_release(&report);
	arena_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_keeps_head_and_tail),
		cmocka_unit_test(log_is_text),
		cmocka_unit_test(packed_files_come_out_the_same),
		cmocka_unit_test(what_arrives_cut_or_wrong_is_refused),
		cmocka_unit_test(only_proof_word_and_status_together_pass),
		cmocka_unit_test(a_list_that_is_none_is_refused),
		cmocka_unit_test(logs_together_are_bounded),
	};

	crypt_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

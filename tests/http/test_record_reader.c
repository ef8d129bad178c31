/* SPDX-License-Identifier: MIT */
/* A FastCGI request is read whole however its bytes are split, and nothing else is taken for one. */
#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "http/record_reader.h"
#include "http/records.h"

enum { BEGIN = 1, ABORT = 2, PARAMS = 4, STDIN = 5 };

static void add(struct buf *b, int type, int request, const char *p, size_t n, int padding)
{
	unsigned char h[8] = { 1, (unsigned char)type, (unsigned char)(request >> 8), (unsigned char)request,
			       (unsigned char)(n >> 8), (unsigned char)n, (unsigned char)padding, 0 };
	buf_add(b, h, sizeof(h));
	buf_add(b, p, n);
	for (int i = 0; i < padding; i++)
		buf_addc(b, 'p');
}

static void begin(struct buf *b, int request)
{
	buf_init(b, 1 << 20);
	add(b, BEGIN, request, "\0\1\0\0\0\0\0\0", 8, 0);
}

/* A request with a short and a long value, in two records, one padded. */
static void whole(struct buf *b)
{
	char pair[1024] = "\x04\x80\x00\x03\x00LONG";
	begin(b, 7);
	add(b, PARAMS, 7, "\x05\x01SHORTx\x05\x00" "EM", 12, 5);
	add(b, PARAMS, 7, "PTY", 3, 0);
	memset(pair + 9, 'v', 768);
	add(b, PARAMS, 7, pair, 9 + 768, 3);
	add(b, PARAMS, 7, "", 0, 0);
	add(b, STDIN, 7, "", 0, 0);
}

static void is_whole(struct record_reader *r)
{
	assert_int_equal(r->state, RECORDS_READY);
	assert_int_equal(r->request, 7);
	assert_string_equal(record_reader_get(r, "SHORT"), "x");
	assert_string_equal(record_reader_get(r, "EMPTY"), "");
	assert_int_equal(strlen(record_reader_get(r, "LONG")), 768);
	assert_null(record_reader_get(r, "x"));
	assert_null(record_reader_get(r, "SHOR"));
}

static void however_it_is_split(void **state)
{
	struct buf b;
	whole(&b);
	for (size_t part = 1; part <= b.len; part++) {
		struct record_reader r;
		record_reader_init(&r);
		for (size_t at = 0; at < b.len; at += part)
			record_reader_feed(&r, b.data + at, b.len - at < part ? b.len - at : part);
		is_whole(&r);
		record_reader_release(&r);
	}
	buf_release(&b);
}

static void not_before_it_is_whole(void **state)
{
	struct buf b;
	whole(&b);
	struct record_reader r;
	record_reader_init(&r);
	record_reader_feed(&r, b.data, b.len - 16 - 1); /* without the last byte of the empty record */
	assert_int_equal(r.state, RECORDS_MORE);
	assert_null(record_reader_get(&r, "SHORT"));
	record_reader_release(&r);
	buf_release(&b);
}

static void refuse(struct buf *b)
{
	struct record_reader r;
	record_reader_init(&r);
	record_reader_feed(&r, b->data, b->len);
	assert_int_equal(r.state, RECORDS_BAD);
	assert_null(record_reader_get(&r, "A"));
	record_reader_feed(&r, b->data, b->len);
	assert_int_equal(r.state, RECORDS_BAD);
	record_reader_release(&r);
	buf_release(b);
}

static void what_is_no_request_is_refused(void **state)
{
	struct buf b;
	buf_init(&b, 1 << 20);
	buf_adds(&b, "GET / HTTP/1.1\r\n\r\n");
	refuse(&b);
	begin(&b, 0);
	refuse(&b);
	begin(&b, 1);
	add(&b, BEGIN, 1, "\0\1\0\0\0\0\0\0", 8, 0);
	refuse(&b);
	begin(&b, 1);
	add(&b, ABORT, 1, "", 0, 0);
	refuse(&b);
	begin(&b, 1);
	add(&b, PARAMS, 2, "\1\1Ab", 4, 0);
	refuse(&b);
	buf_init(&b, 1 << 20);
	add(&b, BEGIN, 1, "\0\2\0\0\0\0\0\0", 8, 0); /* an authorizer */
	refuse(&b);
	buf_init(&b, 1 << 20);
	add(&b, PARAMS, 1, "\1\1Ab", 4, 0);
	refuse(&b);
}

static void lengths_that_lie_are_refused(void **state)
{
	static const struct { const char *p; size_t n; } bad[] = {
		{ "\1", 1 }, { "\1\2Ab", 4 }, { "\x80\0\0", 3 }, { "\1\xff\xff\xff\xff" "A", 6 }, { "\1\1A\0", 4 },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf b;
		begin(&b, 1);
		add(&b, PARAMS, 1, bad[i].p, bad[i].n, 0);
		add(&b, PARAMS, 1, "", 0, 0);
		refuse(&b);
	}
}

static void too_much_is_refused(void **state)
{
	static char big[60000];
	struct buf b;
	begin(&b, 1);
	add(&b, PARAMS, 1, big, sizeof(big), 0);
	add(&b, PARAMS, 1, big, sizeof(big), 0);
	refuse(&b);
}

/* What is sent is cut into records and ends as the protocol wants it. */
static void answers_are_records(void **state)
{
	static char big[70000];
	struct buf b;
	buf_init(&b, 1 << 20);
	records_add(&b, 258, big, sizeof(big));
	records_add_end(&b, 258);
	assert_int_equal(b.len, 8 + 65528 + 8 + (sizeof(big) - 65528) + 8 + 16);
	assert_memory_equal(b.data, "\1\6\1\2\xff\xf8\0\0", 8);
	assert_memory_equal(b.data + b.len - 24, "\1\6\1\2\0\0\0\0\1\3\1\2\0\x08\0\0", 16);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(however_it_is_split),
		cmocka_unit_test(not_before_it_is_whole),
		cmocka_unit_test(what_is_no_request_is_refused),
		cmocka_unit_test(lengths_that_lie_are_refused),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(answers_are_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

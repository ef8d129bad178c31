/* SPDX-License-Identifier: MIT */
#include "sandbox/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

void sandbox_log_init(struct sandbox_log *l, size_t max)
{
	memset(l, 0, sizeof(*l));
	l->head_max = max / 4 * 3;
	l->tail_max = max - l->head_max;
}

void sandbox_log_add(struct sandbox_log *l, const char *s, size_t n)
{
	size_t take = l->head_max - l->head_len < n ? l->head_max - l->head_len : n;

	if (take > 0) {
		if (!l->head && !(l->head = malloc(l->head_max)))
			return;
		memcpy(l->head + l->head_len, s, take);
		l->head_len += take;
	}
	s += take;
	n -= take;
	if (n == 0)
		return;
	if (!l->tail && !(l->tail = malloc(l->tail_max)))
		return;
	for (size_t i = 0; i < n; i++)
		l->tail[(l->tail_total + i) % l->tail_max] = s[i];
	l->tail_total += n;
}

static void add_clean(struct buf *out, const char *s, size_t n)
{
	while (n > 0) {
		ptrdiff_t bad = utf8_invalid(s, n);
		size_t good = bad < 0 ? n : (size_t)bad;
		size_t from = 0;
		for (size_t i = 0; i < good; i++) {
			unsigned char c = (unsigned char)s[i];
			if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
				buf_add(out, s + from, i - from);
				buf_adds(out, "\xEF\xBF\xBD");
				from = i + 1;
			}
		}
		buf_add(out, s + from, good - from);
		if (bad < 0)
			return;
		buf_adds(out, "\xEF\xBF\xBD");
		s += good + 1;
		n -= good + 1;
	}
}

void sandbox_log_text(const struct sandbox_log *l, struct buf *out)
{
	uint64_t total = l->tail_total;
	size_t start, len;

	if (total <= l->tail_max) {
		char *whole = malloc(l->head_len + (size_t)total + 1);
		if (!whole)
			return;
		if (l->head_len)
			memcpy(whole, l->head, l->head_len);
		if (total)
			memcpy(whole + l->head_len, l->tail, (size_t)total);
		add_clean(out, whole, l->head_len + (size_t)total);
		free(whole);
		return;
	}
	add_clean(out, l->head, l->head_len);
	buf_addf(out, "\n[%" PRIu64 " bytes left out]\n", total - l->tail_max);
	start = (size_t)(total % l->tail_max);
	len = l->tail_max - start;
	add_clean(out, l->tail + start, len);
	add_clean(out, l->tail, start);
}

void sandbox_log_release(struct sandbox_log *l)
{
	free(l->head);
	free(l->tail);
	memset(l, 0, sizeof(*l));
}

/* SPDX-License-Identifier: MIT */
#include "mail/mime.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"

#define LINE_MAX_BYTES 76
/* Of UTF-8 in one encoded word: four characters of base64 for three of them, and the frame. */
#define WORD_BYTES 45
#define WORD_FRAME 12

static const char crlf[] = "\r\n";
static const char word_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ";

/* ---- headers ---- */

static void base64(struct buf *out, const char *s, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned char)s[i] << 16;
		if (i + 1 < n)
			v |= (unsigned)(unsigned char)s[i + 1] << 8;
		if (i + 2 < n)
			v |= (unsigned char)s[i + 2];
		buf_addc(out, digits[v >> 18]);
		buf_addc(out, digits[v >> 12 & 63]);
		buf_addc(out, i + 1 < n ? digits[v >> 6 & 63] : '=');
		buf_addc(out, i + 2 < n ? digits[v & 63] : '=');
	}
}

/* What needs no encoding, on one line, whoever reads it. */
static bool plain_text(const char *s, size_t used)
{
	size_t n = strlen(s);

	if (n == 0 || used + n > LINE_MAX_BYTES || strstr(s, "=?") || s[0] == ' ' || s[n - 1] == ' ')
		return false;
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return true;
}

/* Where an encoded word of at most `max` bytes must end: characters stay whole. */
static size_t word_end(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	for (n = max; n > 1 && ((unsigned char)s[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

static void encoded(struct buf *out, const char *text, size_t used)
{
	char word[WORD_BYTES];
	size_t left = strlen(text), max = (LINE_MAX_BYTES - WORD_FRAME - used) / 4 * 3;

	while (left) {
		size_t n = word_end(text, left, max);
		/* A line end would begin another header for whoever decodes too early. */
		for (size_t i = 0; i < n; i++)
			word[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
		buf_adds(out, "=?UTF-8?B?");
		base64(out, word, n);
		buf_adds(out, "?=");
		text += n;
		left -= n;
		max = WORD_BYTES;
		if (left)
			buf_adds(out, "\r\n ");
	}
}

void mime_header_text(struct buf *out, const char *text, size_t used)
{
	if (plain_text(text, used))
		buf_adds(out, text);
	else
		encoded(out, text, used);
}

static void header(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s: %s\r\n", name, value);
}

static void text_header(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, "%s: ", name);
	mime_header_text(out, text, strlen(name) + 2);
	buf_adds(out, crlf);
}

static void date_header(struct buf *out, int64_t ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
		 months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The host of the site's address, which the settings have checked. */
static const char *host_of(struct arena *a, const char *url)
{
	const char *s = strstr(url, "://");
	size_t n;

	s = s ? s + 3 : url;
	n = strcspn(s, ":/");
	return n ? arena_strndup(a, s, n) : "localhost";
}

/* ---- bodies ---- */

static bool as_it_is(unsigned char c)
{
	return (c >= 0x21 && c <= 0x7e && c != '=') || c == ' ' || c == '\t';
}

/* One line of a text without its end. */
static void line_quoted(struct buf *out, const char *s, size_t n)
{
	size_t col = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		bool last = i + 1 == n;
		bool plain = as_it_is(c) && !(last && (c == ' ' || c == '\t'));
		/* Relays take a line with a dot for an end, old ones put '>' before "From ". */
		if (col == 0 && (c == '.' || (c == 'F' && n - i >= 5 && memcmp(s + i, "From ", 5) == 0)))
			plain = false;
		if (col + (plain ? 1 : 3) > LINE_MAX_BYTES - 1) {
			buf_adds(out, "=\r\n");
			col = 0;
			i--;
			continue;
		}
		if (plain)
			buf_addc(out, (char)c);
		else
			buf_addf(out, "=%02X", c);
		col += plain ? 1 : 3;
	}
	buf_adds(out, crlf);
}

void mime_quoted_printable(struct buf *out, struct str text)
{
	while (text.len) {
		struct str line = str_cut(&text, '\n');
		if (line.len && line.s[line.len - 1] == '\r')
			line.len--;
		line_quoted(out, line.s, line.len);
	}
}

static void part(struct buf *out, const char *border, const char *type, struct str text)
{
	buf_addf(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\n", border, type);
	buf_adds(out, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	mime_quoted_printable(out, text);
	buf_adds(out, crlf);
}

bool mime_write(struct arena *a, const struct message *m, struct buf *out)
{
	/* "=_" stands in no quoted-printable text. */
	const char *border = arena_printf(a, "=_%s", m->id), *at = strchr(m->from, '@');
	const char *domain = at ? at + 1 : "localhost";

	date_header(out, m->sent_ms);
	header(out, "From", arena_printf(a, "BotArmy <%s>", m->from));
	buf_adds(out, "To: ");
	/* A name of words stands as it is; any other might need quoting, an encoded one never does. */
	if (m->to_name[strspn(m->to_name, word_chars)] || !plain_text(m->to_name, 4))
		encoded(out, m->to_name, 4);
	else
		buf_adds(out, m->to_name);
	buf_addf(out, "\r\n <%s>\r\n", m->to);
	text_header(out, "Subject", m->subject);
	header(out, "Message-ID", arena_printf(a, "<%s@%s>", m->id, domain));
	if (m->thread)
		header(out, "References", arena_printf(a, "<%s@%s>", m->thread, domain));
	header(out, "Auto-Submitted", "auto-generated");
	header(out, "X-Auto-Response-Suppress", "All");
	header(out, "List-Id", arena_printf(a, "BotArmy <botarmy.%s>", host_of(a, m->site)));
	header(out, "MIME-Version", "1.0");
	header(out, "Content-Type", arena_printf(a, "multipart/alternative;\r\n boundary=\"%s\"", border));
	buf_adds(out, crlf);
	part(out, border, "text/plain", m->plain);
	part(out, border, "text/html", m->html);
	buf_addf(out, "--%s--\r\n", border);
	return buf_ok(out);
}

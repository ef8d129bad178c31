/* SPDX-License-Identifier: MIT */
/*
 * A message as mail servers take it: headers in ASCII, encoded where they must be, a plain and an HTML part,
 * CRLF line ends, no line over 76 bytes in the body, none that begins with a dot. Whatever the texts hold,
 * they cannot make a header, a part or a message end.
 */
#ifndef MAIL_MIME_H
#define MAIL_MIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct buf;

struct message {
	const char *from;                  /* address */
	const char *to_name, *to;          /* any text; address */
	const char *subject;               /* any text */
	const char *id;                    /* a UUID: the Message-ID and the parts' border are made of it */
	const char *thread;                /* what messages of one thing share: ASCII letters, digits, '-'; or NULL */
	const char *site;                  /* the public URL */
	int64_t sent_ms;                   /* since 1970 */
	struct str plain, html;
};

/* False where it would be larger than the buffer may be. */
bool mime_write(struct arena *a, const struct message *m, struct buf *out);

/* For tests. A header's text, folded where it is long: `used` bytes, 40 at most, stand on its line already. */
void mime_header_text(struct buf *out, const char *text, size_t used);
void mime_quoted_printable(struct buf *out, struct str text);

#endif

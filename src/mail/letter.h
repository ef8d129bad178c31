/* SPDX-License-Identifier: MIT */
/* What a mail says: from the notes of the database by the templates of templates/mail. */
#ifndef MAIL_LETTER_H
#define MAIL_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct err;
struct json_object;
struct templates;

struct letter_link {
	int64_t gate;
	const char *token;
};

struct letter {
	const char *subject;
	const char *thread; /* of its one run; NULL: it tells of several */
	struct str plain, html;
};

/* The gates for which the letter will have links, each once, at most `max`. */
size_t letter_gates(struct json_object *notes, int64_t *gates, size_t max);
/* `notes` as mail_take() gives them; `site` is the public URL. */
bool letter_write(struct arena *a, const struct templates *t, const char *site, const char *to,
		  struct json_object *notes, const struct letter_link *links, size_t link_count,
		  struct letter *out, struct err *e);

/* So many are told of in full; of more their number. */
#define LETTER_NOTES 25

#endif

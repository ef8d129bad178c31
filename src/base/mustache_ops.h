/* SPDX-License-Identifier: MIT */
/*
 * Between the parts of the template engine: scan (text to tokens), compile (tokens
 * to ops, with lint for HTML), render (ops and a view to bytes). Nobody else
 * includes this.
 */
#ifndef BASE_MUSTACHE_OPS_H
#define BASE_MUSTACHE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mustache.h"

#define NESTING_MAX 64 /* sections in one template, and partials in each other */

enum token_kind {
	TK_TEXT, TK_VAR, TK_RAW, TK_SECTION, TK_INVERTED, TK_CLOSE, TK_PARTIAL, TK_PARENT, TK_BLOCK,
	TK_COMMENT /* and a change of delimiters */
};

struct token {
	enum token_kind kind;
	const char *s; /* text, at most one line; or the name */
	size_t len;
	unsigned line;
	size_t match;      /* of what opens and closes: the other one */
	bool bol;          /* first in its line */
	bool blank, nl;    /* text: nothing but space; ends the line */
	bool dropped;      /* text that belongs to a standalone tag */
	bool standalone;   /* alone in its line */
	const char *indent; /* what stands before a partial, parent or block in its line */
	size_t indent_len;
};

struct tokens {
	struct token *at;
	size_t count;
};

enum op_kind { OP_TEXT, OP_VAR, OP_RAW, OP_SECTION, OP_INVERTED, OP_PARTIAL, OP_PARENT, OP_ARG, OP_BLOCK };

/* Where in HTML a tag stands decides how it is escaped. */
enum place { PLACE_TEXT, PLACE_URL_START, PLACE_URL_REST };

struct op {
	uint8_t kind;       /* enum op_kind */
	uint8_t place;      /* enum place */
	bool bol;           /* first in its line: a partial's indentation goes before it */
	bool standalone;    /* of OP_BLOCK: its line belongs to it */
	uint32_t next;      /* the op after it and its content */
	uint32_t len;
	uint32_t indent_len;
	uint32_t number;    /* of a name that is looked for: the same wherever it stands */
	const char *s;      /* text, or a name */
	const char *indent;
	const struct template *to; /* what a partial or parent names, if the set has it */
};

struct template {
	const char *name;
	size_t name_len;
	enum mustache_type type;
	struct op *ops;
	uint32_t count;
};

/* `where` names the text in errors. Tokens live in `scratch` and point into text. */
bool mustache_scan(struct arena *scratch, const char *where, const char *text, size_t len, struct tokens *out,
		   struct err *e);
/* Width of the white space that all lines of the tokens [from, to) begin with. */
size_t mustache_common_indent(const struct tokens *t, size_t from, size_t to);
/* Fills in ops and count, which live in `a`. */
bool mustache_compile(struct arena *a, const char *where, const char *text, size_t len, struct template *out,
		      struct err *e);

/* The place in HTML that a template's text has reached. */
struct lint {
	uint8_t state;
	char quote;
	bool url, url_start; /* in the value of a URL attribute; at its start */
	bool closed;         /* "</" began the tag */
	bool barred;         /* in an attribute where no tag may stand */
	bool edge;           /* a name must not go on behind a section tag */
	uint8_t seen;        /* of what ends a script or a comment */
	uint8_t name_len;
	char name[16];       /* the element's, then the attribute's */
	char raw[8];         /* "script" or "style" while inside it */
};

/* Each returns what is wrong, or NULL. */
const char *lint_text(struct lint *l, const char *s, size_t n);
const char *lint_variable(struct lint *l, bool raw, enum place *place);
const char *lint_section(struct lint *l);
/* Joins the place before a section with the one at its end. */
const char *lint_section_end(struct lint *l, const struct lint *before);
const char *lint_whole(const struct lint *l); /* must be in text: partials, blocks, the end */

/* For HTML as in text or a quoted attribute. */
void mustache_escape(enum mustache_type type, struct buf *out, const char *s, size_t n);

const struct template *templates_find(const struct templates *t, const char *name, size_t len);

#endif

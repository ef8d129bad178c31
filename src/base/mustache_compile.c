/* SPDX-License-Identifier: MIT */
/* Tokens to ops: neighbouring text becomes one piece, nesting becomes jumps. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mustache_ops.h"

#define TEXT_MAX ((size_t)4 << 20)

struct compiler {
	struct arena *scratch;
	const char *where;
	bool html;
	struct tokens t;
	struct op *ops;      /* text ops hold offsets in `text` until the end */
	size_t count, room;
	struct buf text;
	size_t dedent;       /* white space cut from the start of each line */
	bool bol;            /* a line has begun and no op stands in it yet */
	bool joins;          /* more text may go on in the last op */
	struct lint lint;
	struct err *e;
};

static bool fault(struct compiler *c, const struct token *k, const char *what)
{
	return what ? err_set(c->e, ERR_INVALID, "%s:%u: %s", c->where, k->line, what) : true;
}

static struct op *add(struct compiler *c, enum op_kind kind, const struct token *k)
{
	struct op *op;

	if (c->count == c->room) {
		size_t room = c->room ? 2 * c->room : 64;
		struct op *larger = arena_array(c->scratch, room, sizeof(*larger));

		if (c->count)
			memcpy(larger, c->ops, c->count * sizeof(*larger));
		c->ops = larger;
		c->room = room;
	}
	op = &c->ops[c->count++];
	*op = (struct op){ .kind = kind, .bol = c->bol, .s = k->s, .len = (uint32_t)k->len };
	c->bol = false;
	c->joins = false;
	return op;
}

static bool emit_text(struct compiler *c, const struct token *k)
{
	const char *s = k->s;
	size_t n = k->len;

	if (k->bol) {
		for (size_t cut = c->dedent; cut > 0 && n > 0 && (*s == ' ' || *s == '\t'); cut--) {
			s++;
			n--;
		}
	}
	if (n > 0) {
		if (!c->joins) {
			struct op *op = add(c, OP_TEXT, k);

			op->s = NULL;
			op->indent_len = (uint32_t)c->text.len;
			op->len = 0;
		}
		buf_add(&c->text, s, n);
		c->ops[c->count - 1].len += (uint32_t)n;
		c->joins = true;
		c->bol = false;
	}
	return c->html ? fault(c, k, lint_text(&c->lint, s, n)) : true;
}

/* A line that begins with a closing tag is indented inside the section. */
static void settle_line_start(struct compiler *c, const struct token *k)
{
	if (c->bol) {
		struct op *op = add(c, OP_TEXT, k);

		op->s = NULL;
		op->indent_len = (uint32_t)c->text.len;
		op->len = 0;
	}
	c->joins = false;
}

static void take_indent(struct compiler *c, struct op *op, const struct token *k)
{
	size_t cut = c->dedent < k->indent_len ? c->dedent : k->indent_len;

	if (k->indent_len > cut) {
		op->indent = k->indent + cut;
		op->indent_len = (uint32_t)(k->indent_len - cut);
	}
}

static bool emit(struct compiler *c, size_t from, size_t to);

static bool emit_section(struct compiler *c, size_t i)
{
	const struct token *k = &c->t.at[i];
	size_t at = c->count;
	struct lint before;

	if (c->html && !fault(c, k, lint_section(&c->lint)))
		return false;
	before = c->lint;
	add(c, k->kind == TK_SECTION ? OP_SECTION : OP_INVERTED, k);
	if (!emit(c, i + 1, k->match))
		return false;
	c->bol = c->bol || (c->t.at[k->match].bol && !c->t.at[k->match].standalone);
	settle_line_start(c, &c->t.at[k->match]);
	c->ops[at].next = (uint32_t)c->count;
	return c->html ? fault(c, &c->t.at[k->match], lint_section_end(&c->lint, &before)) : true;
}

/* What replaces a block that has its own lines is indented as they are. */
static void take_content_indent(struct compiler *c, struct op *op, size_t i)
{
	size_t to = c->t.at[i].match, width = mustache_common_indent(&c->t, i + 1, to);
	size_t cut = c->dedent < width ? c->dedent : width;

	for (size_t j = i + 1; j < to; j++) {
		const struct token *line = &c->t.at[j];
		size_t lead = 0;

		if (line->kind != TK_TEXT || !line->bol || line->blank)
			continue;
		while (lead < line->len && (line->s[lead] == ' ' || line->s[lead] == '\t'))
			lead++;
		if (lead < width)
			continue;
		op->indent = line->s + cut;
		op->indent_len = (uint32_t)(width - cut);
		return;
	}
}

static bool emit_block(struct compiler *c, size_t i)
{
	const struct token *k = &c->t.at[i];
	size_t at = c->count;
	struct op *op;

	if (c->html && !fault(c, k, lint_whole(&c->lint)))
		return false;
	op = add(c, OP_BLOCK, k);
	op->standalone = k->standalone;
	take_indent(c, op, k);
	if (k->standalone)
		take_content_indent(c, op, i);
	if (!emit(c, i + 1, k->match))
		return false;
	c->bol = c->bol || (c->t.at[k->match].bol && !c->t.at[k->match].standalone);
	settle_line_start(c, &c->t.at[k->match]);
	c->ops[at].next = (uint32_t)c->count;
	return c->html ? fault(c, &c->t.at[k->match], lint_whole(&c->lint)) : true;
}

static bool emit_parent(struct compiler *c, size_t i)
{
	const struct token *k = &c->t.at[i];
	size_t at = c->count, dedent = c->dedent;
	struct op *op;

	if (c->html && !fault(c, k, lint_whole(&c->lint)))
		return false;
	op = add(c, OP_PARENT, k);
	if (k->standalone)
		take_indent(c, op, k);
	for (size_t j = i + 1; j < k->match;) {
		const struct token *b = &c->t.at[j];
		size_t arg = c->count;

		if (b->kind != TK_BLOCK) {
			j = b->kind >= TK_SECTION && b->kind <= TK_PARENT && b->match > j ? b->match + 1
											  : j + 1;
			continue;
		}
		c->bol = false;
		add(c, OP_ARG, b);
		c->dedent = mustache_common_indent(&c->t, j + 1, b->match);
		if (!emit(c, j + 1, b->match))
			return false;
		settle_line_start(c, &c->t.at[b->match]);
		c->ops[arg].next = (uint32_t)c->count;
		if (c->html && !fault(c, &c->t.at[b->match], lint_whole(&c->lint)))
			return false;
		j = b->match + 1;
	}
	c->bol = false;
	c->joins = false;
	c->dedent = dedent;
	c->ops[at].next = (uint32_t)c->count;
	return true;
}

static bool emit_variable(struct compiler *c, const struct token *k)
{
	enum place place = PLACE_TEXT;

	if (c->html && !fault(c, k, lint_variable(&c->lint, k->kind == TK_RAW, &place)))
		return false;
	add(c, k->kind == TK_RAW ? OP_RAW : OP_VAR, k)->place = (uint8_t)place;
	return true;
}

static bool emit_partial(struct compiler *c, const struct token *k)
{
	struct op *op;

	if (c->html && !fault(c, k, lint_whole(&c->lint)))
		return false;
	op = add(c, OP_PARTIAL, k);
	if (k->standalone)
		take_indent(c, op, k);
	return true;
}

static bool emit(struct compiler *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct token *k = &c->t.at[i];
		bool ok = true;

		if (k->dropped)
			continue;
		if (k->bol && !k->standalone)
			c->bol = true;
		switch (k->kind) {
		case TK_TEXT:
			ok = emit_text(c, k);
			break;
		case TK_VAR:
		case TK_RAW:
			ok = emit_variable(c, k);
			break;
		case TK_SECTION:
		case TK_INVERTED:
			ok = emit_section(c, i);
			i = k->match;
			break;
		case TK_BLOCK:
			ok = emit_block(c, i);
			i = k->match;
			break;
		case TK_PARENT:
			ok = emit_parent(c, i);
			i = k->match;
			break;
		case TK_PARTIAL:
			ok = emit_partial(c, k);
			break;
		case TK_CLOSE:
		case TK_COMMENT:
			break;
		}
		if (!ok)
			return false;
	}
	return true;
}

bool mustache_compile(struct arena *a, const char *where, const char *text, size_t len, struct template *out,
		      struct err *e)
{
	struct arena *scratch;
	struct compiler c = { .where = where, .html = out->type == MT_HTML, .e = e };
	struct op *ops;
	const char *all;
	bool ok = false;

	if (len > TEXT_MAX)
		return err_set(e, ERR_TOO_LARGE, "%s: a template must not be larger than 4 MiB", where);
	scratch = arena_new((size_t)1 << 30);
	c.scratch = scratch;
	buf_init(&c.text, TEXT_MAX);
	/* Names and indentation stay where they stand in the text, so that is kept. */
	text = arena_strndup(a, text, len);
	if (!mustache_scan(scratch, where, text, len, &c.t, e) || !emit(&c, 0, c.t.count))
		goto out;
	if (c.html && lint_whole(&c.lint)) {
		err_set(e, ERR_INVALID, "%s: the template ends inside markup", where);
		goto out;
	}
	if (!buf_ok(&c.text)) {
		err_set(e, ERR_UNAVAILABLE, "%s: no memory for the template", where);
		goto out;
	}
	all = arena_strndup(a, buf_str(&c.text), c.text.len);
	ops = arena_array(a, c.count, sizeof(*ops));
	for (size_t i = 0; i < c.count; i++) {
		ops[i] = c.ops[i];
		if (!ops[i].next)
			ops[i].next = (uint32_t)i + 1;
		if (ops[i].kind == OP_TEXT) {
			ops[i].s = all + ops[i].indent_len;
			ops[i].indent_len = 0;
		}
	}
	out->ops = ops;
	out->count = (uint32_t)c.count;
	ok = true;
out:
	buf_release(&c.text);
	arena_free(scratch);
	return ok;
}

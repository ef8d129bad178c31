/* SPDX-License-Identifier: MIT */
/* Ops and a view to bytes. Nothing is allocated for a tag: contexts live on the stack. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mustache_ops.h"
#include "base/value.h"

#define INDENT_MAX 4096

/* One level of the context stack. */
struct frame {
	struct value v; /* a copy: a row is made here while iterating */
	const struct frame *up;
};

/* What a parent tag hands to the blocks of its template. */
struct arguments {
	const struct template *in;
	uint32_t parent; /* index of the op */
	const struct arguments *up;
};

/* Where a tag's name was found in the rows at hand: looked for once, not once a row. */
struct memo {
	const char *name;
	size_t len;
	const void *rows;
	int column;
};
#define MEMOS 64 /* a power of two */

struct state {
	const struct templates *set;
	const char *name; /* of the template asked for */
	struct buf *out, indent;
	bool skip_indent; /* for the next line start: it has white space already */
	int depth;
	struct err *e;
	struct memo memos[MEMOS];
};

static int column_of(struct state *st, const struct value *row, const char *name, size_t n)
{
	struct memo *m = &st->memos[((uintptr_t)name ^ (uintptr_t)name >> 6) & (MEMOS - 1)];

	if (m->name != name || m->len != n || m->rows != row->u.rows.p)
		*m = (struct memo){ name, n, row->u.rows.p, row->u.rows.vt->column(row->u.rows.p, name, n) };
	return m->column;
}

/* `key` is a part of a template's text. */
static bool get(struct state *st, const struct value *v, const char *key, size_t n, struct value *out)
{
	if (v->kind == V_OBJECT) {
		for (const struct member *m = v->u.object.first; m; m = m->next) {
			if (m->key_len == n && m->key[0] == key[0] && memcmp(m->key, key, n) == 0) {
				*out = *m->v;
				return true;
			}
		}
	} else if (v->kind == V_ROW) {
		int column = column_of(st, v, key, n);
		struct cell c;

		if (column < 0)
			return false;
		c = v->u.rows.vt->cell(v->u.rows.p, v->u.rows.row, (size_t)column);
		*out = (struct value){ .kind = c.kind };
		if (c.kind == V_BOOL) {
			out->u.b = c.len > 0 && c.s[0] == 't';
		} else {
			/* A number of a row is text already. */
			out->kind = c.kind == V_INT ? V_NUMBER : c.kind;
			out->u.text.s = c.s;
			out->u.text.len = c.len;
		}
		return true;
	}
	return false;
}

/* V_NULL when there is no such thing. */
static struct value look_up(struct state *st, const struct frame *top, const char *name, size_t n)
{
	struct value v = { .kind = V_NULL };
	const char *dot;
	size_t part;

	if (n == 1 && name[0] == '.')
		return top->v;
	dot = memchr(name, '.', n);
	part = dot ? (size_t)(dot - name) : n;
	for (; top; top = top->up) {
		if (get(st, &top->v, name, part, &v))
			break;
	}
	while (top && dot) {
		struct value whole = v;

		name += part + 1;
		n -= part + 1;
		dot = memchr(name, '.', n);
		part = dot ? (size_t)(dot - name) : n;
		if (!get(st, &whole, name, part, &v))
			return (struct value){ .kind = V_NULL };
	}
	return v;
}

static bool truthy(const struct value *v)
{
	switch (v->kind) {
	case V_NULL:
		return false;
	case V_BOOL:
		return v->u.b;
	case V_INT:
		return v->u.i != 0;
	case V_NUMBER:
		return v->u.text.len > 0 && !(v->u.text.len == 1 && v->u.text.s[0] == '0');
	case V_TEXT:
	case V_HTML:
	case V_URL:
	case V_JSON:
		return v->u.text.len > 0;
	case V_LIST:
	case V_ROWS:
		return value_count(v) > 0;
	case V_OBJECT:
	case V_ROW:
		break;
	}
	return true;
}

static void write_value(struct state *st, const struct template *t, const struct op *op,
			const struct frame *top)
{
	struct value v = look_up(st, top, op->s, op->len);
	const char *s = "";
	char digits[24];
	size_t n = 0;

	switch (v.kind) {
	case V_BOOL:
		s = v.u.b ? "true" : "false";
		n = strlen(s);
		break;
	case V_INT:
		n = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, v.u.i);
		s = digits;
		break;
	case V_NUMBER:
	case V_TEXT:
	case V_HTML:
	case V_URL:
	case V_JSON:
		s = v.u.text.s;
		n = v.u.text.len;
		break;
	default:
		break;
	}
	if (t->type == MT_HTML) {
		if (op->kind == OP_RAW && v.kind == V_HTML)
			buf_add(st->out, s, n);
		else if (op->place != PLACE_URL_START || v.kind == V_URL)
			mustache_escape(MT_HTML, (enum place)op->place, st->out, s, n);
	} else if (op->kind == OP_RAW) {
		buf_add(st->out, s, n);
	} else {
		mustache_escape(t->type, PLACE_TEXT, st->out, s, n);
	}
}

static void line_start(struct state *st)
{
	if (st->skip_indent)
		st->skip_indent = false;
	else if (st->indent.len)
		buf_add(st->out, st->indent.data, st->indent.len);
}

static bool is_empty_line(const char *s, const char *end)
{
	return s == end || *s == '\n' || (*s == '\r' && s + 1 < end && s[1] == '\n');
}

static void write_text(struct state *st, const struct op *op)
{
	const char *s = op->s, *end = s + op->len, *newline;

	if (!st->indent.len) {
		st->skip_indent = st->skip_indent && !op->bol;
		buf_add(st->out, s, op->len);
		return;
	}
	if (op->bol && op->len && is_empty_line(s, end))
		st->skip_indent = false;
	else if (op->bol)
		line_start(st);
	while (s < end && (newline = memchr(s, '\n', (size_t)(end - s)))) {
		buf_add(st->out, s, (size_t)(newline + 1 - s));
		s = newline + 1;
		if (!is_empty_line(s, end))
			line_start(st);
	}
	buf_add(st->out, s, (size_t)(end - s));
}

static bool run(struct state *st, const struct template *t, uint32_t from, uint32_t to,
		const struct frame *top, const struct arguments *args);

/* Renders ops of another template, or of another place in one, behind more indentation. */
static bool enter(struct state *st, const struct template *t, uint32_t from, uint32_t to, const struct op *by,
		  const struct frame *top, const struct arguments *args)
{
	size_t had = st->indent.len;
	bool ok;

	if (st->depth == NESTING_MAX)
		return err_set(st->e, ERR_INTERNAL, "template %s: partials nest deeper than 64", st->name);
	buf_add(&st->indent, by->indent, by->indent_len);
	if (!buf_ok(&st->indent))
		return err_set(st->e, ERR_INTERNAL, "template %s: too much indentation", st->name);
	st->depth++;
	ok = run(st, t, from, to, top, args);
	st->depth--;
	st->indent.len = had;
	return ok;
}

/* The outermost parent that says what stands in a block has the say. */
static const struct op *find_argument(const struct op *block, const struct arguments *args,
				      const struct arguments **from)
{
	const struct op *found = NULL;

	for (; args; args = args->up) {
		const struct op *ops = args->in->ops;

		for (uint32_t i = args->parent + 1; i < ops[args->parent].jump; i = ops[i].jump) {
			if (ops[i].len == block->len && memcmp(ops[i].s, block->s, block->len) == 0) {
				found = &ops[i];
				*from = args;
				break;
			}
		}
	}
	return found;
}

static bool run_block(struct state *st, const struct template *t, uint32_t at, const struct frame *top,
		      const struct arguments *args)
{
	const struct op *block = &t->ops[at], *arg, *first;
	const struct arguments *from = NULL;
	const struct template *in;

	arg = find_argument(block, args, &from);
	if (!arg)
		return run(st, t, at + 1, block->jump, top, args);
	in = from->in;
	first = arg + 1;
	if (first == in->ops + arg->jump)
		return true;
	/* The block's own white space is there already when it shares its line. */
	if (!block->standalone) {
		st->skip_indent = first->bol;
	} else if (!first->bol) {
		line_start(st);
		buf_add(st->out, block->indent, block->indent_len);
	}
	return enter(st, in, (uint32_t)(first - in->ops), arg->jump, block, top, args);
}

static bool run_section(struct state *st, const struct template *t, uint32_t at, const struct frame *top,
			const struct arguments *args)
{
	const struct op *op = &t->ops[at];
	struct frame f = { .v = { .kind = V_NULL }, .up = top };
	struct value v = look_up(st, top, op->s, op->len);

	if (op->kind == OP_INVERTED)
		return truthy(&v) || run(st, t, at + 1, op->jump, top, args);
	if (!truthy(&v))
		return true;
	if (v.kind == V_LIST) {
		for (const struct item *it = v.u.list.first; it; it = it->next) {
			f.v = *it->v;
			if (!run(st, t, at + 1, op->jump, &f, args))
				return false;
		}
		return true;
	}
	if (v.kind == V_ROWS) {
		size_t n = value_count(&v);

		f.v = v;
		f.v.kind = V_ROW;
		for (f.v.u.rows.row = 0; f.v.u.rows.row < n; f.v.u.rows.row++) {
			if (!run(st, t, at + 1, op->jump, &f, args))
				return false;
		}
		return true;
	}
	f.v = v;
	return run(st, t, at + 1, op->jump, &f, args);
}

static bool run_partial(struct state *st, const struct template *t, uint32_t at, const struct frame *top,
			const struct arguments *args)
{
	const struct op *op = &t->ops[at];
	const struct template *other = templates_find(st->set, op->s, op->len);
	struct arguments more = { .in = t, .parent = at, .up = args };

	if (!other)
		return true;
	return enter(st, other, 0, other->count, op, top, op->kind == OP_PARENT ? &more : args);
}

static bool run(struct state *st, const struct template *t, uint32_t from, uint32_t to,
		const struct frame *top, const struct arguments *args)
{
	for (uint32_t i = from; i < to;) {
		const struct op *op = &t->ops[i];
		uint32_t next = op->jump ? op->jump : i + 1;
		bool ok = true;

		if (op->kind == OP_TEXT) {
			write_text(st, op);
			i = next;
			continue;
		}
		if (op->bol)
			line_start(st);
		switch ((enum op_kind)op->kind) {
		case OP_VAR:
		case OP_RAW:
			write_value(st, t, op, top);
			break;
		case OP_SECTION:
		case OP_INVERTED:
			ok = run_section(st, t, i, top, args);
			break;
		case OP_PARTIAL:
		case OP_PARENT:
			ok = run_partial(st, t, i, top, args);
			break;
		case OP_BLOCK:
			ok = run_block(st, t, i, top, args);
			break;
		case OP_TEXT:
		case OP_ARG:
			break;
		}
		if (!ok)
			return false;
		if (st->out->overflow)
			return err_set(st->e, ERR_TOO_LARGE,
				       "template %s: the output is larger than %zu bytes", st->name,
				       st->out->cap);
		i = next;
	}
	return true;
}

bool templates_render(const struct templates *t, const char *name, const struct value *view, struct buf *out,
		      struct err *e)
{
	const struct template *top = templates_find(t, name, strlen(name));
	struct frame root = { .v = view ? *view : (struct value){ .kind = V_NULL } };
	struct state st = { .set = t, .name = name, .out = out, .e = e };
	bool ok;

	if (!top)
		return err_set(e, ERR_NOT_FOUND, "there is no template %s", name);
	buf_init(&st.indent, INDENT_MAX);
	ok = run(&st, top, 0, top->count, &root, NULL);
	buf_release(&st.indent);
	if (ok && out->overflow)
		return err_set(e, ERR_TOO_LARGE, "template %s: the output is larger than %zu bytes", name,
			       out->cap);
	return ok;
}

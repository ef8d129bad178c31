/* SPDX-License-Identifier: MIT */
/* Ops and a view to bytes. Nothing is allocated for a tag: contexts live on the stack. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/html.h"
#include "base/mustache_ops.h"
#include "base/str.h"
#include "base/value.h"

#define INDENT_MAX 4096

/* One level of the context stack. Texts and the like have no names: who looks for one goes by them. */
struct frame {
	const struct value *v; /* of rows, the one at hand: the frame stays the same for all */
	const struct frame *named; /* the nearest with names: this one, or one further up */
	const struct frame *up;    /* of one with names: the next of them */
	uint32_t number;           /* of one with names: no other has it, nor is it 0 */
};

/* What a parent tag hands to the blocks of its template. */
struct arguments {
	const struct template *in;
	uint32_t parent; /* index of the op */
	const struct arguments *up;
};

/* What a name stands for in a frame, so that it is looked for once and not once a row. */
struct memo {
	uint32_t name, frame; /* their numbers */
	int32_t column; /* of the row in that frame; or -1, and there is the value itself */
	union {
		const struct frame *frame;
		const struct value *value;
	} in;
};
#define MEMOS 256 /* a power of two; names of one page seldom meet */

struct state {
	const char *name; /* of the template asked for */
	struct buf *out, indent;
	bool skip_indent; /* for the next line start: it has white space already */
	int depth;
	uint32_t frames; /* with names, so far */
	struct err *e;
	struct memo memos[MEMOS];
};

static const struct value nothing = { .kind = V_NULL };

static bool has_names(const struct value *v)
{
	return v->kind == V_OBJECT || v->kind == V_ROW;
}

static void open_frame(struct state *st, struct frame *f, const struct value *v, const struct frame *top)
{
	*f = (struct frame){ .v = v, .named = top->named };
	if (has_names(v)) {
		f->named = f;
		f->up = top->named;
		f->number = ++st->frames;
	}
}

static const struct value *member(const struct value *object, const char *key, size_t n)
{
	if (object->kind != V_OBJECT)
		return NULL;
	for (const struct member *m = object->u.object.first; m; m = m->next) {
		if (m->key_len == n && m->key[0] == key[0] && memcmp(m->key, key, n) == 0)
			return m->v;
	}
	return NULL;
}

/* Kept out of the way of look_up(), which seldom needs it. */
__attribute__((noinline)) static void find(const struct op *op, const struct frame *f, struct memo *m)
{
	const char *name = op->s, *dot = memchr(name, '.', op->len);
	size_t n = op->len, part = dot ? (size_t)(dot - name) : n;
	const struct value *v = NULL;

	*m = (struct memo){ op->number, f->number, -1, { .value = &nothing } };
	for (; f && !v; f = f->up) {
		int column = f->v->kind == V_ROW ? table_column(f->v->u.rows.t, name, part) : -1;

		if (column >= 0 && !dot) {
			m->column = column;
			m->in.frame = f;
		}
		if (column >= 0)
			return; /* a cell has no parts */
		v = member(f->v, name, part);
	}
	while (v && dot) {
		name += part + 1;
		n -= part + 1;
		dot = memchr(name, '.', n);
		part = dot ? (size_t)(dot - name) : n;
		v = member(v, name, part);
	}
	if (v)
		m->in.value = v;
}

/* V_NULL when there is no such thing. */
static inline const struct value *look_up(struct state *st, const struct op *op, const struct frame *top)
{
	struct memo *m = &st->memos[op->number & (MEMOS - 1)];

	if (op->len == 1 && op->s[0] == '.')
		return top->v;
	if (m->name != op->number || m->frame != top->named->number)
		find(op, top->named, m);
	return m->column < 0 ? m->in.value : &m->in.frame->v->u.rows.row[m->column];
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
	const struct value *v = look_up(st, op, top);
	const char *s = "";
	char digits[I64_CHARS];
	size_t n = 0;

	switch (v->kind) {
	case V_BOOL:
		s = v->u.b ? "true" : "false";
		n = strlen(s);
		break;
	case V_INT:
		n = print_i64(digits, v->u.i);
		s = digits;
		break;
	case V_NUMBER:
	case V_TEXT:
	case V_HTML:
	case V_URL:
	case V_JSON:
		s = v->u.text.s;
		n = v->u.text.len;
		break;
	default:
		break;
	}
	if (t->type == MT_HTML) {
		if (op->kind == OP_RAW && v->kind == V_HTML)
			buf_add(st->out, s, n);
		else if (op->place == PLACE_URL_REST)
			url_escape(st->out, s, n);
		else if (op->place == PLACE_TEXT || v->kind == V_URL)
			html_escape(st->out, s, n);
	} else if (op->kind == OP_RAW) {
		buf_add(st->out, s, n);
	} else {
		mustache_escape(t->type, st->out, s, n);
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

		for (uint32_t i = args->parent + 1; i < ops[args->parent].next; i = ops[i].next) {
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
		return run(st, t, at + 1, block->next, top, args);
	in = from->in;
	first = arg + 1;
	if (first == in->ops + arg->next)
		return true;
	/* The block's own white space is there already when it shares its line. */
	if (!block->standalone) {
		st->skip_indent = first->bol;
	} else if (!first->bol) {
		line_start(st);
		buf_add(st->out, block->indent, block->indent_len);
	}
	return enter(st, in, (uint32_t)(first - in->ops), arg->next, block, top, args);
}

static bool run_section(struct state *st, const struct template *t, uint32_t at, const struct frame *top,
			const struct arguments *args)
{
	const struct op *op = &t->ops[at];
	const struct value *v = look_up(st, op, top);
	struct frame f;

	if (op->kind == OP_INVERTED)
		return truthy(v) || run(st, t, at + 1, op->next, top, args);
	if (!truthy(v))
		return true;
	if (v->kind == V_LIST) {
		for (const struct item *it = v->u.list.first; it; it = it->next) {
			open_frame(st, &f, it->v, top);
			if (!run(st, t, at + 1, op->next, &f, args))
				return false;
		}
		return true;
	}
	if (v->kind == V_ROWS) {
		const struct table *table = v->u.rows.t;
		struct value row = { .kind = V_ROW, .u.rows = { table, table->cells } };

		open_frame(st, &f, &row, top);
		for (size_t i = 0; i < table->count; i++, row.u.rows.row += table->columns) {
			if (!run(st, t, at + 1, op->next, &f, args))
				return false;
		}
		return true;
	}
	open_frame(st, &f, v, top);
	return run(st, t, at + 1, op->next, &f, args);
}

static bool run_partial(struct state *st, const struct template *t, uint32_t at, const struct frame *top,
			const struct arguments *args)
{
	const struct op *op = &t->ops[at];
	struct arguments more = { .in = t, .parent = at, .up = args };

	if (!op->to)
		return true;
	return enter(st, op->to, 0, op->to->count, op, top, op->kind == OP_PARENT ? &more : args);
}

static bool run(struct state *st, const struct template *t, uint32_t from, uint32_t to,
		const struct frame *top, const struct arguments *args)
{
	for (uint32_t i = from; i < to; i = t->ops[i].next) {
		const struct op *op = &t->ops[i];
		bool ok = true;

		if (op->kind == OP_TEXT) {
			write_text(st, op);
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
	}
	return true;
}

bool templates_render(const struct templates *t, const char *name, const struct value *view, struct buf *out,
		      struct err *e)
{
	const struct template *top = templates_find(t, name, strlen(name));
	struct frame root = { .v = view ? view : &nothing, .named = &root, .number = 1 };
	struct state st = { .frames = 1, .name = name, .out = out, .e = e };
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

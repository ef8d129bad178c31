/* SPDX-License-Identifier: MIT */
/* What an attacker could use, as far as it can be seen in Python's tokens. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/value.h"
#include "fallback/answer.h"
#include "fallback/follow.h"
#include "fallback/review.h"

struct looker {
	struct review *r;
	const struct py_file *f;
	const struct py_list *l;
	size_t i;
};

static void found(const struct looker *at, enum severity severity, const char *title, const char *problem,
		  const char *advice)
{
	review_add(at->r, severity, at->f->path, at->l->t[at->i].line, title, problem, advice);
}

static const struct py_token *ahead(const struct looker *at, size_t n)
{
	return py_at(at->l, at->i + n);
}

/* ---- text that becomes SQL or markup ---- */

static bool is_one_of(struct str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

static bool gives_number(struct str function)
{
	static const char *const names[] = { "int", "len", "float", "round", "abs", "sum", "ord", "bool" };

	return is_one_of(function, names, sizeof(names) / sizeof(*names));
}

/* Whether the application's own function of this name does what its name says: it doubles or
   replaces one of the marks. True when it is somebody else's. */
static bool really(const struct follow *w, struct str function, const char *const *marks, size_t n)
{
	const struct py_file *f;
	const struct py_def *d = follow_def(w, NULL, true, function, &f);

	for (size_t i = d ? d->from : 0; d && i < d->to; i++)
		if (f->lists[0]->t[i].kind == PY_STRING && is_one_of(f->lists[0]->t[i].text, marks, n))
			return true;
	return !d;
}

static bool cleans_sql(const struct follow *w, struct str function)
{
	static const char *const doubled[] = { "\"\"", "``", "]]" };

	return gives_number(function) ||
	       ((find_text(function, 0, "quote") == 0 || find_text(function, 0, "ident") == 0) &&
		really(w, function, doubled, 3));
}

static bool cleans_markup(const struct follow *w, struct str function)
{
	static const char *const names[] = { "escape",	  "quote",     "quote_plus",
					     "urlencode", "isoformat", "hexdigest" };
	static const char *const marks[] = { "&lt;" };

	return gives_number(function) || (is_one_of(function, names, 6) && really(w, function, marks, 1));
}

static bool is_sql(struct str s)
{
	static const char *const verbs[] = { "select ", "insert ", "update ",  "delete ", "create ",
					     "alter ",	"drop ",   "replace ", "pragma ", "with " };
	static const char *const objects[] = { " from ", " into ", " set ", " table ", " index ", "pragma " };

	s = str_trim(s);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		for (size_t k = 0; find_text(s, 0, verbs[i]) == 0 && k < sizeof(objects) / sizeof(*objects);
		     k++)
			if (find_text(s, 0, objects[k]) >= 0)
				return true;
	/* A piece of a statement that is put together elsewhere. */
	return s.len > 6 && (memcmp(s.s, "WHERE ", 6) == 0 || memcmp(s.s, "ORDER ", 6) == 0 ||
			     memcmp(s.s, "VALUES", 6) == 0);
}

static bool is_markup(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.s[i] == '<' && (isalpha((unsigned char)s.s[i + 1]) || strchr("/!", s.s[i + 1])) &&
		    !(i && (s.s[i - 1] == 'P' || s.s[i - 1] == '?')))
			return true;
	return false;
}

struct sink {
	bool (*is)(struct str s);
	const char *title, *tainted, *unsure, *advice;
};

static void report(const struct looker *at, const struct sink *k, enum trust trust, int line)
{
	if (trust != TRUSTED)
		review_add(at->r, trust == TAINTED ? HIGH : MEDIUM, at->f->path, line, k->title,
			   trust == TAINTED ? k->tainted : k->unsure, k->advice);
}

/* Adjacent literals are one text; what is put into it by braces, + , % or format(). */
static void look_at_text(const struct looker *at, struct follow *w, const struct sink *k)
{
	const struct py_list *l = at->l;
	size_t end = at->i;
	bool is = false;

	if (at->i && l->t[at->i - 1].kind == PY_STRING)
		return;
	for (; end < l->n && l->t[end].kind == PY_STRING; end++)
		is |= k->is(l->t[end].text);
	if (!is)
		return;
	for (size_t i = at->i; i < end; i++)
		for (size_t p = 0; p < l->t[i].n_parts; p++) {
			const struct py_list *part = l->t[i].parts[p];
			report(at, k, follow_span(w, at->f, part, 0, part->n),
			       part->n ? part->t[0].line : l->t[i].line);
		}
	const struct py_token *next = py_at(l, end);
	if (py_is(next, "+") || py_is(next, "%"))
		report(at, k, follow_span(w, at->f, l, end + 1, follow_end(l, end + 1)), next->line);
	else if (py_is(next, ".") && py_is(py_at(l, end + 1), "format") && py_at(l, end + 2)->pair)
		report(at, k, follow_span(w, at->f, l, end + 3, py_at(l, end + 2)->pair), next->line);
}

/* ---- calls and literals that are dangerous by themselves ---- */

static void look_at_call(const struct looker *at)
{
	static const struct {
		const char *module, *name; /* "" : a bare name; "*": any */
		enum severity severity;
		const char *title, *problem, *advice;
	} calls[] = {
		{ "", "eval", CRITICAL, "Text is run as code", "eval() runs whatever text it is given.",
		  "Read the value with a parser of its own, such as json or ast.literal_eval." },
		{ "", "exec", CRITICAL, "Text is run as code", "exec() runs whatever text it is given.",
		  "Call functions by a table of allowed names." },
		{ "", "__import__", HIGH, "A module is loaded by a name that is computed",
		  "Whoever chooses the name chooses the code.", "Import by name at the top of the file." },
		{ "os", "system", CRITICAL, "A shell is started", "A shell reads its whole line as commands.",
		  "Use a library, or subprocess with a list of arguments and no shell." },
		{ "os", "popen", CRITICAL, "A shell is started", "A shell reads its whole line as commands.",
		  "Use a library, or subprocess with a list of arguments and no shell." },
		{ "subprocess", "*", MEDIUM, "A process is started",
		  "An application that starts processes can be made to start others.",
		  "Do it in Python; if that cannot be, pass a constant program and a list of arguments." },
		{ "pickle", "*", HIGH, "Data is read in a form that can hold code",
		  "Whoever can write the data can run code when it is loaded.",
		  "Keep data as JSON or in SQLite." },
		{ "marshal", "*", HIGH, "Data is read in a form that can hold code",
		  "Whoever can write the data can run code when it is loaded.",
		  "Keep data as JSON or in SQLite." },
		{ "shelve", "*", HIGH, "Data is read in a form that can hold code",
		  "Whoever can write the data can run code when it is loaded.",
		  "Keep data as JSON or in SQLite." },
		{ "yaml", "load", HIGH, "Data is read in a form that can hold code",
		  "yaml.load() makes any object that the text names.", "Use yaml.safe_load()." },
		{ "tempfile", "mktemp", MEDIUM, "A temporary name can be taken by another",
		  "Between the name and the file somebody else can put a link there.",
		  "Use tempfile.mkstemp()." },
		{ "ssl", "_create_unverified_context", HIGH, "Certificates are not checked",
		  "Anybody on the way can read and change what is sent.", "Use the default context." },
		{ "", "extractall", MEDIUM, "An archive is unpacked whole",
		  "Names in an archive can lead out of the folder, and it can be far larger than it looks.",
		  "Check each name and size before it is written." },
	};
	const struct py_token *t = &at->l->t[at->i];
	bool bare = !(at->i && py_is(&at->l->t[at->i - 1], "."));

	for (size_t k = 0; k < sizeof(calls) / sizeof(*calls); k++) {
		const struct py_token *name = *calls[k].module ? ahead(at, 2) : t;
		if (*calls[k].module && (!py_is(t, calls[k].module) || !py_is(ahead(at, 1), ".")))
			continue;
		if (!bare && strcmp(calls[k].name, "extractall") != 0)
			continue;
		if ((*calls[k].name != '*' && !py_is(name, calls[k].name)) ||
		    !py_is(ahead(at, *calls[k].module ? 3 : 1), "("))
			continue;
		if (at->i && py_is(&at->l->t[at->i - 1], "def"))
			continue;
		found(at, calls[k].severity, calls[k].title, calls[k].problem, calls[k].advice);
	}
}

static void look_at_option(const struct looker *at)
{
	static const struct {
		const char *name, *value;
		enum severity severity;
		const char *title, *problem, *advice;
	} options[] = {
		{ "shell", "True", CRITICAL, "A shell is started",
		  "A shell reads its whole line as commands.",
		  "Pass a list of arguments and leave shell=True out." },
		{ "verify", "False", HIGH, "Certificates are not checked",
		  "Anybody on the way can read and change what is sent.", "Leave verify=False out." },
		{ "debug", "True", MEDIUM, "Debugging is switched on",
		  "A debugging server shows source and variables to whoever causes an error.",
		  "Leave it out." },
	};
	const struct py_token *t = &at->l->t[at->i];

	for (size_t k = 0; k < sizeof(options) / sizeof(*options) && t->depth > 0; k++)
		if (py_is(t, options[k].name) && py_is(ahead(at, 1), "=") &&
		    py_is(ahead(at, 2), options[k].value))
			found(at, options[k].severity, options[k].title, options[k].problem,
			      options[k].advice);
}

static bool is_key(struct str s)
{
	static const struct {
		const char *begin;
		size_t least;
	} keys[] = {
		{ "sk-", 20 },
		{ "AKIA", 20 },
		{ "ghp_", 20 },
		{ "xoxb-", 20 },
		{ "-----BEGIN RSA PRIVATE", 22 },
		{ "-----BEGIN PRIVATE", 18 },
		{ "-----BEGIN EC PRIVATE", 21 },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (s.len >= keys[i].least && memcmp(s.s, keys[i].begin, strlen(keys[i].begin)) == 0)
			return true;
	return false;
}

static void look_for_secrets(const struct looker *at)
{
	static const char *const words[] = { "password", "passwd",	"secret",     "api_key",
					     "apikey",	 "private_key", "auth_token", "access_token" };
	static const char problem[] =
		"Whoever reads the source has it, and it cannot be changed without a new version.";
	static const char advice[] =
		"Read it from the environment or from a file that only the server can read.";
	const struct py_token *t = &at->l->t[at->i], *value = ahead(at, 2);

	if (t->kind == PY_STRING && is_key(t->text))
		found(at, CRITICAL, "A key is in the source", problem, advice);
	if (t->kind != PY_NAME || !py_is(ahead(at, 1), "=") || value->kind != PY_STRING || value->n_parts ||
	    value->text.len < 8 || memchr(value->text.s, ' ', value->text.len))
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (find_text(t->text, 0, words[i]) >= 0)
			found(at, HIGH, "A secret is in the source", problem, advice);
}

static void look_at_address(const struct looker *at)
{
	const struct py_token *t = &at->l->t[at->i];
	bool all = t->kind == PY_STRING && (str_eq(t->text, "0.0.0.0") || str_eq(t->text, "::"));

	if (t->kind == PY_STRING && !t->text.len && at->i > 2 && py_is(&at->l->t[at->i - 1], "(") &&
	    py_is(&at->l->t[at->i - 2], "(") && find_text(at->l->t[at->i - 3].text, 0, "Server") >= 0)
		all = true;
	if (all)
		found(at, MEDIUM, "The server is open to the whole network",
		      "It can be reached from other machines though it has no protection of its own.",
		      "Listen on 127.0.0.1 and let a web server in front of it do the rest.");
}

/* Whether the function compares something before it reads, or reads no more than a bound. */
static bool is_bounded(const struct py_file *f, size_t def, size_t before)
{
	const struct py_list *l = f->lists[0];

	for (size_t i = f->defs[def].from; i < before; i++)
		if (py_is(&l->t[i], ">") || py_is(&l->t[i], ">=") || py_is(&l->t[i], "<") ||
		    py_is(&l->t[i], "<=") || py_is(&l->t[i], "min"))
			return true;
	return false;
}

static void look_at_body(const struct looker *at)
{
	if (at->l == at->f->lists[0] && py_is(&at->l->t[at->i], "rfile") && py_is(ahead(at, 1), ".") &&
	    py_is(ahead(at, 2), "read") && !is_bounded(at->f, at->l->t[at->i].def, at->i))
		found(at, MEDIUM, "A request's size has no limit",
		      "One request can take all memory: its length is read as the client says.",
		      "Refuse a Content-Length over a limit with 413 before anything is read.");
}

/* ---- what the whole application lacks ---- */

static void look_for_origin_check(struct review *r)
{
	if (review_says(r, "origin") || review_says(r, "csrf") || review_says(r, "sec-fetch-site"))
		return;
	for (size_t i = 0; i < r->n_files; i++)
		for (size_t k = 1; k < r->files[i].n_defs; k++) {
			const struct py_def *d = &r->files[i].defs[k];
			if (str_eq(d->name, "do_POST"))
				review_add(r, HIGH, r->files[i].path, r->files[i].lists[0]->t[d->from].line,
					   "Another site can make changes",
					   "A page elsewhere can send a form here in the name of whoever "
					   "looks at it.",
					   "Refuse with 403 a change whose Origin is not the Host, or ask "
					   "for a token.");
		}
}

static void look_for_headers(struct review *r)
{
	static const struct {
		const char *says, *title, *problem, *advice;
	} headers[] = {
		{ "nosniff", "Browsers may guess content types",
		  "A text that looks like a page may be run as one.",
		  "Send X-Content-Type-Options: nosniff with every answer." },
		{ "content-security-policy", "There is no content security policy",
		  "Where escaping is forgotten once, nothing stops a script.",
		  "Send a Content-Security-Policy that allows only what the pages need." },
	};

	for (size_t i = 0; i < 2 && review_says(r, "text/html"); i++)
		if (!review_says(r, headers[i].says))
			review_add(r, LOW, "", 0, headers[i].title, headers[i].problem, headers[i].advice);
}

static void look_at_scripts(struct review *r, const struct source *s)
{
	static const char *const words[] = { "innerHTML", "outerHTML", "document.write(",
					     "insertAdjacentHTML" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		for (ptrdiff_t at = -1;
		     (at = find_text(s->text, (size_t)(at + 1), words[i])) >= 0 && !r->more;)
			review_add(r, MEDIUM, s->path, line_of(s->text, (size_t)at), "A script writes markup",
				   "What is put together as markup by a script is not escaped.",
				   "Set textContent, or make elements one by one.");
	ptrdiff_t at = find_text(s->text, 0, "-----BEGIN ");
	if (at >= 0 && find_text(s->text, (size_t)at, "PRIVATE KEY-----") >= 0)
		review_add(r, CRITICAL, s->path, line_of(s->text, (size_t)at), "A key is in the source",
			   "Whoever reads the source has it.", "Keep it where only the server can read it.");
}

static void look(struct review *r)
{
	static const struct sink sql = {
		is_sql, "SQL is put together from values",
		"What comes from outside gets into the statement and can change what it does.",
		"It could not be followed where this comes from; if from outside, it can change the "
		"statement.",
		"Bind values as parameters (?); take names of tables and columns from a fixed list and quote "
		"them."
	};
	static const struct sink markup = {
		is_markup, "Markup is written without escaping",
		"What comes from outside gets into the page and can bring a script with it.",
		"It could not be followed where this comes from; if from outside, it can bring a script.",
		"Put html.escape(…, quote=True) around it."
	};
	struct follow *in_sql = follow_new(r->a, r->files, r->n_files, cleans_sql);
	struct follow *in_markup = follow_new(r->a, r->files, r->n_files, cleans_markup);

	for (size_t f = 0; f < r->n_files; f++)
		for (size_t k = 0; k < r->files[f].n_lists; k++)
			for (size_t i = 0; i < r->files[f].lists[k]->n; i++) {
				struct looker at = { r, &r->files[f], r->files[f].lists[k], i };
				if (at.l->t[i].kind == PY_NAME) {
					look_at_call(&at);
					look_at_option(&at);
					look_at_body(&at);
				} else if (at.l->t[i].kind == PY_STRING) {
					look_at_text(&at, in_sql, &sql);
					look_at_text(&at, in_markup, &markup);
					look_at_address(&at);
				}
				look_for_secrets(&at);
			}
	for (size_t i = 0; i < r->n_sources; i++)
		if (!r->sources[i].python)
			look_at_scripts(r, &r->sources[i]);
	look_for_origin_check(r);
	look_for_headers(r);
}

struct value *security_review(struct task *t, struct err *e)
{
	return review_answer(
		t, look,
		"SQL and markup that are put together from values, code and shells that are run, "
		"secrets, changes that another site can make, sizes without limit, open addresses, "
		"missing headers");
}

/* SPDX-License-Identifier: MIT */
/*
 * What people say at gates beside the decision: comments on lines and words on single items, drafted
 * and then sent as one review, and revisions of their own. `owner` as in model/run.h: each call looks
 * first whether the gate may be seen.
 */
#ifndef MODEL_REVIEW_H
#define MODEL_REVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct db;
struct err;
struct item_list;
struct rows;
struct value;

/* Where, and who. */
struct reviewer {
	struct db *db;
	struct arena *a;
	int64_t gate, owner, account;
};

struct line_comment {
	int64_t id;       /* of the draft to change; 0: a new one */
	int64_t revision; /* what the person had before them */
	const char *path; /* "": the document */
	int64_t line, line_end;
	const char *text;
};
/* ERR_INVALID when the lines are not there. *id is the draft's. */
bool comment_save(const struct reviewer *r, const struct line_comment *c, int64_t *id, struct err *e);
bool comment_drop(const struct reviewer *r, int64_t comment, struct err *e);
bool comment_settle(const struct reviewer *r, int64_t comment, bool resolved, struct err *e);
/* JSON: [{list, key, item, verdict: approve, reject or null, comment}]. */
bool items_mark(const struct reviewer *r, int64_t revision, const char *items, struct err *e);

struct edit {
	int64_t revision;
	const char *body, *document;
	const char *path;    /* the file that was edited, or NULL */
	struct str content;
	const char *edited;  /* JSON: [{list, key, item}] */
};
/* The new revision. */
bool artifact_edit(const struct reviewer *r, const struct edit *d, int64_t *revision, struct err *e);
/* The gate's row in statements' words (run_id, stage, revision, _artifact, _agent, state …), or ERR_NOT_FOUND. */
bool gate_seen(const struct reviewer *r, struct rows **g, struct err *e);

/* What of a gate's output is shown, and compared with what. */
struct gate_look {
	const char *against; /* previous, agent, mine */
	bool split;
	bool lines;          /* source lines, to be commented on, instead of the document as it is read */
	const char *file;    /* whose lines; "": the document's */
	int64_t first;       /* line shown first */
	int64_t line, line_end; /* to be commented on; 0: none */
};
/* Adds to the view "gate": comments, items, compare, price, lines. */
bool review_put(const struct reviewer *r, struct value *gate, const struct item_list *lists, size_t count,
		const struct gate_look *look, struct err *e);

#endif

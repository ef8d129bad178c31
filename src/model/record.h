/* SPDX-License-Identifier: MIT */
/*
 * The decision record of a run: who decided what, on which bytes, and why, from the project's audit chain.
 * As a file it is JSON lines and complete in itself: the run, every entry of the chain, the texts that
 * entries name by hash, every accepted output, and last the chain's end with the SHA-256 of each line.
 * record_check.h proves such a file without a database.
 */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct db;
struct err;
struct file_item;
struct value;

#define RECORD_FILE "decision-record.jsonl"

/* The view "record". `before` 0 begins with the newest entry; `owner` as in model/run.h. */
bool record_view(struct db *db, struct arena *a, int64_t run, int64_t owner, int64_t before,
		 struct value **out, struct err *e);
/* The file. ERR_CONFLICT where the chain does not hold: a broken chain is no record. */
bool record_export(struct db *db, struct arena *a, int64_t run, int64_t owner, struct str *out, struct err *e);
/* The files with the record among them, under a name that none of them has. Where it would make the set
   too large for an archive, or the chain is broken, *count stays; the record itself is offered apart. */
void record_join(struct db *db, struct arena *a, int64_t run, int64_t owner, struct file_item **files,
		 size_t *count);

#endif

/* SPDX-License-Identifier: MIT */
/* Workflow files as versions in the database. */
#ifndef MODEL_WORKFLOW_H
#define MODEL_WORKFLOW_H

#include <stdbool.h>

struct db;
struct err;

/* Reads every *.dot in a folder and adds those that the database does not know yet, each as
   a new version: runs keep the version that they began with. Nothing is added when a file is
   unsound; the error names it. A file's name must be its digraph's. */
bool workflows_store(struct db *db, const char *dir, struct err *e);

#endif

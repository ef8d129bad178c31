/* SPDX-License-Identifier: MIT */
/* Workflow files as versions in the database. */
#ifndef MODEL_WORKFLOW_H
#define MODEL_WORKFLOW_H

#include <stdbool.h>

struct db;
struct err;

/*
 * Reads every workflows/NAME.dot of a data folder, whose agents are the folders of agents/ that
 * hold an agent.json, and adds those that the database does not know yet, each as a new version
 * with its drawing: runs keep the version that they began with. A text that was known before
 * becomes the version for new runs again. An unsound file is left out, and the first error, which
 * names it, is given when all others are stored. A file's name must be its digraph's.
 */
bool workflows_store(struct db *db, const char *data_dir, struct err *e);

#endif

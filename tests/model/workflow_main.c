/* SPDX-License-Identifier: MIT */
/* workflow_main URL DATA_DIR: takes the workflow files of a data folder in; or says what is wrong. */
#include <stdio.h>

#include "base/crypt.h"
#include "base/err.h"
#include "base/log.h"
#include "db/db.h"
#include "model/workflow.h"

int main(int argc, char **argv)
{
	struct err e = { 0 };

	if (argc != 3) {
		fputs("usage: workflow_main URL DATA_DIR\n", stderr);
		return 2;
	}
	crypt_init();
	log_open("workflow_main", LOG_INFO_);
	struct db *db = db_open(argv[1], "workflow_main");
	bool ok = workflows_store(db, argv[2], &e);
	if (!ok)
		printf("%s\n", e.msg);
	db_close(db);
	return ok ? 0 : 1;
}

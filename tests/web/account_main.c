/* SPDX-License-Identifier: MIT */
/* account_main NAME ROLE [PASSWORD]: makes an account, and prints a bearer token and a sign-in link's token. */
#include <stdio.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "db/db.h"
#include "model/account.h"
#include "database.h"

int main(int argc, char **argv)
{
	struct err e = { 0 };
	char *token, *link;
	int64_t id, token_id;
	if (argc < 3)
		return 2;
	crypt_init();
	struct arena *a = arena_new(0);
	struct db *db = db_open(database_url(), "account_main");
	bool ok = account_create(db, a, 0, argv[1], argv[2], NULL, argc > 3 ? argv[3] : NULL, &id, &e) &&
		  token_create(db, a, id, "test", TOKEN_SCOPES_ALL, 0, &token, &token_id, &e) &&
		  account_link(db, a, 0, id, "sign_in", 60, &link, NULL, &e);
	if (ok)
		printf("%s %s\n", token, link);
	else
		fprintf(stderr, "%s\n", e.msg);
	db_close(db);
	arena_free(a);
	return ok ? 0 : 1;
}

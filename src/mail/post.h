/* SPDX-License-Identifier: MIT */
/*
 * Takes what is due from the database, one mail at a time under a lease, hands it to the mail server and says
 * what became of it. A mail goes out at least once; again only where the server's word, or ours to the
 * database, was lost on the way.
 */
#ifndef MAIL_POST_H
#define MAIL_POST_H

#include <stdbool.h>

struct config;
struct db;
struct err;
struct smtp;
struct templates;

struct post {
	const struct config *cfg;
	struct db *db;
	struct smtp *smtp;
	struct templates *templates;
};

/* *had: there was a mail, and the server spoke to us about it; one that is away is not asked for each. */
bool post_one(struct post *p, bool *had, struct err *e);

#endif

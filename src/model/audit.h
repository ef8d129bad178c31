/* SPDX-License-Identifier: MIT */
/*
 * The audit's chains, proved from the bytes that are stored. An entry's hash is the SHA-256 of the hash
 * before it (32 zero bytes for the first) and the entry's text. Chain 0 is the site's, the others are
 * projects', by their numbers.
 */
#ifndef MODEL_AUDIT_H
#define MODEL_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypt.h"
#include "base/str.h"

struct arena;
struct db;
struct err;
struct json_object;

/* A chain as far as it was followed, or its end. */
struct audit_head {
	int64_t chain, number;
	uint8_t hash[SHA256_LEN];
};
/* The next link: ERR_CONFLICT says what is broken, and *h stays. `j` receives the entry's parsed text. */
bool audit_follow(struct arena *a, struct audit_head *h, int64_t number, struct str entry, struct str hash,
		  struct json_object **j, struct err *e);

/* The text that a signature of a head is over. */
const char *audit_head_text(struct arena *a, const struct audit_head *h);

/* All chains, by number. */
bool audit_chains(struct db *db, struct arena *a, int64_t **chains, size_t *count, struct err *e);
/* ERR_NOT_FOUND where the chain has no entry yet. */
bool audit_head(struct db *db, struct arena *a, int64_t chain, struct audit_head *out, struct err *e);

/* Follows a stored chain to its end, comparing each row's columns with its entry, and the end with the
   head. `each`, which may be NULL, is told of every entry that holds. ERR_CONFLICT says what is broken,
   *h how far it held. */
bool audit_verify(struct db *db, int64_t chain, struct audit_head *h,
		  bool (*each)(void *ctx, const struct audit_head *h, struct str entry, struct err *e),
		  void *ctx, struct err *e);

#endif

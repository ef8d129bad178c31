/* SPDX-License-Identifier: MIT */
/* Ed25519 signatures by libsodium. A key file is one line: the secret seed in hexadecimal. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

#define SIGN_LEN 64
#define SIGN_PUBLIC_LEN 32

struct sign_key {
	uint8_t secret[64], public[SIGN_PUBLIC_LEN];
};

/* Makes a key and its file, which must not exist, readable by its owner alone. */
bool sign_key_make(const char *path, struct sign_key *out, struct err *e);
/* Refuses a file that others may read. */
bool sign_key_load(struct arena *a, const char *path, struct sign_key *out, struct err *e);
void sign_bytes(const struct sign_key *k, const void *p, size_t n, uint8_t out[SIGN_LEN]);
bool sign_check(const uint8_t public[SIGN_PUBLIC_LEN], const void *p, size_t n,
		const uint8_t signature[SIGN_LEN]);

#endif

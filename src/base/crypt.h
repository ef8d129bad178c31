/* SPDX-License-Identifier: MIT */
/* Random bytes, hashes and tokens. Call crypt_init() once per process. */
#ifndef BASE_CRYPT_H
#define BASE_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

#define SHA256_LEN 32
#define SHA256_HEX 64
#define TOKEN_CHARS 43 /* 256 bits, base64url, no padding */

void crypt_init(void); /* aborts when the system has no entropy source */
void random_bytes(void *p, size_t n);
double random_unit(void); /* uniform in [0,1) */
/* "8-4-4-4-12" version 4, into 37 bytes. */
void random_uuid(char out[37]);
/* A fresh token; only its SHA-256 is ever stored. */
char *token_new(struct arena *a);

void sha256(const void *p, size_t n, uint8_t out[SHA256_LEN]);
char *sha256_hex(struct arena *a, const void *p, size_t n);
void hmac_sha256(const void *key, size_t key_len, const void *p, size_t n, uint8_t out[SHA256_LEN]);
bool bytes_equal(const void *a, const void *b, size_t n); /* constant time */

/* argon2id, 19 MiB, t=2. password_hash returns a PHC string. Both take a
   process-wide lock: one hash at a time, whatever the number of threads. */
char *password_hash(struct arena *a, const char *password);
bool password_verify(const char *phc, const char *password);

#endif

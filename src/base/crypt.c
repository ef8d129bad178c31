/* SPDX-License-Identifier: MIT */
/* A thin coat over libsodium, and over OpenSSL for hashes: it uses the processor's instructions for them. */
#include "base/crypt.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <sodium.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"

#define PASSWORD_MEMORY ((size_t)19456 * 1024)
#define PASSWORD_PASSES 2

static pthread_mutex_t password_lock = PTHREAD_MUTEX_INITIALIZER;
/* OpenSSL would look it up for each hash. */
static EVP_MD *sha256_method;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

void crypt_init(void)
{
	if (sodium_init() < 0) {
		log_error("libsodium cannot start: the system has no source of random bytes");
		abort();
	}
}

void random_bytes(void *p, size_t n)
{
	randombytes_buf(p, n);
}

double random_unit(void)
{
	uint64_t u;

	random_bytes(&u, sizeof(u));
	return (double)(u >> 11) * 0x1p-53;
}

void random_uuid(char out[37])
{
	unsigned char b[16];
	char *p = out;

	random_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		p += snprintf(p, 3, "%02x", b[i]);
	}
}

char *token_new(struct arena *a)
{
	unsigned char secret[32];
	char *token = arena_alloc(a, TOKEN_CHARS + 1);

	random_bytes(secret, sizeof(secret));
	sodium_bin2base64(token, TOKEN_CHARS + 1, secret, sizeof(secret),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(secret, sizeof(secret));
	return token;
}

static void find_sha256(void)
{
	sha256_method = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void sha256(const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	pthread_once(&sha256_once, find_sha256);
	if (!sha256_method || !EVP_Digest(p, n, out, NULL, sha256_method, NULL)) {
		log_error("OpenSSL cannot compute SHA-256");
		abort();
	}
}

char *sha256_hex(struct arena *a, const void *p, size_t n)
{
	uint8_t sum[SHA256_LEN];

	sha256(p, n, sum);
	return hex_encode(a, sum, sizeof(sum));
}

void hmac_sha256(const void *key, size_t key_len, const void *p, size_t n, uint8_t out[SHA256_LEN])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_len);
	crypto_auth_hmacsha256_update(&state, p, n);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

char *password_hash(struct arena *a, const char *password)
{
	char *phc = arena_alloc(a, crypto_pwhash_argon2id_STRBYTES);
	int rc;

	pthread_mutex_lock(&password_lock);
	rc = crypto_pwhash_argon2id_str(phc, password, strlen(password), PASSWORD_PASSES, PASSWORD_MEMORY);
	pthread_mutex_unlock(&password_lock);
	if (rc != 0) {
		log_error("a password cannot be hashed: the system has no memory");
		abort();
	}
	return phc;
}

bool password_verify(const char *phc, const char *password)
{
	int rc;

	if (strncmp(phc, "$argon2id$", 10) != 0 || strlen(phc) >= crypto_pwhash_argon2id_STRBYTES)
		return false;
	pthread_mutex_lock(&password_lock);
	rc = crypto_pwhash_argon2id_str_verify(phc, password, strlen(password));
	pthread_mutex_unlock(&password_lock);
	return rc == 0;
}

/* SPDX-License-Identifier: MIT */
#include "base/sign.h"

#include <sys/stat.h>

#include <sodium.h>

#include "base/arena.h"
#include "base/crypt.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

static void key_of(const uint8_t seed[crypto_sign_SEEDBYTES], struct sign_key *k)
{
	_Static_assert(sizeof(k->secret) == crypto_sign_SECRETKEYBYTES && SIGN_LEN == crypto_sign_BYTES,
		       "libsodium's");
	crypto_sign_seed_keypair(k->public, k->secret, seed);
}

bool sign_key_make(const char *path, struct sign_key *out, struct err *e)
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	char line[2 * sizeof(seed) + 2];
	if (file_exists(path))
		return err_set(e, ERR_CONFLICT, "%s exists already; a key is never replaced", path);
	random_bytes(seed, sizeof(seed));
	sodium_bin2hex(line, sizeof(line), seed, sizeof(seed));
	line[sizeof(line) - 2] = '\n';
	bool ok = file_write(path, line, sizeof(line) - 1, 0600, e);
	key_of(seed, out);
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(line, sizeof(line));
	return ok;
}

bool sign_key_load(struct arena *a, const char *path, struct sign_key *out, struct err *e)
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	struct stat st;
	struct str text;
	if (!file_read(a, path, 200, &text, e))
		return false;
	if (stat(path, &st) != 0 || (st.st_mode & 077))
		return err_set(e, ERR_INVALID, "%s may be read by others; chmod 600 it", path);
	text = str_trim(text);
	if (!hex_decode(arena_strndup(a, text.s, text.len), seed, sizeof(seed)))
		return err_set(e, ERR_INVALID, "%s is no key: it must be one line of 64 hexadecimal digits",
			       path);
	key_of(seed, out);
	sodium_memzero(seed, sizeof(seed));
	return true;
}

void sign_bytes(const struct sign_key *k, const void *p, size_t n, uint8_t out[SIGN_LEN])
{
	crypto_sign_detached(out, NULL, p, n, k->secret);
}

bool sign_check(const uint8_t public[SIGN_PUBLIC_LEN], const void *p, size_t n,
		const uint8_t signature[SIGN_LEN])
{
	return crypto_sign_verify_detached(signature, p, n, public) == 0;
}

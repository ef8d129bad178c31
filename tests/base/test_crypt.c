/* SPDX-License-Identifier: MIT */
/* Hashes against published vectors, and that what is random differs. */
#include "../unit.h"

#include "base/arena.h"
#include "base/crypt.h"
#include "base/str.h"

static struct arena *a;

static int setup(void **state)
{
	crypt_init();
	a = arena_new(0);
	return 0;
}

static int teardown(void **state)
{
	arena_free(a);
	return 0;
}

static void sha256_matches_fips_180(void **state)
{
	assert_string_equal(sha256_hex(a, "abc", 3),
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(sha256_hex(a, "", 0),
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void hmac_matches_rfc_4231(void **state)
{
	uint8_t mac[SHA256_LEN];
	char long_key[131];

	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
	assert_string_equal(hex_encode(a, mac, sizeof(mac)),
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(long_key, 0xaa, sizeof(long_key));
	hmac_sha256(long_key, sizeof(long_key), "Test Using Larger Than Block-Size Key - Hash Key First", 54,
		    mac);
	assert_string_equal(hex_encode(a, mac, sizeof(mac)),
			    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void tokens_are_url_safe_and_differ(void **state)
{
	char *one = token_new(a), *two = token_new(a);

	assert_int_equal(strlen(one), TOKEN_CHARS);
	assert_int_equal(strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
			 TOKEN_CHARS);
	assert_string_not_equal(one, two);
}

static void uuids_are_of_version_four(void **state)
{
	char one[37], two[37];

	random_uuid(one);
	random_uuid(two);
	assert_string_not_equal(one, two);
	assert_int_equal(strlen(one), 36);
	for (int i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23)
			assert_int_equal(one[i], '-');
		else
			assert_non_null(strchr("0123456789abcdef", one[i]));
	}
	assert_int_equal(one[14], '4');
	assert_non_null(strchr("89ab", one[19]));
}

static void the_unit_interval_is_half_open(void **state)
{
	double least = 1, most = 0;

	for (int i = 0; i < 10000; i++) {
		double x = random_unit();

		assert_true(x >= 0 && x < 1);
		least = x < least ? x : least;
		most = x > most ? x : most;
	}
	assert_true(least < 0.1 && most > 0.9);
}

static void bytes_compare_whole(void **state)
{
	assert_true(bytes_equal("abc", "abc", 3));
	assert_false(bytes_equal("abc", "abd", 3));
	assert_true(bytes_equal("abc", "abd", 2));
}

static void a_password_fits_its_own_hash_only(void **state)
{
	char *phc = password_hash(a, "correct horse"), *again = password_hash(a, "correct horse");

	assert_memory_equal(phc, "$argon2id$v=19$m=19456,t=2,p=1$", 31);
	assert_string_not_equal(phc, again);
	assert_true(password_verify(phc, "correct horse"));
	assert_true(password_verify(again, "correct horse"));
	assert_false(password_verify(phc, "correct horsf"));
	assert_false(password_verify(phc, ""));
}

static void what_is_no_hash_fits_nothing(void **state)
{
	static const char *const refused[] = { "", "x", "$argon2id$", "$argon2i$v=19$m=8,t=1,p=1$YWJj$YWJj",
					       "$argon2id$v=19$m=19456,t=2,p=1$!!!!$????", "plain" };

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_false(password_verify(refused[i], "plain"));
		assert_false(password_verify(refused[i], ""));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_matches_fips_180),
		cmocka_unit_test(hmac_matches_rfc_4231),
		cmocka_unit_test(tokens_are_url_safe_and_differ),
		cmocka_unit_test(uuids_are_of_version_four),
		cmocka_unit_test(the_unit_interval_is_half_open),
		cmocka_unit_test(bytes_compare_whole),
		cmocka_unit_test(a_password_fits_its_own_hash_only),
		cmocka_unit_test(what_is_no_hash_fits_nothing),
	};

	return cmocka_run_group_tests_name("crypt", tests, setup, teardown);
}

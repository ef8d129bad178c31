/* SPDX-License-Identifier: MIT */
/* The audit's ends and chains, so that they can leave the machine: what is kept elsewhere proves later
   that nothing was rewritten here. */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/sign.h"
#include "base/str.h"
#include "model/audit.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)

static void print_head(struct cli *c, const struct audit_head *h, const struct sign_key *key)
{
	printf("{\"chain\":%" PRId64 ",\"number\":%" PRId64 ",\"hash\":\"%s\"", h->chain, h->number,
	       hex_encode(c->arena, h->hash, SHA256_LEN));
	if (key) {
		uint8_t signature[SIGN_LEN];
		struct str text = str_from(audit_head_text(c->arena, h));
		sign_bytes(key, text.s, text.len, signature);
		printf(",\"public_key\":\"%s\",\"signature\":\"%s\"",
		       hex_encode(c->arena, key->public, SIGN_PUBLIC_LEN),
		       hex_encode(c->arena, signature, SIGN_LEN));
	}
	puts("}");
}

static int print_heads(struct cli *c, int64_t only, const struct sign_key *key)
{
	int64_t *chains;
	size_t count;
	struct audit_head h;

	if (only >= 0) {
		if (!audit_head(c->db, c->arena, only, &h, &c->err))
			return cli_failed(c);
		print_head(c, &h, key);
		return 0;
	}
	if (!audit_chains(c->db, c->arena, &chains, &count, &c->err))
		return cli_failed(c);
	for (size_t i = 0; i < count; i++) {
		if (!audit_head(c->db, c->arena, chains[i], &h, &c->err))
			return cli_failed(c);
		print_head(c, &h, key);
	}
	return 0;
}

/* The entry's text as a JSON string, so that its bytes stay what was hashed. */
static bool print_entry(void *ctx, const struct audit_head *h, struct str entry, struct err *e)
{
	struct buf line;
	struct arena *a = arena_new(0);

	buf_init(&line, LINE_MAX_BYTES);
	buf_addf(&line, "{\"number\":%" PRId64 ",\"entry\":", h->number);
	json_write_str(&line, entry.s, entry.len);
	buf_addf(&line, ",\"hash\":\"%s\"}", hex_encode(a, h->hash, SHA256_LEN));
	bool ok = buf_ok(&line) && puts(buf_str(&line)) >= 0;
	buf_release(&line);
	arena_free(a);
	(void)ctx;
	return ok || err_set(e, ERR_UNAVAILABLE, "the output cannot be written");
}

static int export_chain(struct cli *c, int64_t chain, const struct sign_key *key)
{
	struct audit_head h;

	if (!audit_head(c->db, c->arena, chain, &h, &c->err) ||
	    !audit_verify(c->db, chain, &h, print_entry, c, &c->err))
		return cli_failed(c);
	print_head(c, &h, key);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	err_set(&c->err, ERR_UNAVAILABLE, "the output cannot be written");
	return cli_failed(c);
}

static int make_key(struct cli *c, const char *file)
{
	struct sign_key key;

	if (!sign_key_make(file, &key, &c->err))
		return cli_failed(c);
	printf("%s\n", hex_encode(c->arena, key.public, SIGN_PUBLIC_LEN));
	return 0;
}

int cmd_audit(struct cli *c, int argc, char **argv)
{
	const char *key_file = NULL;
	const struct option_spec options[] = { { "key", &key_file, NULL } };
	struct sign_key key;
	int64_t chain = -1;
	int n = cli_options(argv[0], argc, argv, options, 1);

	if (n < 1 || n > 2)
		return n < 0 ? EXIT_USAGE : cli_usage(argv[0], "head, export or key?");
	if (streq(argv[1], "key"))
		return n == 2 ? make_key(c, argv[2]) : cli_usage(argv[0], "name the file of the new key");
	bool export = streq(argv[1], "export");
	if (!export && !streq(argv[1], "head"))
		return cli_usage(argv[0], "there is no \"audit %s\"", argv[1]);
	if (n == 2 && streq(argv[2], "site"))
		chain = 0;
	else if (n == 2 && !parse_i64(argv[2], 1, INT64_MAX, &chain))
		return cli_usage(argv[0], "a chain is site, or a project's number, not \"%s\"", argv[2]);
	if (export && chain < 0)
		return cli_usage(argv[0], "which chain? site, or a project's number");
	if ((key_file && !sign_key_load(c->arena, key_file, &key, &c->err)) || !cli_database(c))
		return cli_failed(c);
	return export ? export_chain(c, chain, key_file ? &key : NULL)
		      : print_heads(c, chain, key_file ? &key : NULL);
}

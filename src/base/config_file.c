/* SPDX-License-Identifier: MIT */
/* Reading `name = value` lines by libconfuse. */
#include "base/config_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <confuse.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#define FILE_MAX 65536

/* libconfuse's callbacks carry no pointer of ours. */
static struct {
	struct arena *a;
	const char *path;
	config_entry_fn *fn;
	void *p;
	struct err *e;
	bool failed;
} reading;

static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char what[256];

	if (reading.failed)
		return;
	reading.failed = true;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	vsnprintf(what, sizeof(what), fmt, ap);
#pragma GCC diagnostic pop
	err_set(reading.e, ERR_INVALID, "%s:%d: %s", reading.path, cfg->line, what);
}

static int on_entry(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (reading.failed)
		return -1;
	if (reading.fn(reading.p, opt->name, arena_strdup(reading.a, text ? text : ""), reading.e))
		return 0;
	reading.failed = true;
	err_prefix(reading.e, "%s:%d", reading.path, cfg->line);
	return -1;
}

bool config_file_read(struct arena *a, const char *path, const char *const *names, config_entry_fn *fn,
		      void *p, struct err *e)
{
	cfg_opt_t *opts;
	cfg_t *cfg;
	size_t n = 0;
	struct str text;
	int rc;

	if (!file_read(a, path, FILE_MAX, &text, e))
		return false;
	if (memchr(text.s, '\0', text.len))
		return err_set(e, ERR_INVALID, "%s: must not contain NUL bytes", path);
	while (names[n])
		n++;
	opts = arena_array(a, n + 1, sizeof(*opts));
	for (size_t i = 0; i < n; i++)
		opts[i] = (cfg_opt_t)CFG_STR(names[i], NULL, CFGF_NODEFAULT);
	opts[n] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(opts, CFGF_NONE);
	if (!cfg)
		return err_set(e, ERR_UNAVAILABLE, "%s: no memory to read it", path);
	reading.a = a;
	reading.path = path;
	reading.fn = fn;
	reading.p = p;
	reading.e = e;
	reading.failed = false;
	cfg_set_error_function(cfg, on_error);
	for (size_t i = 0; i < n; i++)
		cfg_set_validate_func(cfg, names[i], on_entry);
	rc = cfg_parse_buf(cfg, text.s);
	cfg_free(cfg);
	if (reading.failed)
		return false;
	if (rc != CFG_SUCCESS)
		return err_set(e, ERR_INVALID, "%s: cannot be read as settings", path);
	return true;
}

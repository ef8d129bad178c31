/* SPDX-License-Identifier: MIT */
#include "db/db.h"

#include <stdio.h>
#include <string.h>

struct param p_text(const char *s)
{
	return (struct param){ .text = s, .len = s ? strlen(s) : 0, .kind = PARAM_TEXT };
}

struct param p_textn(const char *s, size_t n)
{
	return (struct param){ .text = s, .len = n, .kind = PARAM_VIEW };
}

struct param p_int(int64_t v)
{
	struct param p = { .kind = PARAM_NUM };
	print_i64(p.num, v);
	return p;
}

struct param p_real(double v)
{
	struct param p = { .kind = PARAM_NUM };
	snprintf(p.num, sizeof(p.num), "%.17g", v);
	return p;
}

struct param p_bool(bool v)
{
	return (struct param){ .kind = PARAM_NUM, .num = { v ? 't' : 'f' } };
}

struct param p_null(void)
{
	return (struct param){ .kind = PARAM_TEXT };
}

struct param p_bytes(const void *p, size_t n)
{
	return (struct param){ .text = p, .len = n, .kind = PARAM_BYTES };
}

struct param p_int_array(const int64_t *v, size_t n)
{
	return (struct param){ .ints = v, .len = n, .kind = PARAM_INTS };
}

struct param p_text_array(const char *const *v, size_t n)
{
	return (struct param){ .texts = v, .len = n, .kind = PARAM_TEXTS };
}

struct param p_bytes_array(const struct str *v, size_t n)
{
	return (struct param){ .blobs = v, .len = n, .kind = PARAM_BLOBS };
}

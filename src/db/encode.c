/* SPDX-License-Identifier: MIT */
/* Parameters as libpq takes them. */
#include "db/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "db/array.h"

/* What it takes in `copies`; SIZE_MAX: too much. */
static size_t room(const struct param *p, Oid type)
{
	size_t n = array_is(p) ? array_room(p, type) : p->kind == PARAM_NUM || !p->text ? 0 : p->len;
	if (n > INT32_MAX / 4)
		return SIZE_MAX;
	return array_is(p) || (p->kind == PARAM_VIEW && p->text) ? n + 1 : 0;
}

static char *encode_one(struct encoded *out, size_t i, const struct param *p, Oid type, char *at)
{
	bool binary = p->kind == PARAM_BYTES;
	size_t n = p->len;

	out->values[i] = p->kind == PARAM_NUM ? p->num : p->text;
	if (array_is(p)) {
		out->values[i] = at;
		n = array_put(at, p, type, &binary);
		at += n + 1;
	} else if (p->kind == PARAM_VIEW && p->text) {
		out->values[i] = at;
		memcpy(at, p->text, n);
		at[n] = '\0';
		at += n + 1;
	}
	out->lengths[i] = (int)n;
	out->formats[i] = binary;
	return at;
}

bool encode(const struct db *db, size_t s, const struct param *p, size_t n, struct encoded *out, struct err *e)
{
	size_t size = 0;

	out->copies = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t one = room(&p[i], PQparamtype(db->prepared[s], (int)i));
		if (one == SIZE_MAX)
			return err_set(e, ERR_TOO_LARGE, "A value is too large for the database.");
		if (p[i].kind == PARAM_VIEW && p[i].text && memchr(p[i].text, '\0', p[i].len))
			return err_set(e, ERR_INVALID, "A text contains a NUL character; remove it.");
		size += one;
	}
	if (size && !(out->copies = malloc(size)))
		return err_set(e, ERR_INTERNAL, "out of memory");
	char *at = out->copies;
	for (size_t i = 0; i < n; i++)
		at = encode_one(out, i, &p[i], PQparamtype(db->prepared[s], (int)i), at);
	return true;
}

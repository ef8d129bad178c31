/* SPDX-License-Identifier: MIT */
#include "web/next.h"

#include <stddef.h>

/* "//host" and "/\host" lead elsewhere in a browser; a control character may hide either. */
const char *next_safe(const char *next)
{
	if (!next || next[0] != '/' || next[1] == '/')
		return "/";
	for (const unsigned char *p = (const unsigned char *)next; *p; p++)
		if (*p <= 0x20 || *p >= 0x7f || *p == '\\')
			return "/";
	return next;
}

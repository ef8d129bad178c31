/* SPDX-License-Identifier: MIT */
/* Where to go on to, as a form says: only ever a page of ours. */
#ifndef WEB_NEXT_H
#define WEB_NEXT_H

/* `next` if it is a plain path below the base, else "/". */
const char *next_safe(const char *next);

#endif

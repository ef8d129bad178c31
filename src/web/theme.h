/* SPDX-License-Identifier: MIT */
/* Light, dark, or as the browser says: a cookie, so that it works before signing in too. */
#ifndef WEB_THEME_H
#define WEB_THEME_H

struct exchange;

/* Sets "theme" and "theme_is" of the page. */
void theme_show(struct exchange *x);

#endif

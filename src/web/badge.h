/* SPDX-License-Identifier: MIT */
/*
 * How many turns wait for whoever looks, in the navigation of every page. Counted at most every two
 * seconds for each person, after the page itself; the inbox counts nothing by this.
 */
#ifndef WEB_BADGE_H
#define WEB_BADGE_H

struct badge;
struct exchange;

struct badge *badge_new(void);
void badge_free(struct badge *b);
/* Sets "turns" of the page: "3", "99+", or nothing. What fails is not shown. */
void badge_show(struct exchange *x);
/* After what a person did: what is known of everybody's turns may be wrong. */
void badge_forget(struct badge *b);

#endif

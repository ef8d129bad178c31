/* SPDX-License-Identifier: MIT */
#ifndef WEB_STAGE_LINKS_H
#define WEB_STAGE_LINKS_H

struct exchange;
struct value;

/* Gives each file of the view "stage" its public link, and its link within pages. */
void stage_links(struct exchange *x, struct value *stage);

#endif

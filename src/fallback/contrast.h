/* SPDX-License-Identifier: MIT */
/* Colours that a style sheet states, and whether text in them can be read. */
#ifndef FALLBACK_CONTRAST_H
#define FALLBACK_CONTRAST_H

#include "base/str.h"

struct review;

/* Adds a finding for each rule whose colours have less than 4.5 to 1 contrast (WCAG 2.1), in
   light and in dark; `line` is that of the sheet's begin. Colours that are computed are left out. */
void contrast_check(struct review *r, const char *path, struct str css, int line);

#endif

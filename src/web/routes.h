/* SPDX-License-Identifier: MIT */
/* THE table of routes: method, pattern, handler, policy. docs/views.md says what each shows. */
#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include <stddef.h>

#include "http/route.h"

extern const struct route routes[];
extern const size_t route_count;

#endif

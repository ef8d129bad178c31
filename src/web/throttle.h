/* SPDX-License-Identifier: MIT */
/*
 * Slows down guessing of passwords. Three budgets refill with time: of an address, of an address at
 * one account, and of an account from everywhere. The last one does not hold for an address that
 * has signed in to the account before, so nobody can lock somebody else out; sign-in links are
 * never throttled. Kept in this process's memory, bounded: it is a brake, not a ledger.
 */
#ifndef WEB_THROTTLE_H
#define WEB_THROTTLE_H

#include <stdbool.h>

struct err;
struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *t);
/* Takes one attempt from each budget; ERR_THROTTLED when one is empty. */
bool throttle_attempt(struct throttle *t, const char *address, const char *account, struct err *e);
/* The attempt was good: it is given back, and the address is known from now on. */
void throttle_success(struct throttle *t, const char *address, const char *account);

#endif

/* SPDX-License-Identifier: MIT */
/* Inside net only: a libcurl handle set up by the rules of request.h. */
#ifndef NET_EASY_H
#define NET_EASY_H

#include <curl/curl.h>

#include "net/request.h"

struct err;

#define NET_HEAD_MAX (64u << 10)

/* A handle without options, for what is not HTTP. */
CURL *easy_bare(struct err *e);
/* Free the list after the handle. NULL on failure. */
CURL *easy_new(const struct net_request *r, struct curl_slist **headers, struct err *e);
/* The limits in force: the request's, or the defaults. */
struct net_limits easy_limits(const struct net_request *r);
enum net_fault easy_fault(CURLcode code);
/* "cannot reach host:443: …": `detail` is libcurl's error text, "" if none. */
void easy_message(char *out, size_t size, CURL *easy, enum net_fault fault, const char *detail);

#endif

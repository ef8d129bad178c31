/* SPDX-License-Identifier: MIT */
/* One set of libcurl options for every request, and what its codes mean. */
#include "net/easy.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static pthread_once_t started = PTHREAD_ONCE_INIT;
static CURLcode start_result;

static void start(void)
{
	start_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct net_limits easy_limits(const struct net_request *r)
{
	struct net_limits l = r->limits, d = NET_LIMITS_DEFAULT;

	if (!l.connect_ms && !l.idle_ms && !l.total_ms && !l.body_max)
		return d;
	if (!l.connect_ms)
		l.connect_ms = d.connect_ms;
	if (!l.idle_ms)
		l.idle_ms = d.idle_ms;
	if (!l.body_max)
		l.body_max = d.body_max;
	return l;
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

static bool url_part(CURLU *u, CURLUPart part)
{
	char *s = NULL;
	bool there = curl_url_get(u, part, &s, 0) == CURLUE_OK && s;

	curl_free(s);
	return there;
}

/* A user name or password in a URL would reach logs. */
static bool check_url(const char *url, struct err *e)
{
	CURLU *u = curl_url();
	char *scheme = NULL;
	bool ok = false;

	if (!u)
		return err_set(e, ERR_INTERNAL, "no memory for a URL");
	if (has_control(url) || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
		err_set(e, ERR_INVALID, "the URL cannot be read; it should look like https://host/path");
	else if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
		 (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		err_set(e, ERR_INVALID, "the URL must start with http:// or https://");
	else if (url_part(u, CURLUPART_USER) || url_part(u, CURLUPART_PASSWORD))
		err_set(e, ERR_INVALID, "the URL must not carry a user name or password");
	else
		ok = true;
	curl_free(scheme);
	curl_url_cleanup(u);
	return ok;
}

static bool add_header(struct curl_slist **list, const struct net_header *h, struct err *e)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct curl_slist *grown;
	char line[8192];
	int n;

	if (!*h->name || h->name[strspn(h->name, token)])
		return err_set(e, ERR_INVALID, "a header's name has a character that it may not have");
	if (has_control(h->value))
		return err_set(e, ERR_INVALID, "the value of header %s has a line end or control character",
			       h->name);
	/* "Name;" is how libcurl sends an empty value; "Name:" would remove the header. */
	n = *h->value ? snprintf(line, sizeof(line), "%s: %s", h->name, h->value)
		      : snprintf(line, sizeof(line), "%s;", h->name);
	if (n < 0 || (size_t)n >= sizeof(line))
		return err_set(e, ERR_INVALID, "header %s is longer than 8 KiB", h->name);
	grown = curl_slist_append(*list, line);
	explicit_bzero(line, sizeof(line));
	if (!grown)
		return err_set(e, ERR_INTERNAL, "no memory for a header");
	*list = grown;
	return true;
}

static bool set_headers(const struct net_request *r, struct curl_slist **list, struct err *e)
{
	/* No waiting for "100 Continue" before a body of over 1 MiB. */
	struct curl_slist *first = curl_slist_append(NULL, "Expect:");

	if (!first)
		return err_set(e, ERR_INTERNAL, "no memory for a header");
	*list = first;
	for (size_t i = 0; i < r->header_count; i++)
		if (!add_header(list, &r->headers[i], e))
			return false;
	return true;
}

static CURLcode set_method(CURL *c, const struct net_request *r)
{
	static const char *const names[] = { "GET", "POST", "PUT", "DELETE" };
	CURLcode rc = CURLE_OK;

	if (r->method == NET_GET && !r->body)
		return curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	if (r->body || r->method == NET_POST) {
		rc = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
				      (curl_off_t)(r->body ? r->body_len : 0));
		if (rc == CURLE_OK)
			rc = curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body ? r->body : "");
	}
	if (rc == CURLE_OK && r->method != NET_POST)
		rc = curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, names[r->method]);
	return rc;
}

CURL *easy_bare(struct err *e)
{
	CURL *c;

	pthread_once(&started, start);
	if (start_result != CURLE_OK) {
		err_set(e, ERR_INTERNAL, "libcurl cannot start: %s", curl_easy_strerror(start_result));
		return NULL;
	}
	c = curl_easy_init();
	if (!c)
		err_set(e, ERR_INTERNAL, "no memory for a request");
	return c;
}

CURL *easy_new(const struct net_request *r, struct curl_slist **headers, struct err *e)
{
	struct net_limits l = easy_limits(r);
	CURL *c;
	bool ok;

	*headers = NULL;
	if (!check_url(r->url, e))
		return NULL;
	c = easy_bare(e);
	if (!c)
		return NULL;
	if (!set_headers(r, headers, e))
		goto fail;
#define SET(option, value) (curl_easy_setopt(c, (option), (value)) == CURLE_OK)
	ok = SET(CURLOPT_URL, r->url) && set_method(c, r) == CURLE_OK &&
	     SET(CURLOPT_HTTPHEADER, *headers) && SET(CURLOPT_USERAGENT, "BotArmy") &&
	     SET(CURLOPT_PROTOCOLS_STR, "http,https") && SET(CURLOPT_FOLLOWLOCATION, 0L) &&
	     SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) && SET(CURLOPT_HTTP09_ALLOWED, 0L) &&
	     SET(CURLOPT_PROXY, "") && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
	     SET(CURLOPT_SSL_VERIFYPEER, 1L) && SET(CURLOPT_SSL_VERIFYHOST, 2L) &&
	     SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	     SET(CURLOPT_FRESH_CONNECT, 1L) && SET(CURLOPT_FORBID_REUSE, 1L) &&
	     SET(CURLOPT_CONNECTTIMEOUT_MS, (long)l.connect_ms) &&
	     SET(CURLOPT_TIMEOUT_MS, (long)l.total_ms) &&
	     SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)l.body_max);
	if (ok && r->ca_file)
		ok = SET(CURLOPT_CAINFO, r->ca_file);
#undef SET
	if (ok)
		return c;
	err_set(e, ERR_INTERNAL, "libcurl refuses an option; is it older than 7.88?");
fail:
	curl_easy_cleanup(c);
	curl_slist_free_all(*headers);
	*headers = NULL;
	return NULL;
}

enum net_fault easy_fault(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return NET_OK;
	case CURLE_OPERATION_TIMEDOUT:
		return NET_TIMEOUT;
	case CURLE_FILESIZE_EXCEEDED:
		return NET_TOO_LARGE;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_ENGINE_SETFAILED:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_USE_SSL_FAILED:
		return NET_TLS;
	case CURLE_ABORTED_BY_CALLBACK:
		return NET_CANCELLED;
	default:
		return NET_CONNECTION;
	}
}

/* "host:port" of the URL, without path and query, which may hold what is private. */
static void host_of(CURL *easy, char *out, size_t size)
{
	char *url = NULL, *host = NULL, *port = NULL;
	CURLU *u = curl_url();

	snprintf(out, size, "the server");
	if (u && curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK && url &&
	    curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
		snprintf(out, size, "%s:%s", host, port);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
}

void easy_message(char *out, size_t size, CURL *easy, enum net_fault fault, const char *detail)
{
	static const char *const what[NET_FAULTS] = {
		[NET_OK] = "answered",
		[NET_CONNECTION] = "cannot be reached, or broke off",
		[NET_TIMEOUT] = "did not answer in time",
		[NET_TLS] = "could not be trusted",
		[NET_TOO_LARGE] = "sent more than is accepted",
		[NET_CANCELLED] = "was not waited for: cancelled",
	};
	char host[160];

	host_of(easy, host, sizeof(host));
	snprintf(out, size, "%s %s%s%.160s", host, what[fault], *detail ? ": " : "", detail);
}

/* SPDX-License-Identifier: MIT */
#include "net/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "net/easy.h"

#define CONNECT_MS 10000L
#define TOTAL_MS 45000L
/* Servers close idle connections; a message on a dead one would wait for its next attempt. */
#define IDLE_S 5L

struct smtp {
	CURL *easy;
	/* of the message on its way */
	struct str message;
	size_t at;
	bool envelope;      /* the server was told from whom; what it refuses now is the message */
	char reply[400];    /* its last line */
	char error[CURL_ERROR_SIZE];
};

/* Others' words, for logs and pages. */
static void printable(char *s)
{
	for (; *s; s++)
		if (*s < 0x20 || *s == 0x7f)
			*s = ' ';
}

static size_t next_bytes(char *to, size_t size, size_t n, void *p)
{
	struct smtp *s = p;
	size_t room = size * n, left = s->message.len - s->at;

	if (left < room)
		room = left;
	memcpy(to, s->message.s + s->at, room);
	s->at += room;
	return room;
}

/* The dialogue tells how far a message came. What we send while signing in is not looked at. */
static int listen_in(CURL *easy, curl_infotype type, char *data, size_t n, void *p)
{
	struct smtp *s = p;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT && n >= 9 && strncasecmp(data, "MAIL FROM", 9) == 0)
		s->envelope = true;
	if (type == CURLINFO_HEADER_IN && n >= 3) {
		while (n && (data[n - 1] == '\n' || data[n - 1] == '\r'))
			n--;
		snprintf(s->reply, sizeof(s->reply), "%.*s", (int)(n < 390 ? n : 390), data);
	}
	return 0;
}

static bool set_up(struct smtp *s, const struct smtp_server *o)
{
	long tls = o->tls == SMTP_TLS_REQUIRED ? CURLUSESSL_ALL :
		   o->tls == SMTP_TLS_OPTIONAL ? CURLUSESSL_TRY : CURLUSESSL_NONE;
	CURL *c = s->easy;
#define SET(option, value) (curl_easy_setopt(c, (option), (value)) == CURLE_OK)
	return SET(CURLOPT_URL, o->url) && SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
	       SET(CURLOPT_USE_SSL, tls) && SET(CURLOPT_PROXY, "") &&
	       SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) && SET(CURLOPT_SSL_VERIFYPEER, 1L) &&
	       SET(CURLOPT_SSL_VERIFYHOST, 2L) && SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       SET(CURLOPT_CONNECTTIMEOUT_MS, o->connect_ms ? o->connect_ms : CONNECT_MS) &&
	       SET(CURLOPT_TIMEOUT_MS, o->total_ms ? o->total_ms : TOTAL_MS) &&
	       SET(CURLOPT_MAXAGE_CONN, IDLE_S) && SET(CURLOPT_NOSIGNAL, 1L) &&
	       SET(CURLOPT_ERRORBUFFER, s->error) && SET(CURLOPT_UPLOAD, 1L) &&
	       SET(CURLOPT_READFUNCTION, next_bytes) && SET(CURLOPT_READDATA, s) &&
	       SET(CURLOPT_VERBOSE, 1L) && SET(CURLOPT_DEBUGFUNCTION, listen_in) && SET(CURLOPT_DEBUGDATA, s) &&
	       (!*o->ca_file || SET(CURLOPT_CAINFO, o->ca_file)) &&
	       (!*o->user || (SET(CURLOPT_USERNAME, o->user) && SET(CURLOPT_PASSWORD, o->password)));
#undef SET
}

struct smtp *smtp_open(const struct smtp_server *o, struct err *e)
{
	struct smtp *s;

	if (*o->user && o->tls != SMTP_TLS_REQUIRED && strncmp(o->url, "smtps://", 8) != 0) {
		err_set(e, ERR_INVALID, "smtp_user needs smtp_tls = required: a password does not travel in the clear");
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		err_set(e, ERR_INTERNAL, "no memory for a connection");
		return NULL;
	}
	s->easy = easy_bare(e);
	if (s->easy && !set_up(s, o))
		err_set(e, ERR_INTERNAL, "libcurl refuses an option; has it SMTP and TLS?");
	else if (s->easy)
		return s;
	smtp_close(s);
	return NULL;
}

static void judge(struct smtp *s, CURLcode code, struct smtp_result *out)
{
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	if (code == CURLE_OK) {
		out->outcome = SMTP_SENT;
		snprintf(out->detail, sizeof(out->detail), "%s", s->reply);
		printable(out->detail);
		return;
	}
	bool heard = status >= 400 && status <= 599;
	out->outcome = s->envelope && heard && status >= 500 ? SMTP_REFUSED : SMTP_LATER;
	if (heard && *s->reply)
		snprintf(out->detail, sizeof(out->detail), "%s", s->reply);
	else
		easy_message(out->detail, sizeof(out->detail), s->easy, easy_fault(code),
			     *s->error ? s->error : curl_easy_strerror(code));
	printable(out->detail);
}

void smtp_send(struct smtp *s, const char *from, const char *to, struct str message, struct smtp_result *out)
{
	char sender[300], recipient[300];
	struct curl_slist *list;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	*out = (struct smtp_result){ .outcome = SMTP_LATER };
	snprintf(sender, sizeof(sender), "<%s>", from);
	snprintf(recipient, sizeof(recipient), "<%s>", to);
	s->message = message;
	s->at = 0;
	s->envelope = false;
	s->reply[0] = s->error[0] = '\0';
	list = curl_slist_append(NULL, recipient);
	if (list && curl_easy_setopt(s->easy, CURLOPT_MAIL_FROM, sender) == CURLE_OK &&
	    curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, list) == CURLE_OK &&
	    curl_easy_setopt(s->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.len) == CURLE_OK)
		code = curl_easy_perform(s->easy);
	judge(s, code, out);
	curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(list);
}

void smtp_close(struct smtp *s)
{
	if (!s)
		return;
	curl_easy_cleanup(s->easy);
	free(s);
}

/* SPDX-License-Identifier: MIT */
/*
 * Hands messages to a mail server, one at a time, over a connection that is kept between them. What became of
 * a message is one of three: the server has it; it is to be tried again (no connection, no TLS, a sign-in or
 * greeting refused, 4xx); this message or its recipient is refused for good (5xx to the envelope or the
 * message). After a connection that broke while a message was on its way, nobody knows: that is "again".
 */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include <stdbool.h>

#include "base/str.h"

struct err;
struct smtp;

enum smtp_tls { SMTP_TLS_REQUIRED, SMTP_TLS_OPTIONAL, SMTP_TLS_OFF };

struct smtp_server {
	const char *url;            /* smtp://host:587 or smtps://host:465 */
	enum smtp_tls tls;          /* of smtp://; smtps:// is always TLS */
	const char *ca_file;        /* "": the system's */
	const char *user, *password; /* "": no sign-in */
	long connect_ms, total_ms;  /* 0: 10 s and 45 s */
};

enum smtp_outcome { SMTP_SENT, SMTP_LATER, SMTP_REFUSED };

struct smtp_result {
	enum smtp_outcome outcome;
	int status;       /* the server's last reply; 0: none */
	char detail[512]; /* its words, or what went wrong; printable */
};

/* Connects at the first message. ERR_INVALID where the password would travel in the clear. Strings are
   copied. */
struct smtp *smtp_open(const struct smtp_server *s, struct err *e);
/* `from` and `to` are addresses by mail_address_valid(), without brackets; `message` has CRLF line ends. */
void smtp_send(struct smtp *s, const char *from, const char *to, struct str message, struct smtp_result *out);
void smtp_close(struct smtp *s);

#endif

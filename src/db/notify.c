/* SPDX-License-Identifier: MIT */
#include "db/conn.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"

static bool plain(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return n > 0 && n < DB_CHANNEL_NAME && s[n] == '\0' && (s[0] < '0' || s[0] > '9');
}

bool db_listen(struct db *db, const char *channel, struct err *e)
{
	char sql[DB_CHANNEL_NAME + 16];

	if (!plain(channel))
		return err_set(e, ERR_INTERNAL, "a channel's name must be a plain lower-case identifier");
	if (db->in_txn)
		return err_set(e, ERR_INTERNAL, "listening cannot begin inside a transaction");
	for (size_t i = 0; i < db->channel_count; i++)
		if (strcmp(db->channels[i], channel) == 0)
			return db_ready(db, e);
	if (db->channel_count == DB_CHANNELS)
		return err_set(e, ERR_INTERNAL, "a connection listens to at most %d channels", DB_CHANNELS);
	if (!db_ready(db, e))
		return false;
	snprintf(sql, sizeof(sql), "LISTEN %s", channel);
	if (!db_send_ok(db, sql, e))
		return false;
	snprintf(db->channels[db->channel_count++], DB_CHANNEL_NAME, "%s", channel);
	return true;
}

bool db_notifies(struct db *db, void (*fn)(void *ctx, const char *channel, const char *payload), void *ctx,
		 struct err *e)
{
	if (!db->conn)
		return err_set(e, ERR_UNAVAILABLE, "There is no connection to the database.");
	if (!PQconsumeInput(db->conn)) {
		log_warn("database connection lost while listening");
		db_drop(db);
		return err_set(e, ERR_UNAVAILABLE, "The connection to the database was lost; try again.");
	}
	PGnotify *n;
	while (db->conn && (n = PQnotifies(db->conn)) != NULL) {
		fn(ctx, n->relname, n->extra);
		PQfreemem(n);
	}
	return true;
}

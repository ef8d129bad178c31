/* SPDX-License-Identifier: MIT */
/*
 * Back-pressure: what is short on this machine or in the database. While anything is, an
 * eighth of the usual is claimed, so that what is begun can end; people read why.
 */
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "runner/runner.h"

enum { SHARE = 8, CONNECTIONS_PERCENT = 90 };

static int64_t disk_free_mb(const char *dir)
{
	struct statvfs v;

	if (statvfs(dir, &v) != 0)
		return INT64_MAX;
	return (int64_t)(v.f_bavail * (v.f_frsize / 1024) / 1024);
}

/* INT64_MAX where the system does not say. */
static int64_t memory_free_mb(void)
{
	struct arena *a = arena_new(0);
	struct str text;
	int64_t mb = INT64_MAX;
	long long kb;

	if (file_read(a, "/proc/meminfo", 1 << 16, &text, NULL)) {
		const char *at = strstr(text.s, "MemAvailable:");
		if (at && sscanf(at, "MemAvailable: %lld kB", &kb) == 1)
			mb = kb / 1024;
	}
	arena_free(a);
	return mb;
}

void pressure_look(struct runner *r)
{
	const struct config *cfg = r->config;
	int64_t disk = disk_free_mb(cfg->state_dir), memory = memory_free_mb(), used = 0, allowed = 0;
	char now[sizeof(r->pressure)] = "";

	if (disk < cfg->runner_disk_mb)
		snprintf(now, sizeof(now), "only %lld MB of disk are free on %s", (long long)disk, r->host);
	else if (memory < cfg->runner_memory_mb)
		snprintf(now, sizeof(now), "only %lld MB of memory are free on %s", (long long)memory, r->host);
	else if (connections_used(r->db, &used, &allowed, NULL) && used * 100 >= allowed * CONNECTIONS_PERCENT)
		snprintf(now, sizeof(now), "%lld of %lld database connections are in use", (long long)used,
			 (long long)allowed);
	if (now[0] && !r->pressure[0])
		log_warn("claiming less: %s", now);
	else if (!now[0] && r->pressure[0])
		log_info("claiming as usual again");
	memcpy(r->pressure, now, sizeof(now));
}

size_t pressure_slots(const struct runner *r)
{
	if (!r->pressure[0])
		return r->slots;
	return r->slots > SHARE ? r->slots / SHARE : 1;
}

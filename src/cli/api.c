/* SPDX-License-Identifier: MIT */
/* The API as the commands see it: BOTARMY_URL and BOTARMY_TOKEN, JSON in and out. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "net/http_sync.h"

#define EXPORT_MAX ((int64_t)1 << 30)

static const char *api_url(struct cli *c, const char *path)
{
	const char *base = getenv("BOTARMY_URL");
	size_t len;

	if (!base || !*base) {
		err_set(&c->err, ERR_INVALID, "set BOTARMY_URL to the address of your BotArmy, such as http://localhost:8080");
		return NULL;
	}
	len = strlen(base);
	while (len && base[len - 1] == '/')
		len--;
	return arena_printf(c->arena, "%.*s/api/v1%s", (int)len, base, path);
}

static const char *api_token(struct cli *c)
{
	const char *token = getenv("BOTARMY_TOKEN");

	if (!token || !*token) {
		err_set(&c->err, ERR_INVALID, "set BOTARMY_TOKEN to an API token (made on the page Settings, or by botarmy token)");
		return NULL;
	}
	return token;
}

static bool call(struct cli *c, enum net_method method, const char *path, const char *key,
		 struct json_object *body, struct json_object **out)
{
	const char *url = api_url(c, path), *token = url ? api_token(c) : NULL;

	return token && net_json(c->arena, method, url, token, key, body, out, &c->err);
}

bool api_get(struct cli *c, const char *path, struct json_object **out)
{
	return call(c, NET_GET, path, NULL, NULL, out);
}

bool api_post(struct cli *c, const char *path, const char *idempotency_key, struct json_object *body,
	      struct json_object **out)
{
	return call(c, NET_POST, path, idempotency_key, body, out);
}

bool api_download(struct cli *c, const char *path, const char *file)
{
	const char *url = api_url(c, path), *token = url ? api_token(c) : NULL;

	return token && net_download(c->arena, url, token, file, EXPORT_MAX, NULL, NULL, &c->err);
}

/* SPDX-License-Identifier: MIT */
/* One path, and a set of paths that must be able to live side by side anywhere. */
#include "base/path_rule.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/str.h"

#define PATH_BYTES 200
#define PATH_PARTS 12

static bool is_allowed(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("._- +@()", c));
}

static bool folds_to(struct str part, const char *name)
{
	return part.len == strlen(name) && strncasecmp(part.s, name, part.len) == 0;
}

/* Windows sees the device behind any extension: "nul.txt" is NUL. */
static bool is_device(struct str part)
{
	static const char *const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
	struct str stem = str_cut(&part, '.');

	while (stem.len > 0 && stem.s[stem.len - 1] == ' ')
		stem.len--;
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		if (folds_to(stem, devices[i]))
			return true;
	}
	return stem.len == 4 && stem.s[3] >= '0' && stem.s[3] <= '9' &&
	       (strncasecmp(stem.s, "com", 3) == 0 || strncasecmp(stem.s, "lpt", 3) == 0);
}

static const char *part_fault(struct str part)
{
	if (part.len == 0)
		return "has an empty part";
	if (str_eq(part, ".") || str_eq(part, ".."))
		return "has a \".\" or \"..\" part";
	if (part.s[0] == '-' || part.s[0] == '~')
		return "has a part that starts with '-' or '~'";
	for (size_t i = 0; i < part.len; i++) {
		if (!is_allowed(part.s[i]))
			return "has a character other than letters, digits and \"._- +@()\"";
	}
	if (part.s[part.len - 1] == '.' || part.s[part.len - 1] == ' ')
		return "has a part that ends in a dot or a space";
	if (folds_to(part, ".git") || folds_to(part, "git~1"))
		return "names git's own folder";
	if (is_device(part))
		return "has a part that is a Windows device name";
	return NULL;
}

static const char *path_fault(const char *path)
{
	struct str rest = str_from(path);
	int parts = 0;

	if (rest.len == 0)
		return "is empty";
	if (rest.len > PATH_BYTES)
		return "is longer than 200 bytes";
	if (rest.s[0] == '/')
		return "is not relative";
	if (rest.s[rest.len - 1] == '/')
		return "ends in '/'";
	while (rest.len > 0) {
		const char *fault = part_fault(str_cut(&rest, '/'));

		if (fault)
			return fault;
		if (++parts > PATH_PARTS)
			return "has more than 12 parts";
	}
	return NULL;
}

/* A hostile path in a message must not carry control or foreign characters on. */
static bool refuse(const char *path, const char *fault, struct err *e)
{
	char shown[61];
	size_t n = 0;

	for (; path && path[n] && n < sizeof(shown) - 1; n++)
		shown[n] = is_allowed(path[n]) || path[n] == '/' ? path[n] : '?';
	shown[n] = '\0';
	return err_set(e, ERR_INVALID, "the path \"%s\" %s", shown, fault);
}

bool path_valid(const char *path, struct err *e)
{
	const char *fault = path_fault(path);

	return fault ? refuse(path, fault, e) : true;
}

static unsigned fold(char c)
{
	if (c == '/')
		return 1; /* a folder's content sorts right behind a file of its name */
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A' + 'a');
	return (unsigned char)c;
}

static int by_folded(const void *a, const void *b)
{
	const char *p = *(const char *const *)a, *q = *(const char *const *)b;

	while (*p && fold(*p) == fold(*q)) {
		p++;
		q++;
	}
	return (int)fold(*p) - (int)fold(*q);
}

bool path_set_valid(const char *const *paths, size_t count, struct err *e)
{
	const char **sorted;
	bool ok = true;

	for (size_t i = 0; i < count; i++) {
		if (!path_valid(paths[i], e))
			return false;
	}
	if (count < 2)
		return true;
	sorted = calloc(count, sizeof(*sorted));
	if (!sorted)
		return err_set(e, ERR_UNAVAILABLE, "no memory to compare %zu paths", count);
	memcpy(sorted, paths, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_folded);
	for (size_t i = 1; ok && i < count; i++) {
		size_t n = strlen(sorted[i - 1]);

		if (by_folded(&sorted[i - 1], &sorted[i]) == 0)
			ok = refuse(sorted[i], "is there twice (upper and lower case count as one)", e);
		else if (strncasecmp(sorted[i - 1], sorted[i], n) == 0 && sorted[i][n] == '/')
			ok = refuse(sorted[i - 1], "is a file and also a folder of another path", e);
	}
	free(sorted);
	return ok;
}

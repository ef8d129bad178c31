/* SPDX-License-Identifier: MIT */
#include "database.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *source_dir(void)
{
	const char *dir = getenv("top_srcdir");
	return dir ? dir : TEST_SOURCE_DIR;
}

const char *database_url(void)
{
	const char *url = getenv("DATABASE_URL");
	return url ? url : "";
}

void need_database(char **argv, bool empty)
{
	const char *is_empty = getenv("BOTARMY_TEST_EMPTY");
	char script[4096], self[4096];

	if (getenv("BOTARMY_TEST_DATABASE") && empty == (is_empty && *is_empty))
		return;
	setenv("top_srcdir", TEST_SOURCE_DIR, 0);
	setenv("top_builddir", TEST_BUILD_DIR, 0);
	snprintf(script, sizeof(script), "%s/tests/lib/with-database", source_dir());
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		char *with[8] = { script };
		int at = 1;
		self[n] = '\0';
		if (empty)
			with[at++] = "--empty";
		with[at++] = self;
		for (int i = 1; argv[i] && at < 7; i++)
			with[at++] = argv[i];
		execv(script, with);
	}
	perror(script);
	exit(99);
}

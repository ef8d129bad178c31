/* SPDX-License-Identifier: MIT */
/* Hands over to deploy/setup.sh: installing is the business of the system's own tools. */
#include "cli/cli.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/file.h"

int cmd_setup(struct cli *c, int argc, char **argv)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *script;

	if (!cli_config(c))
		return cli_failed(c);
	if (n <= 0) {
		err_set(&c->err, ERR_INTERNAL, "where this program lies cannot be found: is /proc mounted?");
		return cli_failed(c);
	}
	self[n] = '\0';
	script = path_join(c->arena, c->cfg->data_dir, "deploy/setup.sh");
	setenv("BOTARMY_BIN", dirname(self), 1);
	setenv("BOTARMY_SYSCONFDIR", SYSCONFDIR, 1);
	argv[0] = script;
	execv(script, argv);
	err_set(&c->err, ERR_INTERNAL, "%s cannot be run: %s", script, strerror(errno));
	return cli_failed(c);
}

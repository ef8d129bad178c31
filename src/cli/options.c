/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <string.h>

#include "base/str.h"

static const struct option_spec *find_option(const struct option_spec *options, size_t count,
					     const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(options[i].name) == len && memcmp(options[i].name, name, len) == 0)
			return &options[i];
	return NULL;
}

int cli_options(const char *command, int argc, char **argv, const struct option_spec *options, size_t count)
{
	int operands = 0;

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i], *name, *equals;
		const struct option_spec *o;

		if (arg[0] != '-' || !arg[1]) {
			argv[1 + operands++] = argv[i];
			continue;
		}
		name = arg + strspn(arg, "-");
		equals = strchr(name, '=');
		o = find_option(options, count, name, equals ? (size_t)(equals - name) : strlen(name));
		if (!o) {
			cli_usage(command, "unknown option: %s", arg);
			return -1;
		}
		if (o->flag) {
			if (equals) {
				cli_usage(command, "--%s takes no value", o->name);
				return -1;
			}
			*o->flag = true;
		} else if (equals) {
			*o->value = equals + 1;
		} else if (i + 1 < argc) {
			*o->value = argv[++i];
		} else {
			cli_usage(command, "--%s needs a value", o->name);
			return -1;
		}
	}
	return operands;
}

bool cli_number(const char *command, const char *what, const char *operand, long long *out)
{
	int64_t n;

	if (!parse_i64(operand ? operand : "", 1, INT64_MAX, &n)) {
		cli_usage(command, "%s is a number, not \"%s\"", what, operand ? operand : "");
		return false;
	}
	*out = n;
	return true;
}

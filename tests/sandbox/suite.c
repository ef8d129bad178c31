/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"

struct sandbox_settings suite_settings(void)
{
	return (struct sandbox_settings){
		.data_dir = ".", .state_dir = getenv("BOTARMY_TEST_DIR"), .jobs = 2, .tests_at_once = 2,
		.limits = { .wall_s = 120, .test_s = 20, .memory_mb = 256, .processes = 32, .disk_mb = 16 },
	};
}

void suite_need_sandbox(void)
{
	struct sandbox_settings s = suite_settings();
	struct err e = { 0 };

	if (sandbox_probe(&s, NULL, &e))
		return;
	printf("1..0 # SKIP %s\n", e.msg);
	exit(0);
}

static void read_folder(struct arena *a, const char *dir, const char *inside, struct file_item *files,
			size_t *count)
{
	const char **names;
	size_t n;
	struct err e = { 0 };

	assert_true(dir_list(a, dir, &names, &n, &e));
	for (size_t i = 0; i < n; i++) {
		char *path = path_join(a, dir, names[i]);
		char *name = *inside ? path_join(a, inside, names[i]) : arena_strdup(a, names[i]);
		struct stat st;
		struct str text;
		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			read_folder(a, path, name, files, count);
		} else if (strcmp(name, "expect") != 0) {
			assert_true(*count < FILESET_FILES);
			assert_true(file_read(a, path, FILESET_FILE_BYTES, &text, &e));
			files[(*count)++] = (struct file_item){ name, text.s, text.len };
		}
	}
}

struct file_item *suite_folder(struct arena *a, const char *dir, size_t *count)
{
	struct file_item *files = arena_array(a, FILESET_FILES, sizeof(*files));

	*count = 0;
	read_folder(a, dir, "", files, count);
	return files;
}

struct json_object *suite_wait(struct arena *a, int fd, int seconds)
{
	int64_t until = clock_mono_ms() + seconds * 1000;
	struct json_object *report = NULL;
	struct err e = { 0 };
	struct buf b;

	buf_init(&b, SANDBOX_REPORT_BYTES + 1);
	for (;;) {
		struct pollfd p = { fd, POLLIN, 0 };
		int64_t left = until - clock_mono_ms();
		char chunk[65536];
		ssize_t n;
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			break;
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(&b, chunk, (size_t)n);
		if (n == 0) {
			report = sandbox_report(a, buf_str(&b), b.len, &e);
			break;
		}
	}
	assert_true(b.len <= SANDBOX_REPORT_BYTES);
	buf_release(&b);
	close(fd);
	return report;
}

struct json_object *suite_run(struct arena *a, struct sandbox *sb, const struct file_item *files,
			      size_t count, const struct sandbox_limits *limits)
{
	struct err e = { 0 };
	struct json_object *report;
	int fd;

	if (!sandbox_submit(sb, files, count, limits, &fd, &e))
		fail_msg("submit: %s", e.msg);
	report = suite_wait(a, fd, 200);
	assert_non_null(report);
	return report;
}

const char *suite_outcome(struct json_object *report, const char *test)
{
	struct json_object *tests = json_get_array(report, "tests");

	for (size_t i = 0; tests && i < json_object_array_length(tests); i++) {
		struct json_object *t = json_object_array_get_idx(tests, i);
		if (strcmp(json_get_str(t, "name", ""), test) == 0)
			return json_get_str(t, "outcome", "");
	}
	return NULL;
}

int suite_processes(const char *marker)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int found = 0;

	assert_non_null(proc);
	while ((entry = readdir(proc))) {
		char path[300], line[4096];
		FILE *f;
		size_t n;
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/cmdline", entry->d_name);
		f = fopen(path, "re");
		if (!f)
			continue;
		n = fread(line, 1, sizeof(line), f);
		fclose(f);
		found += memmem(line, n, marker, strlen(marker)) != NULL;
	}
	closedir(proc);
	return found;
}

bool suite_processes_become(const char *marker, int count, int seconds)
{
	int64_t until = clock_mono_ms() + seconds * 1000;

	while (suite_processes(marker) != count) {
		if (clock_mono_ms() >= until)
			return false;
		poll(NULL, 0, 20);
	}
	return true;
}

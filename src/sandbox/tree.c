/* SPDX-License-Identifier: MIT */
/* Processes below this one, by /proc: their memory, and the end of those left over. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/box.h"

#define TREE_MAX 8192 /* processes looked at; more than any limit of a sandbox allows */

static ssize_t read_small(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, text, size - 1);
	close(fd);
	if (n >= 0)
		text[n] = '\0';
	return n;
}

/* Appends the children of all threads of a process. */
static size_t children(pid_t pid, pid_t *list, size_t count)
{
	char path[96], text[4096];
	DIR *dir;
	struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	if (!dir)
		return count;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/children", (int)pid, entry->d_name);
		if (read_small(path, text, sizeof(text)) <= 0)
			continue;
		for (char *at = text, *end; count < TREE_MAX; at = end) {
			long child = strtol(at, &end, 10);
			if (end == at)
				break;
			list[count++] = (pid_t)child;
		}
	}
	closedir(dir);
	return count;
}

size_t kill_strays(const pid_t *keep, size_t keep_count)
{
	static pid_t list[TREE_MAX];
	size_t count = children(getpid(), list, 0), strays = 0;

	for (size_t i = 0; i < count; i++) {
		bool kept = false;
		for (size_t k = 0; k < keep_count; k++)
			kept = kept || keep[k] == list[i];
		if (kept)
			continue;
		strays++;
		/* A child not waited for keeps its number, so this hits no other process. */
		kill(list[i], SIGKILL);
		waitpid(list[i], NULL, WNOHANG);
	}
	return strays;
}

void kill_orphans(void)
{
	char path[64], text[256];
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		long pid = strtol(entry->d_name, NULL, 10), starter;

		if (pid <= 1)
			continue;
		snprintf(path, sizeof(path), "/proc/%ld/cmdline", pid);
		if (read_small(path, text, sizeof(text)) <= 0 || strncmp(text, BOX_NAME, strlen(BOX_NAME)) != 0)
			continue;
		starter = strtol(text + strlen(BOX_NAME), NULL, 10);
		if (starter > 1 && kill((pid_t)starter, 0) != 0 && errno == ESRCH)
			kill((pid_t)pid, SIGKILL);
	}
	if (dir)
		closedir(dir);
}

static int64_t field_kib(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static int64_t memory_of(pid_t pid)
{
	char path[64], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	if (read_small(path, text, sizeof(text)) > 0)
		return (field_kib(text, "\nPss_Anon:") + field_kib(text, "\nPss_Shmem:")) * 1024;
	/* Not ours to look into (the harness is not dumpable): what status tells everybody. */
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (read_small(path, text, sizeof(text)) > 0)
		return (field_kib(text, "\nRssAnon:") + field_kib(text, "\nRssShmem:")) * 1024;
	return 0;
}

int64_t tree_memory(pid_t pid)
{
	static pid_t list[TREE_MAX];
	size_t count = 1;
	int64_t total = 0;

	list[0] = pid;
	for (size_t i = 0; i < count; i++) {
		total += memory_of(list[i]);
		count = children(list[i], list, count);
	}
	return total;
}

/* SPDX-License-Identifier: MIT */
/*
 * For bench/feed.py: many event streams in one process, which costs little itself.
 *
 *   viewers PORT FIRST-RUN RUNS VIEWERS [COOKIE…]
 *
 * Opens VIEWERS streams through nginx, of RUNS runs by turns from FIRST-RUN on, with the cookies by turns;
 * prints "ready" when each has begun. Then for each number of events that all of them have got it prints
 * "event", and how many microseconds after the time that the event says (t, in microseconds) it was there:
 * the median, the 99th percentile, and the last. Ends with its standard input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READS = 16384, EVENTS = 1024 };

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "viewers: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void open_one(int epoll, int port, long run, const char *cookie, bool *begun)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct epoll_event want = { .events = EPOLLIN };
	char ask[512];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(fd >= 0, "socket");
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0, "connect");
	int n = snprintf(ask, sizeof(ask), "GET /events/run/%ld HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", run, cookie);
	need(write(fd, ask, (size_t)n) == n, "write");
	need(fcntl(fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
	want.data.fd = fd;
	need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &want) == 0, "epoll");
	begun[fd] = false;
}

static int by_size(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
	return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
	static struct epoll_event got[EVENTS];
	static char bytes[READS + 1];
	static bool begun[70000];
	struct rlimit files;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event end = { .events = EPOLLIN, .data.fd = 0 };

	if (argc < 6)
		return 2;
	int port = atoi(argv[1]), viewers = atoi(argv[4]), cookies = argc - 5, ready = 0, seen = 0;
	long first = atol(argv[2]), runs = atol(argv[3]);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	int64_t *late = calloc((size_t)viewers, sizeof(*late));
	need(late != NULL && epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &end) == 0, "start");
	for (int i = 0, opened = 0;;) {
		/* Not more are on their way at once than nginx takes. */
		while (opened < viewers && opened - ready < 256) {
			open_one(epoll, port, first + opened % runs, argv[5 + opened % cookies], begun);
			opened++;
		}
		int n = epoll_wait(epoll, got, EVENTS, -1);
		for (i = 0; i < n; i++) {
			int fd = got[i].data.fd;
			ssize_t len = read(fd, bytes, READS);
			if (fd == 0)
				return 0;
			need(len > 0, "a stream has ended");
			bytes[len] = '\0';
			if (!begun[fd] && strstr(bytes, "id: ")) {
				begun[fd] = true;
				if (++ready == viewers)
					puts("ready");
			}
			char *t = strstr(bytes, "\"t\": ");
			if (t && seen < viewers)
				late[seen++] = now_us() - strtoll(t + 5, NULL, 10);
		}
		if (seen == viewers) {
			qsort(late, (size_t)seen, sizeof(*late), by_size);
			printf("event %lld %lld %lld\n", (long long)late[seen / 2], (long long)late[seen * 99 / 100],
			       (long long)late[seen - 1]);
			seen = 0;
		}
		fflush(stdout);
	}
}

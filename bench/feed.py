# SPDX-License-Identifier: MIT
"""The feed's figures: what many idle viewers cost, and how fast an event reaches a thousand of them. FEED_VIEWERS,
FEED_SECONDS and FEED_EVENTS make it smaller."""

import os
import statistics
import subprocess
import time
import urllib.parse

BUILD = os.environ["top_builddir"]
VIEWERS = int(os.environ.get("FEED_VIEWERS", "10000"))
SECONDS = int(os.environ.get("FEED_SECONDS", "60"))
EVENTS = int(os.environ.get("FEED_EVENTS", "50"))
WATCHERS = min(1000, VIEWERS)


class Viewers:
    def __init__(self, stack, first, runs, viewers, cookie):
        self.process = subprocess.Popen(
            [f"{BUILD}/bench/viewers", str(urllib.parse.urlsplit(stack["url"]).port), str(first), str(runs), str(viewers), cookie],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.line() != "ready":
            raise RuntimeError("not all viewers came in")

    def line(self):
        return self.process.stdout.readline().strip()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def idle(stack, cookie, tools, report):
    first = int(stack.sql("select min(run_id) from run"))
    tools.sleep(2)
    feed, nginx = tools.pss_kib(stack["feed"]), tools.pss_kib(stack["nginx"])
    viewers = Viewers(stack, first, VIEWERS, VIEWERS, cookie)
    # As long as runs are young they are looked at more often.
    tools.sleep(min(65, SECONDS + 5))
    used, nginx_used = tools.cpu_us(stack["feed"]), sum(tools.cpu_us(p) for p in tools.family(stack["nginx"]))
    began = time.monotonic()
    tools.sleep(SECONDS)
    seconds = time.monotonic() - began
    used = (tools.cpu_us(stack["feed"]) - used) / 1e4 / seconds
    nginx_used = (sum(tools.cpu_us(p) for p in tools.family(stack["nginx"])) - nginx_used) / 1e4 / seconds
    more, nginx_more = tools.pss_kib(stack["feed"]) - feed, tools.pss_kib(stack["nginx"]) - nginx
    viewers.end()
    how = f"{VIEWERS} viewers of as many runs, {seconds:.0f} s, a comment each 15 s"
    report("PSS of the feed, an idle viewer", round(more / VIEWERS, 2), "KiB", None, "<= 32 KiB", how)
    report("PSS of nginx, an idle viewer", round(nginx_more / VIEWERS, 2), "KiB", None, None, how)
    report("CPU of the feed, idle viewers", round(used, 2), "%", None, "about 0", f"of one processor; {how}")
    report("CPU of nginx, idle viewers", round(nginx_used, 2), "%", None, None, f"of one processor; {how}")


def one_to_many(stack, cookie, tools, report):
    run = int(stack.sql("select max(run_id) from run"))
    viewers = Viewers(stack, run, 1, WATCHERS, cookie)
    figures = []
    feed, nginx = tools.cpu_us(stack["feed"]), sum(tools.cpu_us(p) for p in tools.family(stack["nginx"]))
    for _ in range(EVENTS):
        stack.sql(f"select event_append(array[{run}], array['tick'], array[jsonb_build_object('t', "
                  "(extract(epoch from clock_timestamp()) * 1000000)::bigint)])")
        figures.append([int(n) / 1000 for n in viewers.line().split()[1:]])
        time.sleep(0.1)
    feed = (tools.cpu_us(stack["feed"]) - feed) / EVENTS / 1000
    nginx = (sum(tools.cpu_us(p) for p in tools.family(stack["nginx"])) - nginx) / EVENTS / 1000
    viewers.end()
    how = f"median of {EVENTS} events, from inside the transaction to the client behind nginx"
    report(f"an event to {WATCHERS} viewers, p50", round(statistics.median(f[0] for f in figures), 2), "ms", None, None, how)
    report(f"an event to {WATCHERS} viewers, p99", round(statistics.median(f[1] for f in figures), 2), "ms", None, "<= 20 ms",
           f"{how}; events' own from {min(f[1] for f in figures):.1f} to {max(f[1] for f in figures):.1f}")
    report(f"CPU of the feed, an event to {WATCHERS}", round(feed, 2), "ms", None, None, f"nginx {nginx:.2f} ms")


def measure(stack, cookie, tools, report):
    idle(stack, cookie, tools, report)
    one_to_many(stack, cookie, tools, report)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make bench: what the shipped programs cost in their default configuration, beside a limit measured
in the same run. Prints a table and writes bench-results.jsonl, an object a figure: name, value, unit,
limit, ratio, goal, conditions. BENCH_SECONDS (of one measurement, 2), BENCH_ROUNDS (9) and BENCH_RUNS
(projects through the runner, 10) make it shorter or longer; BENCH_DIR (/var/tmp) is where its folder is
made, BENCH_RESULTS the file that it writes, BENCH_PORT nginx's port; BENCH_PARTS (web,engine,feed) and
BENCH_FIGURES (functions of engine.py) take a part of it, BENCH_FULL=1 the engine's full sizes."""

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import engine
import feed

SOURCE = os.environ["top_srcdir"]
BUILD = os.environ["top_builddir"]
PROJECTS = 10_000
ROWS = 50
CONNECTIONS = 8
SECONDS = int(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "9"))
RESULTS = os.environ.get("BENCH_RESULTS", f"{BUILD}/bench-results.jsonl")
RUNS = int(os.environ.get("BENCH_RUNS", "10"))

results = []


def fail(why):
    sys.exit(f"bench: {why}")


def report(name, value, unit, limit=None, goal=None, conditions=""):
    """A limit is what the same figure can be at best here; the ratio is the value's share of it."""
    ratio = round(value / limit, 3) if limit else None
    results.append({"name": name, "value": value, "unit": unit, "limit": limit, "ratio": ratio, "goal": goal,
                    "conditions": conditions})


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stack:
    """bench/serve.sh in a session of its own: Ctrl-C is for us, and it ends when we let go of it."""

    def __init__(self):
        port = os.environ.get("BENCH_PORT") or str(free_port())
        self.process = subprocess.Popen(
            ["bash", f"{SOURCE}/bench/serve.sh", str(PROJECTS), port],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.values = {}

    def start(self):
        for line in self.process.stdout:
            if line.strip() == "ready":
                return
            name, _, value = line.strip().partition("=")
            self.values[name] = value
        fail("the system did not start")

    def __getitem__(self, name):
        return self.values[name]

    def drain(self):
        self.process.stdin.write("drain\n")
        self.process.stdin.flush()
        if self.process.stdout.readline().strip() != "drained":
            fail("the runner did not do its work")

    def sql(self, text):
        return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self["database"], "-c", text],
                              text=True, stdout=subprocess.PIPE, check=True).stdout.strip()

    def stop(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.process.stdin.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.stdout.close()
        self.process.wait()


# ---- processes, by the ids that the stack gave ----

def family(pid):
    """A process and those that it started."""
    pids = [int(pid)]
    for one in pids:
        with open(f"/proc/{one}/task/{one}/children", encoding="ascii") as f:
            pids += map(int, f.read().split())
    return pids


def cpu_us(pid):
    """What the threads of a process have used so far, to the nanosecond as the scheduler counts."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1000


def pss_kib(pid):
    total = 0
    for one in family(pid):
        with open(f"/proc/{one}/smaps_rollup", encoding="ascii") as f:
            total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
    return total


# ---- requests ----

class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def request(url, headers=(), form=None):
    """Status, headers and body of one answer, whatever it is."""
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    ask = urllib.request.Request(url, data=data, headers=dict(h.split(": ", 1) for h in headers))
    try:
        with urllib.request.build_opener(NoRedirect).open(ask, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def sign_in(stack):
    """The cookie of a session, as a browser would have it."""
    path = urllib.parse.urlsplit(stack["link"]).path
    _, headers, _ = request(stack["url"] + path, form={})
    for cookie in headers.get_all("Set-Cookie") or []:
        if cookie.startswith("botarmy="):
            return cookie.split(";")[0]
    fail("the sign-in link opened no session")


def wrk(url, headers, seconds):
    """Requests a second, and how many; a wrong answer ends the bench."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for h in headers:
        command += ["-H", h]
    done = subprocess.run(command + [url], stdout=subprocess.PIPE, text=True, check=False, timeout=seconds + 60)
    if done.returncode or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        fail(f"{url} did not answer as it should:\n{done.stdout}")
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1)),
            int(re.search(r"(\d+) requests in", done.stdout).group(1)))


class Target:
    def __init__(self, url, headers, pid, rows):
        self.url, self.headers, self.pid = url, headers, pid
        self.rates, self.cpu = [], []
        status, _, body = request(url, headers)
        found = len(re.findall(rows, body)) if rows else ROWS
        if status != 200 or found not in (ROWS, ROWS + 1):
            fail(f"{url} answers {status} with {found} rows instead of {ROWS}")
        self.bytes = len(body)

    def round(self):
        before = cpu_us(self.pid)
        rate, requests = wrk(self.url, self.headers, SECONDS)
        self.rates.append(rate)
        self.cpu.append((cpu_us(self.pid) - before) / requests)

    def rate(self):
        return round(statistics.median(self.rates), 1)

    def cost(self):
        return round(statistics.median(self.cpu), 1)


# ---- what a page asks the database ----

def statements(stack, url, headers):
    """What one answer takes, as the server's log has it: (name, parameters)."""
    def logged(what):
        for setting in (f"alter system set log_statement = '{what}'", "select pg_reload_conf()"):
            subprocess.run(["psql", "-Xqt", "-d", stack["superuser"], "-c", setting], stdout=subprocess.DEVNULL, check=True)
        time.sleep(0.5)

    for _ in range(3):
        request(url, headers)
    logged("all")
    with open(stack["log"], encoding="utf-8") as f:
        f.seek(0, os.SEEK_END)
        request(url, headers)
        time.sleep(0.2)
        text = f.read()
    logged("none")
    found = []
    for entry in re.split(r"(?m)^(?=\S+ \S+ \S+ \[\d+\] )", text):
        name = re.search(r"LOG:  execute (\w+):", entry)
        values = re.search(r"DETAIL:  parameters: (.*)", entry, re.S)
        if name:
            found.append([name.group(1), []])
        elif values and found:
            found[-1][1] = [None if v == "NULL" else v[1:-1].replace("''", "'")
                            for v in re.findall(r"\$\d+ = (NULL|'(?:[^']|'')*')", values.group(1))]
    return found


def replay(stack, name, url, headers, only=None):
    """Lets the minimal responder ask the same."""
    asked = [(s, p) for s, p in statements(stack, url, headers) if only in (None, s)]
    if not asked or any("\t" in v or "\n" in v for _, p in asked for v in p if v):
        fail(f"what {url} asks the database cannot be repeated: {asked}")
    with open(f"{stack['pages']}/{name}", "w", encoding="utf-8") as f:
        f.writelines("\t".join([s] + ["\\N" if v is None else v for v in p]) + "\n" for s, p in asked)
    return len(asked)


# ---- what is measured ----

def by_turns(targets, rounds):
    """So that a busy minute meets all alike."""
    for t in targets:
        wrk(t.url, t.headers, 1)
    for i in range(rounds):
        at = i % len(targets)
        for t in targets[at:] + targets[:at]:
            t.round()


def lists(stack, session):
    """The project list, by turns with the minimal responder's."""
    url = stack["url"]
    token = ["Authorization: Bearer " + stack["token"]]
    replay(stack, "list", f"{url}/api/v1/projects?limit={ROWS}", token, "project_list")
    targets = {
        "JSON": Target(f"{url}/api/v1/projects?limit={ROWS}", token, stack["web"], rb'"run_id":'),
        "HTML": Target(f"{url}/projects?limit={ROWS}", session, stack["web"], rb'class="row-title"'),
        "minimal": Target(f"{url}/minimal/list", token, stack["minimal"], rb"\n"),
    }
    by_turns(list(targets.values()), ROUNDS)
    limit = targets["minimal"]
    how = f"{ROWS} rows of {PROJECTS}, {CONNECTIONS} connections, median of {ROUNDS} x {SECONDS} s"
    for name, goal in (("JSON", ">= 0.85 of the minimal responder"), ("HTML", ">= 0.7 of the minimal responder")):
        t = targets[name]
        report(f"project list, {name}", t.rate(), "requests/s", limit.rate(), goal,
               f"{how}, {t.bytes} bytes; minimal {limit.bytes} bytes")
    report("CPU of botarmy-web, HTML list", targets["HTML"].cost(), "us/request", limit.cost(), "<= 120 us",
           "user and system; the same page elsewhere: trivial libfcgi 74, PHP-FPM 314, FastAPI with Jinja 867")
    report("CPU of botarmy-web, JSON list", targets["JSON"].cost(), "us/request", limit.cost(), None,
           "user and system")


def pages(stack, session):
    """Home, a run that waits, and its gate, each beside the minimal responder asking what the page asks."""
    url = stack["url"]
    env = dict(os.environ, BOTARMY_URL=url, BOTARMY_TOKEN=stack["token"])
    subprocess.run([f"{BUILD}/botarmy", "submit", "--name", "At its gate", "--file",
                    f"{SOURCE}/tests/fixtures/briefs/tool-library.md", "--workflow", "sdlc"],
                   env=env, stdout=subprocess.DEVNULL, check=True)
    stack.drain()
    run, gate = stack.sql("select run_id, gate_id from gate where state = 'open'").split("|")
    for name, path in (("home", "/"), ("run", f"/runs/{run}"), ("gate", f"/gates/{gate}")):
        asked = replay(stack, name, url + path, session)
        page = Target(url + path, session, stack["web"], None)
        limit = Target(f"{url}/minimal/{name}", [], stack["minimal"], None)
        by_turns([page, limit], max(3, ROUNDS // 3))
        report(f"{name} page, HTML", page.rate(), "requests/s", limit.rate(), ">= 0.7 of the minimal responder",
               f"{asked} statements, {page.bytes} bytes, minimal {limit.bytes}; CPU {page.cost()} us a request, "
               f"minimal {limit.cost()}")


def memory(stack):
    """After the load and after password hashes, of which there is one at a time whatever the threads."""
    for _ in range(3):
        request(stack["url"] + "/sign-in", form={"name": "admin", "password": "a wrong password"})
    web, nginx = pss_kib(stack["web"]), pss_kib(stack["nginx"])
    report("PSS of web and nginx after the load", round((web + nginx) / 1024, 2), "MiB",
           round((pss_kib(stack["minimal"]) + nginx) / 1024, 2), "<= 20 MiB",
           f"{stack['threads']} threads; botarmy-web {web} KiB, nginx {nginx} KiB")


def templates():
    """The template engine and the JSON writer alone, without database and sockets."""
    done = subprocess.run([f"{BUILD}/bench/render"], stdout=subprocess.PIPE, text=True, check=True)
    for line in done.stdout.splitlines():
        what, us, size = line.split("\t")
        report(what, float(us), "us", None, "<= 200 us", f"{ROWS} rows of 6 columns, {size} bytes, best of many")


def stages(stack):
    brief = f"{SOURCE}/tests/fixtures/briefs/tool-library.md"
    env = dict(os.environ, BOTARMY_URL=stack["url"], BOTARMY_TOKEN=stack["token"])
    for i in range(RUNS):
        subprocess.run([f"{BUILD}/botarmy", "submit", "--name", f"Bench {i}", "--file", brief, "--workflow", "direct"],
                       env=env, stdout=subprocess.DEVNULL, check=True)
    started = time.monotonic()
    stack.drain()
    seconds = time.monotonic() - started
    ours = f"run_id in (select run_id from run order by run_id desc limit {RUNS})"
    done = int(stack.sql(f"select count(*) from run where state = 'done' and {ours}"))
    if done != RUNS:
        fail(f"{done} of {RUNS} projects were done: "
             + stack.sql(f"select string_agg(distinct state || ' ' || coalesce(problem, ''), '; ') from run where {ours}"))
    accepted = int(stack.sql(f"select count(*) from stage_result where artifact_id is not null and {ours}"))
    tests = int(stack.sql(f"select coalesce(sum(total), 0) from test_report where {ours}"))
    report("stages through the runner", round(accepted / seconds, 2), "stages/s", None, None,
           f"{RUNS} projects by the fallback in {seconds:.1f} s, {tests} tests executed in sandboxes")


def table():
    width = max(len(r["name"]) for r in results)
    print(f"{'figure':<{width}}  {'value':>8} {'unit':<10}  {'limit':>8}  {'ratio':>6}  {'goal':<32}  conditions")
    for r in results:
        limit, ratio = (r["limit"], f"{r['ratio']:.3f}") if r["limit"] else ("-", "-")
        print(f"{r['name']:<{width}}  {r['value']:>8} {r['unit']:<10}  {limit:>8}  {ratio:>6}  "
              f"{r['goal'] or '-':<32}  {r['conditions']}")
    print(f"load of the machine: {' '.join(map(str, os.getloadavg()))} on {os.cpu_count()} processors")


def web():
    stack = Stack()
    try:
        stack.start()
        session = ["Cookie: " + sign_in(stack), "Accept: text/html"]
        lists(stack, session)
        pages(stack, session)
        memory(stack)
        stages(stack)
    finally:
        stack.stop()
    templates()


class Tools:
    family, cpu_us, pss_kib, sleep = staticmethod(family), staticmethod(cpu_us), staticmethod(pss_kib), staticmethod(time.sleep)


def live():
    # Two for each viewer, however nginx's workers share them.
    os.environ["NGINX_CONNECTIONS"] = str(2 * feed.VIEWERS + 1000)
    stack = Stack()
    try:
        stack.start()
        feed.measure(stack, sign_in(stack), Tools, report)
    finally:
        stack.stop()


def main():
    # As Ctrl-C does: through what cleans up.
    for sig in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.default_int_handler)
    parts = os.environ.get("BENCH_PARTS", "web,engine,feed").split(",")
    if "web" in parts:
        web()
    if "feed" in parts:
        live()
    if "engine" in parts:
        try:
            engine.measure(report)
        except engine.Trouble as why:
            fail(why)
    table()
    with open(RESULTS, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(r) + "\n" for r in results)


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""make bench: what the shipped programs cost in their default configuration, each figure against a
limit measured in the same run. Prints a table and writes bench-results.jsonl, an object a figure:
name, value, unit, limit, ratio, goal, conditions."""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = os.environ["top_srcdir"]
BUILD = os.environ["top_builddir"]
PROJECTS = 10_000
ROWS = 50
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = 3
CONNECTIONS = 8
RUNS = int(os.environ.get("BENCH_RUNS", "10"))
TICK = os.sysconf("SC_CLK_TCK")

results = []


def report(name, value, unit, limit=None, ratio=None, goal=None, conditions=""):
    results.append(dict(name=name, value=value, unit=unit, limit=limit, ratio=ratio, goal=goal,
                        conditions=conditions))


def shell(script, **variables):
    """Runs bash with deploy/stack.sh sourced; returns what it prints."""
    env = dict(os.environ, **{k: str(v) for k, v in variables.items()})
    done = subprocess.run(["bash", "-c", script], env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: this failed:\n{script}")
    return done.stdout


class Stack:
    """The whole system below a folder of its own, started by ./demo without a runner."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.process = subprocess.Popen(
            [f"{SOURCE}/demo", "--no-install", "--no-runner", "--state", folder, "--port", str(port)],
            stdout=subprocess.PIPE, text=True)
        self.link = None
        for line in self.process.stdout:
            if line.startswith("sign in once with "):
                self.link = line.split()[-1]
                break
        if not self.link:
            sys.exit("bench: ./demo did not start")
        self.env = {}
        with open(f"{folder}/demo.env", encoding="utf-8") as f:
            for name, value in re.findall(r"^\s*(\w+)='(.*)'$", f.read(), re.M):
                self.env[name] = value
        # the link in the asked place may point elsewhere
        self.folder = os.path.realpath(folder)

    def sql(self, text):
        return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.env["DATABASE_URL"]],
                              input=text, text=True, stdout=subprocess.PIPE, check=True).stdout.strip()

    def pids(self, program):
        """Processes of that program below this stack, by what they have open: never by name alone."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    line = f.read().replace(b"\0", b" ").decode(errors="replace")
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                    parent = int(f.read().rsplit(") ", 1)[1].split()[1])
            except OSError:
                continue
            if program in line and (self.folder in line or parent in found):
                found.append(int(pid))
        return found

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
            fields = f.read().rsplit(") ", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def pss_kib(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as f:
            total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))
    return total


def wrk(url, headers):
    """Requests a second, and their number; any answer but 2xx ends the bench."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    for h in headers:
        command += ["-H", h]
    out = subprocess.run(command + [url], stdout=subprocess.PIPE, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        sys.exit(f"bench: {url} answered wrongly:\n{out}")
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            int(re.search(r"(\d+) requests in", out).group(1)))


def seed(stack):
    stack.sql(f"""
        insert into project (account_id, name, brief, stack, submit_key)
        select 1, 'Project ' || i, repeat('A brief of a sentence or two. ', 20), 'python-stdlib', 'bench-' || i
        from generate_series(1, {PROJECTS}) i;
        insert into run (project_id, tenant_id, graph_id, state, ended_at)
        select project_id, 1, (select max(graph_id) from workflow), 'done', now() from project;
        insert into budget (kind, key, spent_usd)
        select '4-project', project_id, 0.0123 from project on conflict do nothing;
        vacuum analyze;""")


def minimal_responder(stack):
    """Puts bench/fcgi_minimal behind the same nginx; returns its process."""
    socket = f"{stack.folder}/run/minimal.sock"
    url = stack.env["DATABASE_URL"].replace("user=botarmy", "user=botarmy_web")
    owner = os.stat(f"{stack.folder}/run").st_uid
    process = subprocess.Popen([f"{BUILD}/bench/fcgi_minimal", socket, "8", url])
    for _ in range(100):
        if os.path.exists(socket):
            break
        time.sleep(0.05)
    os.chown(socket, owner, -1)
    with open(f"{stack.folder}/site/botarmy-fastcgi.conf", encoding="utf-8") as f:
        how = f.read().replace("fastcgi_pass botarmy_web;", f"fastcgi_pass unix:{socket};")
    path = f"{stack.folder}/site/site.conf"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.rstrip().removesuffix("}") + f"\tlocation = /minimal {{\n{how}\t}}\n}}\n")
    return process


def pages(stack):
    headers = [f"Authorization: Bearer {stack.env['BOTARMY_TOKEN']}"]
    base = stack.env["BOTARMY_URL"]
    targets = {
        "html": (f"{base}/projects?limit={ROWS}", headers + ["Accept: text/html"]),
        "json": (f"{base}/api/v1/projects?limit={ROWS}", headers),
        "minimal": (f"{base}/minimal", headers),
    }
    web, rates, cpu = stack.pids("botarmy-web"), {}, {}
    for url, h in targets.values():
        subprocess.run(["wrk", "-t1", "-c2", "-d1s"] + [x for y in h for x in ("-H", y)] + [url],
                       stdout=subprocess.DEVNULL, check=True)
    for _ in range(ROUNDS):
        for name, (url, h) in targets.items():
            before = cpu_seconds(web)
            rate, requests = wrk(url, h)
            rates.setdefault(name, []).append(rate)
            cpu.setdefault(name, []).append((cpu_seconds(web) - before) / requests * 1e6)
    limit = statistics.median(rates["minimal"])
    how = f"{ROWS} rows of {PROJECTS}, {CONNECTIONS} connections, {SECONDS} s, median of {ROUNDS}"
    for name, goal in (("json", 0.85), ("html", 0.7)):
        value = statistics.median(rates[name])
        report(f"project list as {name.upper()}", round(value), "requests/s", round(limit),
               round(value / limit, 3), f">= {goal} x minimal responder", how)
    for name in ("json", "html"):
        report(f"CPU of botarmy-web a {name.upper()} list", round(statistics.median(cpu[name])), "us/request",
               None, None, "<= 120" if name == "html" else None,
               "user and system; the same page elsewhere: trivial libfcgi 74, PHP-FPM 314, FastAPI with Jinja 867")


def memory(stack):
    """PSS after the load, and after a password hash (one at a time, whatever the threads)."""
    base = stack.env["BOTARMY_URL"]
    for _ in range(3):
        subprocess.run(["curl", "-s", "-o", "/dev/null", "-d", "name=admin&password=a-wrong-password", f"{base}/sign-in"],
                       check=True)
    web, nginx = pss_kib(stack.pids("botarmy-web")), pss_kib(stack.pids("nginx"))
    report("PSS of web and nginx after the load", round((web + nginx) / 1024, 1), "MiB", None, None, "<= 20",
           f"botarmy-web {web} KiB, nginx {nginx} KiB")


def stages(stack):
    brief = f"{SOURCE}/tests/fixtures/briefs/tool-library.md"
    for i in range(RUNS):
        subprocess.run([f"{BUILD}/botarmy", "submit", "--name", f"Bench {i}", "--file", brief, "--workflow", "direct"],
                       env=dict(os.environ, **stack.env), stdout=subprocess.DEVNULL, check=True)
    started = time.monotonic()
    shell('. "$top_srcdir/deploy/stack.sh"; [ "$(id -u)" -ne 0 ] || SERVICE=botarmy; stack_as "$BIN/botarmy-runner" --drain 2>/dev/null',
          STATE=stack.folder, BIN=BUILD, SERVICE="")
    seconds = time.monotonic() - started
    done = int(stack.sql("select count(*) from stage_result r join run using (run_id) "
                         f"where run.state = 'done' and r.at > now() - interval '{int(seconds) + 5} seconds'"))
    tests = int(stack.sql(f"select coalesce(sum(total), 0) from test_report where created_at > now() - interval '{int(seconds) + 5} seconds'"))
    if done != RUNS * 4:
        sys.exit(f"bench: {done} stages were accepted where {RUNS * 4} were due")
    report("stages through the runner", round(done / seconds, 2), "stages/s", None, None, None,
           f"{RUNS} projects by the fallback, {tests} tests executed in sandboxes of their own, {seconds:.1f} s")


def main():
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o755)
        stack = Stack(f"{folder}/state", int(os.environ.get("BENCH_PORT", "18099")))
        minimal = None
        try:
            seed(stack)
            minimal = minimal_responder(stack)
            for pid in stack.pids("nginx")[:1]:
                os.kill(pid, 1)  # reads its configuration again
            time.sleep(1)
            pages(stack)
            memory(stack)
            stages(stack)
        finally:
            if minimal:
                minimal.terminate()
                minimal.wait()
            stack.stop()
    width = max(len(r["name"]) for r in results)
    for r in results:
        ratio = f"ratio {r['ratio']:.3f} of {r['limit']}" if r["ratio"] is not None else ""
        print(f"{r['name']:<{width}}  {r['value']:>10} {r['unit']:<11} {ratio:<24} goal {r['goal'] or '-':<28} {r['conditions']}")
    with open(f"{BUILD}/bench-results.jsonl", "w", encoding="utf-8") as f:
        for r in results:
            f.write(json.dumps(r) + "\n")


main()

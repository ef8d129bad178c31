# SPDX-License-Identifier: MIT
"""What the engine's figures are measured on: a private database (engine.sh), the stub model server,
runners as they are shipped, and what all of these use of the machine."""

import json
import os
import signal
import subprocess
import time
import urllib.request

SOURCE = os.environ["top_srcdir"]
BUILD = os.environ["top_builddir"]
TICK = os.sysconf("SC_CLK_TCK")
STAGES = 4
FILES = 16384
ANSWER = {
    "title": "What is to be built",
    "text": "Every sentence here stands for something that an agent has written down. " * 53,
    "confidence": 0.9, "concerns": [], "messages": [], "questions": [], "answers": [],
}


class Trouble(Exception):
    """The system did not do what is to be measured."""


def cpu_of(pid, children=False):
    """Seconds that a process has used; with those of its children that have ended."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15 if children else 13])) / TICK


def peak_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM")) / 1024


class Stub:
    """bench/stub_server: it ends when we let go of it."""

    def __init__(self):
        self.answer = f"{BUILD}/bench/answer.json"
        with open(self.answer, "w", encoding="ascii") as f:
            json.dump(ANSWER, f)
        self.process = subprocess.Popen(["prlimit", f"--nofile={FILES}", f"{BUILD}/bench/stub_server", self.answer],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.read().decode()

    def reset(self, latency_s, mark=""):
        self.get(f"/reset?latency_ms={round(latency_s * 1000)}&mark={mark}")

    def stats(self):
        return json.loads(self.get("/stats"))

    def arrivals(self):
        """When requests with the mark in them were there, in seconds of time.monotonic()."""
        text = self.get("/arrivals")
        return [] if text.startswith("{") else [int(line) / 1e9 for line in text.split()]

    def stop(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        os.unlink(self.answer)


class Runner:
    """A staying runner, asked to end by its id."""

    def __init__(self, stack, **settings):
        env = dict(os.environ, **{f"BOTARMY_{k.upper()}": str(v) for k, v in settings.items()})
        user = stack.as_service()
        self.log = open(f"{BUILD}/bench/runner.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            ["prlimit", f"--nofile={FILES}"] + user + [f"{stack['bin']}/botarmy-runner", "--config", stack["config"]],
            env=env, cwd="/", stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.pid = self.process.pid
        stack.until("exists (select from runner where ended_at is null and expires_at > now() and pid = "
                    f"{self.pid})", 20)
        # The first look at an empty queue is over, and somebody listens.
        time.sleep(0.3)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Usage:
    """What a runner and the whole of PostgreSQL use between two moments."""

    def __init__(self, stack, runner=None):
        self.stack, self.runner = stack, runner
        self.runner_s, self.database_s = self.now()
        self.began = time.monotonic()

    def now(self):
        postmaster = self.stack["postmaster"]
        database = cpu_of(postmaster, children=True)
        with open(f"/proc/{postmaster}/task/{postmaster}/children", encoding="ascii") as f:
            for pid in f.read().split():
                try:
                    database += cpu_of(pid)
                except OSError:
                    pass  # ended meanwhile; it counts among its parent's
        return cpu_of(self.runner.pid) if self.runner else 0, database

    def stop(self):
        runner, database = self.now()
        self.seconds = time.monotonic() - self.began
        self.runner_s, self.database_s = runner - self.runner_s, database - self.database_s
        self.cpu = self.runner_s + self.database_s
        return self

    def words(self):
        return f"CPU: runner {self.runner_s:.2f} s, PostgreSQL {self.database_s:.2f} s"


class EngineStack:
    def __init__(self, stub):
        self.process = subprocess.Popen(["bash", f"{SOURCE}/bench/engine.sh", str(stub.port)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.values, self.psql = {}, None
        for line in self.process.stdout:
            if line.strip() == "ready":
                break
            name, _, value = line.strip().partition("=")
            self.values[name] = value
        else:
            raise Trouble("the engine's database did not start")
        self.marks = 0

    def __getitem__(self, name):
        return self.values[name]

    def as_service(self):
        """What comes before a command so that it runs as the service user."""
        user = self["service"]
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user and os.getuid() == 0 else []

    def sql(self, text):
        """One statement in one session that stays, so that asking costs little."""
        if self.psql is None:
            self.psql = subprocess.Popen(["psql", "-XAtq", "-d", self["database"]], text=True, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.psql.stdin.write(text.rstrip("; \n") + "\n;\n\\echo <end>\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line == "<end>\n":
                break
            lines.append(line.rstrip("\n"))
        if any(line.startswith(("ERROR", "psql:", "FATAL")) for line in lines):
            raise Trouble("\n".join(lines))
        return "\n".join(lines)

    def until(self, condition, seconds, pause=0.02):
        """When it became true, as time.monotonic() has it."""
        end = time.monotonic() + seconds
        while self.sql(f"select {condition}") != "t":
            if time.monotonic() > end:
                raise Trouble(f"after {seconds} s it is still not true that {condition}")
            time.sleep(pause)
        return time.monotonic()

    def submit(self, count, account="admin", brief="Something to be built.", cap="1000"):
        """Runs, all in one transaction; their first and last id, and when that was committed."""
        self.marks += 1
        first, last = self.sql(f"""
            with a as materialized (select account_id from account where name = '{account}'),
                s as materialized (select s.run_id from a, generate_series(1, {count}) i
                    cross join lateral project_submit(a.account_id, 'Bench ' || i, '{brief}', 'python-stdlib', 'bench',
                        {cap}, 'bench-{self.marks}-' || i) s)
            select min(run_id), max(run_id) from s""").split("|")
        return int(first), int(last), time.monotonic()

    def finished(self, first, last, seconds):
        """Waits until these runs have ended, and ends the bench if one of them is not done."""
        at = self.until(f"not exists (select from run where run_id between {first} and {last} and ended_at is null "
                        "and state <> 'waiting')", seconds, 0.03)
        wrong = self.sql(f"select count(*), min(state || ': ' || coalesce(problem, '')) from run "
                         f"where run_id between {first} and {last} and state <> 'done'")
        if not wrong.startswith("0|"):
            raise Trouble(f"runs are not done: {wrong}")
        return at

    def stop(self):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if self.psql:
            self.psql.stdin.close()
            self.psql.stdout.close()
            self.psql.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

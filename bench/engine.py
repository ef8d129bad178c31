# SPDX-License-Identifier: MIT
"""The engine's figures for make bench, each beside a limit measured in the same run. All are ratios of what
was measured by turns, so that a busy machine meets both sides. BENCH_FULL=1 takes the full sizes; without
it they are a tenth or so, and the conditions say which."""

import os
import re
import statistics
import subprocess
import time

import engine_limit
from engine_history import make_history
from engine_stack import BUILD, STAGES, EngineStack, Runner, Stub, Trouble, Usage, cpu_of, peak_mb

FULL = os.environ.get("BENCH_FULL") == "1"


def size(full, short):
    return full if FULL else short


def per_core(amount, usage):
    return f"{amount / usage.cpu:.0f} a core-second" if usage.cpu else ""


def middle(values):
    return statistics.median(values)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


class Figures:
    def __init__(self, report):
        self.report = report
        self.stub = Stub()
        self.stack = EngineStack(self.stub)

    def close(self):
        self.stack.stop()
        self.stub.stop()

    # ---- what several figures need ----

    def load(self, runner, runs, stack=None, latency_s=0.0):
        """Runs submitted at once; stages a second from their commit to the end of the last."""
        stack = stack or self.stack
        self.stub.reset(latency_s)
        first, last, began = stack.submit(runs)
        usage = Usage(stack, runner)
        ended = stack.finished(first, last, 600)
        usage.stop()
        return runs * STAGES / (ended - began), usage, (first, last)

    def batch(self, runs):
        """How large the runner's batches were on the average: before calls, and at commits."""
        of = "where run_id between {} and {}".format(*runs)
        return [round(float(self.stack.sql(f"select avg(n) from (select count(*) as n from {table} {of} group by {at}) x")))
                for table, at in (("llm_call", "started_at"), ("stage_result", "at"))]

    # ---- the figures ----

    def stub_alone(self):
        self.stub.reset(0)
        script = f"{BUILD}/bench/chat.lua"
        with open(script, "w", encoding="ascii") as f:
            f.write('wrk.method = "POST"\nwrk.headers["Connection"] = "close"\n'
                    'wrk.body = \'{"stream":true,"messages":"\' .. string.rep("x", 6000) .. \'"}\'\n')
        before = cpu_of(self.stub.process.pid)
        done = subprocess.run(["wrk", "-t1", "-c64", "-d2s", "-s", script, f"http://127.0.0.1:{self.stub.port}/v1/chat/completions"],
                              stdout=subprocess.PIPE, text=True, check=True)
        os.unlink(script)
        answers = self.stub.stats()["requests"]
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))
        self.report("the stub model server alone", round(rate), "answers/s", None, None,
                    f"64 connections, a new one for each; {answers / (cpu_of(self.stub.process.pid) - before):.0f} a core-second")

    def stages(self):
        runs, rounds = size(2000, 500), size(5, 3)
        ours, limits, usages, theirs = [], [], [], []
        with Runner(self.stack) as runner:
            self.load(runner, runs)
        self.stack.sql("vacuum analyze")
        for _ in range(rounds):
            with Runner(self.stack) as runner:
                self.load(runner, 20)
                rate, usage, span = self.load(runner, runs)
            ask, commit = self.batch(span)
            ours.append(rate)
            usages.append(per_core(runs * STAGES, usage))
            cpu = usage.words()
            rate, usage = engine_limit.measure(self.stack, runs, ask, commit)
            limits.append(rate)
            theirs.append(per_core(runs * STAGES, usage))
        self.report("stages, model latency 0", round(middle(ours)), "stages/s", round(middle(limits)), ">= 0.9 of pgbench",
                    f"median of {rounds} x {runs} runs of {STAGES} stages, 4 KB outputs, holds on; batches of {ask} before and "
                    f"{commit} after calls; {usages[-1]}, pgbench {theirs[-1]}; {cpu}")

    def makespan(self):
        runs, latency = size(2000, 2000), 2.0
        with Runner(self.stack) as runner:
            self.load(runner, 20)
            rate, usage, _ = self.load(runner, runs, latency_s=latency)
            peak = peak_mb(runner.pid)
        seconds, limit = runs * STAGES / rate, latency * STAGES
        self.report(f"makespan of {runs} runs x {STAGES} stages of 2 s", round(seconds, 2), "s", limit, "<= 1.10",
                    f"submitted at once, one runner; most in flight {self.stub.stats()['peak']}; {per_core(runs * STAGES, usage)} stages")
        self.report("  its runner's peak RSS", round(peak, 1), "MB", None, "<= 150 MB", "")
        self.report("  its CPU, runner and PostgreSQL", round(usage.cpu, 2), "s", None, "<= 5 s", usage.words())

    def in_flight(self):
        calls, latency = 10000, 30.0
        with Runner(self.stack, runner_calls=calls + 100) as runner:
            self.stub.reset(latency)
            first, last, began = self.stack.submit(calls)
            usage = Usage(self.stack, runner)
            held = 0
            while held < calls and time.monotonic() - began < latency:
                time.sleep(0.1)
                held = self.stub.stats()["in_flight"]
            took = time.monotonic() - began
            usage.stop()
            time.sleep(1)
            held = self.stub.stats()["in_flight"]
            peak = peak_mb(runner.pid)
            self.stack.sql(f"select count(run_cancel(r.run_id, r.tenant_id)) from run r where run_id between {first} and {last}")
            self.stub.reset(0)
            self.stack.until(f"not exists (select from llm_call where run_id between {first} and {last} and state = 'intent')", 120)
        self.report("model calls in flight in one runner", held, "calls", calls, "10,000 held",
                    f"plain HTTP, all there after {took:.1f} s; {usage.words()}")
        self.report("  its runner's peak RSS", round(peak, 1), "MB", None, "<= 400 MB", f"{peak * 1024 / calls:.0f} KiB a call")

    def latency(self):
        """From the commit of a submission to the call that the model server has in full."""
        count = size(200, 60)
        waits = []
        with Runner(self.stack) as runner:
            for i in range(count):
                mark = f"mark-{time.monotonic_ns()}"
                self.stub.reset(0, mark)
                first, last, began = self.stack.submit(1, brief=mark)
                self.stack.finished(first, last, 30)
                waits.append((self.stub.arrivals()[0] - began) * 1000)
        self.stack.sql("create table if not exists bench_commit as select 1 as n")
        self.stack.sql("grant select, update on bench_commit to botarmy_runner")
        with open(f"{BUILD}/bench/commit.sql", "w", encoding="ascii") as f:
            f.write("update bench_commit set n = n + 1;\n")
        done = subprocess.run(["pgbench", "-n", "-c1", f"-t{count}", "-Mprepared", "-f", f.name, "-l",
                               f"--log-prefix={BUILD}/bench/commit", self.stack["runner_database"]],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        os.unlink(f.name)
        logs = [n for n in os.listdir(f"{BUILD}/bench") if n.startswith("commit.")]
        if done.returncode or not logs:
            raise Trouble(done.stdout)
        commits = []
        for name in logs:
            with open(f"{BUILD}/bench/{name}", encoding="ascii") as f:
                commits += [int(line.split()[2]) / 1000 for line in f]
            os.unlink(f"{BUILD}/bench/{name}")
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            limit = 1 + 3 * percentile(commits, share)
            self.report(f"submission committed -> call at the server, {name}", round(percentile(waits, share), 2), "ms",
                        round(limit, 2), "<= 1 ms + 3 x commit",
                        f"{count} of them, idle system; a commit takes {percentile(commits, share):.2f} ms")

    def history(self):
        """By turns on a database that has been at work for long and on one that has not."""
        runs, rounds = size(1000, 300), size(5, 5)
        finished, events = size(1_000_000, 100_000), size(10_000_000, 1_000_000)
        old, new, rates, usage = EngineStack(self.stub), EngineStack(self.stub), ([], []), None
        try:
            make_history(old, finished, events)
            for turn in range(rounds + 1):
                for stack, of in zip((old, new), rates):
                    with Runner(stack) as runner:
                        self.load(runner, 20, stack)
                        rate, used, _ = self.load(runner, runs, stack)
                    # The first of each only fills caches.
                    if turn:
                        of.append(rate)
                        usage = used if stack is old else usage
        finally:
            old.stop()
            new.stop()
        self.report(f"stages with {finished:,} finished runs", round(middle(rates[0])), "stages/s", round(middle(rates[1])),
                    ">= 0.9 of without", f"and {events:,} events{'' if FULL else ' (a tenth; BENCH_FULL=1 takes all)'}, "
                    f"{rounds} x {runs} runs by turns; {per_core(runs * STAGES, usage)}")

    def snapshot(self):
        """By turns without and with an open snapshot, which keeps dead rows from being removed."""
        seconds, runs = size(60, 10), size(1000, 300)
        with Runner(self.stack) as runner:
            self.load(runner, 20)
            free = [self.load(runner, runs)[0] for _ in range(3)]
            held = subprocess.Popen(["psql", "-XAtq", "-d", self.stack["database"]], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, text=True)
            held.stdin.write("begin isolation level repeatable read;\nselect count(*) from workflow;\n")
            held.stdin.flush()
            held.stdout.readline()
            pinned, usage, until = [], None, time.monotonic() + seconds
            while time.monotonic() < until or len(pinned) < 3:
                rate, usage, _ = self.load(runner, runs)
                pinned.append(rate)
            held.stdin.write("commit;\n")
            held.stdin.close()
            held.stdout.close()
            held.wait()
            free += [self.load(runner, runs)[0] for _ in range(2)]
        self.report(f"stages during a snapshot of {seconds} s", round(middle(pinned)), "stages/s", round(middle(free)), ">= 0.8 of without",
                    f"{len(pinned)} x {runs} runs; {per_core(runs * STAGES, usage)}")

    def fairness(self):
        """One account has queued much, another one submits a run: until its first call, and until its end."""
        queued, latency, rounds = size(10000, 2000), 0.2, size(9, 5)
        alone, crowded = [], []
        with Runner(self.stack, runner_calls=min(queued // 4, 1000)) as runner:
            for waits in (alone, crowded):
                if waits is crowded:
                    first, last, _ = self.stack.submit(queued)
                    time.sleep(1)
                for _ in range(rounds):
                    mark = f"mark-{time.monotonic_ns()}"
                    self.stub.reset(latency, mark)
                    one, _, began = self.stack.submit(1, account="other", brief=mark)
                    ended = self.stack.finished(one, one, 120)
                    waits.append((self.stub.arrivals()[0] - began, ended - began))
            left = int(self.stack.sql(f"select count(*) from cursor where run_id between {first} and {last} and state = 'R'"))
            self.stack.sql(f"select count(run_cancel(r.run_id, r.tenant_id)) from run r where run_id between {first} and {last} "
                           "and ended_at is null")
        for i, what in enumerate(("to its first call", "to its end")):
            self.report(f"one run beside {queued} of another account: {what}", round(middle([w[i] for w in crowded]) * 1000, 1), "ms",
                        round(middle([w[i] for w in alone]) * 1000, 1), "<= 2 x idle",
                        f"median of {rounds}, model latency {latency * 1000:.0f} ms, {left} runs still queued at the end")


def measure(report):
    figures = Figures(report)
    try:
        for figure in (figures.stub_alone, figures.stages, figures.makespan, figures.in_flight, figures.latency,
                       figures.snapshot, figures.fairness, figures.history):
            only = os.environ.get("BENCH_FIGURES")
            if not only or figure.__name__ in only.split(","):
                figure()
    finally:
        figures.close()

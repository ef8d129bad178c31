# SPDX-License-Identifier: MIT
"""Three runners, a model server, a database, and everything that can happen to them.

chaos.py RUNNER MIGRATE [--long]: in a folder of its own (BOTARMY_TEST_DIR), as an ordinary user. Prints each
fault with its point as it comes, a table of them, and what must hold afterwards as TAP. CHAOS_SEED
repeats the times and kinds of the faults that come from outside."""
import atexit
import os
import random
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import model  # noqa: E402
import parts  # noqa: E402
import sound  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
# How often each is hit by itself, of a hundred chances.
POINTS = {"claim.before": 1, "claim.after": 1.5, "load.after": 1.5, "ask.before": 1.5, "ask.after": 2,
          "call.sent": 1, "call.answered": 1, "commit.before": 1.5, "commit.sent": 1.5, "commit.after": 1.5,
          "suite.started": 30, "beat": 9, "rescue": 9, "retry": 20, "park": 15}
ENOUGH = 10
DISK_MB = 400
FAULT = re.compile(r"fault (\S+): (\w+)")
ACCEPTED = re.compile(r"stage (\S+): (\w+), revision (\d+), by ")


class Chaos:
    def __init__(self, program, migrate, long):
        self.long, self.program = long, program
        self.runs, self.spread, self.limit = (320, 170, 390) if long else (24, 12, 100)
        self.dir = os.environ["BOTARMY_TEST_DIR"]
        self.began = time.monotonic()
        self.hits, self.allowed, self.promised, self.outside = {p: 0 for p in POINTS}, 0, set(), {}
        disk = os.path.join(self.dir, "disk")
        os.mkdir(disk)
        self.no_disk = parts.own_disk(disk, DISK_MB)
        self.cluster = parts.Cluster(os.path.join(SOURCE, "deploy/cluster.sh"), disk + "/pg")
        self.runners = []
        atexit.register(self.end)
        data = os.path.join(self.dir, "data")
        model.data_folder(data, SOURCE)
        self.owner = self.cluster.url("botarmy")
        subprocess.run([migrate, self.owner, data + "/sql"], check=True, stderr=subprocess.DEVNULL)
        self.server = model.start(0.25, 0.06)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.dir, "TMPDIR": self.dir,
                    "BOTARMY_DATA_DIR": data, "BOTARMY_STATE_DIR": self.dir + "/state",
                    "OPENAI_API_KEY": "sk-chaos", "BOTARMY_MODEL": "model-x",
                    "OPENAI_BASE_URL": "http://127.0.0.1:%d/v1" % self.server.server_address[1],
                    "BOTARMY_PRICE_INPUT": "1", "BOTARMY_PRICE_OUTPUT": "2", "BOTARMY_CALL_TIMEOUT_S": "20",
                    "BOTARMY_PROVIDER_CALLS": "200"}
        self.proxies = [parts.Proxy(self.cluster.socket()) for _ in range(3)]
        self.runners = [parts.Runner(i, program, dict(self.env), "%s/runner-%d.log" % (self.dir, i),
                                     "postgresql://botarmy_runner@127.0.0.1:%d/botarmy?sslmode=disable&"
                                     "gssencmode=disable" % self.proxies[i].port) for i in range(3)]
        self.events, self.odd, self.calm, self.stalled = [], [], False, set()

    def seconds(self):
        return time.monotonic() - self.began

    def say(self, text):
        print("# %5.1f s: %s" % (self.seconds(), text), flush=True)

    def sql(self, text, patient=True):
        """Rows as lists of text; while the server is away it waits, or gives None."""
        env = dict(os.environ, PGOPTIONS="-c lock_timeout=2s -c statement_timeout=5s")
        command = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", text, self.owner]
        while True:
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return [row.split("\t") for row in done.stdout.splitlines()]
            if not patient:
                return None
            if self.seconds() > self.limit + 60:
                raise SystemExit("the database stays away: " + done.stderr)
            time.sleep(0.2)
            self.cluster.up()

    def in_flight(self, runner=None):
        """Calls that are begun and not ended; what is lost of them may be made again."""
        of = "" if runner is None else """ and l.owner in (select runner_id from runner
            where pid = %d and started_at > now() - interval '1 hour')""" % runner.process.pid
        return int(self.sql("select count(*) from llm_call l where l.state = 'intent'" + of)[0][0])

    # ---- faults by name ----

    def plan(self):
        """What a runner that starts now does wrong: more of what has been rare so far."""
        if self.calm:
            return ""
        entries = []
        for point, percent in POINTS.items():
            rare = 2.5 if self.hits[point] < ENOUGH else 0.4
            for action, share in (("kill", 0.3), ("fail", 0.4), ("stall:%d" % random.randint(50, 1500), 0.3)):
                entries.append("%s=%s@%.6f" % (point, action, min(percent / 100 * rare * share, 0.9)))
        return ",".join(entries)

    def listen(self, runner):
        for record in runner.said():
            said = record.get("message", "")
            fault, accepted = FAULT.match(said), ACCEPTED.match(said)
            if fault:
                self.hits[fault[1]] += 1
                lost = self.in_flight(runner) if fault[2] == "kill" else int(fault[1].startswith("call."))
                self.allowed += lost
                who = (*fault.groups(), runner.number, lost)
                self.say("fault %s: %s, runner %d, %d calls in flight" % who)
            elif accepted and accepted[2] != "unexecuted":
                self.promised.add((str(record.get("run")), accepted[1], accepted[3]))
            elif said.startswith("cannot be read: "):
                self.odd.append(said)
            elif said.startswith("fenced"):
                self.say("runner %d: %s" % (runner.number, said))

    def bury(self, runner):
        """A dead runner's leases run out after 30 s; mostly that is not waited for."""
        if random.random() < 0.85:
            self.sql("update runner set expires_at = now() - interval '1 s' where pid = %d"
                     % runner.process.pid)

    def keep_running(self):
        for runner in self.runners:
            self.listen(runner)
            if runner.dead():
                self.listen(runner)
                if runner.process.returncode != -signal.SIGKILL:
                    self.odd.append("runner %d ended with %d" % (runner.number, runner.process.returncode))
                self.bury(runner)
                runner.start(self.plan())

    # ---- faults from outside ----

    def outside_fault(self, what, flying, more="", lost=True):
        """Only who dies, or is away for longer than a lease, may lose answers."""
        self.outside[what] = self.outside.get(what, 0) + 1
        self.allowed += flying if lost else 0
        self.say("fault %s%s, %d calls in flight" % (what, more, flying))

    def free(self):
        """Runners that nothing from outside keeps from working."""
        return [r for r in self.runners if r not in self.stalled and not r.dead()]

    def strike_kill(self):
        runner = random.choice(self.free() or self.runners)
        runner.signal(signal.SIGSTOP)
        lost = self.in_flight(runner)
        runner.signal(signal.SIGKILL)
        runner.process.wait()
        self.outside_fault("kill -9", lost, ", runner %d" % runner.number)

    def strike_stop(self, seconds):
        runner = max(self.free() or self.runners, key=self.in_flight)
        runner.signal(signal.SIGSTOP)
        self.stalled.add(runner)
        self.events.append((self.seconds() + seconds, self.go_on, runner))
        self.outside_fault("SIGSTOP for %d s" % seconds, self.in_flight(runner),
                           ", runner %d" % runner.number, seconds > 20)

    def go_on(self, runner):
        self.stalled.discard(runner)
        if not runner.dead():
            runner.signal(signal.SIGCONT)
            self.say("SIGCONT, runner %d" % runner.number)

    def strike_terminate(self):
        flying = self.in_flight()
        self.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'botarmy_runner'",
                 False)
        self.outside_fault("pg_terminate_backend", flying, lost=False)

    def strike_database(self):
        flying = self.in_flight()
        self.cluster.stop()
        self.outside_fault("PostgreSQL immediate stop", flying, lost=False)
        time.sleep(random.uniform(0.1, 2))
        self.cluster.up()

    def strike_half_open(self):
        runner = max(self.free() or self.runners, key=self.in_flight)
        self.proxies[runner.number].freeze()
        self.stalled.add(runner)
        self.outside_fault("half-open TCP", self.in_flight(runner), ", runner %d" % runner.number)
        self.events.append((self.seconds() + 45, self.thaw, runner))

    def thaw(self, runner):
        """By now the runner has given the connection up; the server hears of it only here."""
        self.stalled.discard(runner)
        self.proxies[runner.number].thaw()

    def strike_disk(self):
        flying, path = self.in_flight(), os.path.join(self.dir, "disk", "ballast")
        size = parts.fill(path)
        self.outside_fault("full disk", flying, ", after %d MB" % (size >> 20), False)
        time.sleep(random.uniform(2, 5))
        os.unlink(path)
        self.cluster.up()
        self.say("the disk has room again")

    def schedule(self):
        until = self.spread
        if self.long:
            counts = {self.strike_kill: 15, self.strike_terminate: 15, self.strike_database: 5}
            slow = [(20, self.strike_half_open), (75, self.strike_half_open), (40, self.strike_stop, 35),
                    (120, self.strike_stop, 35)]
        else:
            counts = {self.strike_kill: 3, self.strike_terminate: 3, self.strike_database: 2}
            slow = [(4, self.strike_stop, 2), (8, self.strike_stop, 2)]
        if self.no_disk:
            self.say("no full disk: %s" % self.no_disk)
        else:
            counts[self.strike_disk] = 4 if self.long else 1
        for strike, n in counts.items():
            self.events += [(random.uniform(2, until), strike) for _ in range(n)]
        self.events += slow

    # ---- people ----

    def submit(self, n):
        """False: there was no answer, and the same is asked again later with the same key."""
        workflow = ("line", "parted", "line", "tested", "parted", "line", "parted")[n % 7]
        cap = "0.004" if n % 3 == 0 else "5"
        values = "1, 'Run %d', 'A brief.', 'python-stdlib', '%s', %s, 'chaos-%d'" % (n, workflow, cap, n)
        return self.sql("select project_submit(%s)" % values, False) is not None

    def decide(self):
        for gate, revision, kind in self.sql("select gate_id, revision, kind from gate where state = 'open'"
                                             " order by gate_id limit 20", False) or ():
            self.sql("select gate_decide(%s, %s, 'approve', '', 1)" % (gate, revision), False)

    def over(self):
        return self.sql("select count(*) from run where ended_at is null", False) == [["0"]]

    # ---- the whole ----

    def happen(self):
        self.schedule()
        submitted, looked = 0, 0.0
        while self.seconds() < self.limit:
            self.keep_running()
            self.events.sort(key=lambda event: event[0])
            if self.events and self.events[0][0] <= self.seconds():
                _, strike, *more = self.events.pop(0)
                strike(*more)
            while submitted < min(self.runs, int(self.seconds() / self.spread * self.runs) + 3) \
                    and self.submit(submitted):
                submitted += 1
            if self.seconds() - looked >= 1:
                looked = self.seconds()
                self.cluster.up()
                self.decide()
                if submitted == self.runs and not self.calm and not self.events and self.enough():
                    self.calm_down()
                if self.calm and self.over():
                    break
            time.sleep(0.05)
        self.say("over: %d requests, %d spoilt" % (self.server.good + self.server.spoilt, self.server.spoilt))

    def enough(self):
        return self.seconds() > self.spread and (
            min(self.hits.values()) >= ENOUGH or self.over() or self.seconds() > self.limit - 90)

    def calm_down(self):
        """Runners that live go on as they are: what they have lost sight of they must find by themselves."""
        self.calm = True
        self.say("no more faults from outside, nor in runners that start from now on")

    def table(self):
        print("# %-30s %s" % ("point", "hits"))
        for name, n in list(self.hits.items()) + sorted(self.outside.items()):
            print("# %-30s %d" % (name, n))

    def end(self):
        for runner in self.runners:
            runner.end()
        self.cluster.stop()


def main():
    seed = os.environ.get("CHAOS_SEED") or str(int(time.time()))
    random.seed(seed)
    print("# CHAOS_SEED=%s" % seed)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    chaos = Chaos(sys.argv[1], sys.argv[2], "--long" in sys.argv)
    chaos.sql("insert into account (name, role) values ('chaos', 'admin')")
    subprocess.run([chaos.program, "--drain"], check=True, stderr=subprocess.DEVNULL,
                   env=dict(chaos.env, RUNNER_DATABASE_URL=chaos.cluster.url("botarmy_runner")))
    for runner in chaos.runners:
        runner.start(chaos.plan())
    chaos.happen()
    chaos.table()
    return sound.check(chaos, ENOUGH if chaos.long and sound.has_faults(sys.argv[1]) else 0)


if __name__ == "__main__":
    sys.exit(main())

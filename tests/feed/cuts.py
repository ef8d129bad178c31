# SPDX-License-Identifier: MIT
"""For test_cuts.sh: viewers that come back, a writer, and cuts at random moments. Cuts of programs are asked for
on standard output and confirmed on standard input."""

import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time

from watch import Stream, case, done, get, sql

URL, TOKEN, CUTS = sys.argv[1], sys.argv[2], int(sys.argv[3])
SEED = int(os.environ.get("CUT_SEED") or random.randrange(1 << 30))
chance = random.Random(SEED)
writing = watching = True
RUNS = 3


class Viewer(threading.Thread):
    """Keeps its place, and comes back with it."""

    def __init__(self, run, polls):
        super().__init__(daemon=True)
        self.run_id, self.polls = run, polls
        self.seen, self.resets, self.returns = [], 0, -1
        self.place = 0
        self.stream = None
        self.start()

    def run(self):
        while watching:
            self.returns += 1
            (self.poll if self.polls else self.watch)()
            time.sleep(chance.random() * 0.1)

    def watch(self):
        self.stream = Stream(f"{URL}/events/run/{self.run_id}?after=0", TOKEN, last=self.place)
        self.stream.join()
        self.resets += self.stream.kinds().count("reset")
        self.seen += self.stream.numbers()
        self.place = self.stream.last or self.place

    def poll(self):
        try:
            while watching:
                status, _, body = get(f"{URL}/api/v1/runs/{self.run_id}/events?after={self.place}&wait=5", TOKEN)
                if status != 200:
                    return
                events = json.loads(body)["events"]
                self.seen += [e["seq"] for e in events]
                self.place = max([self.place] + [e["seq"] for e in events])
        except (OSError, http.client.HTTPException, ValueError):
            pass

    def cut(self):
        if self.stream:
            self.stream.cut()

    def all_seen(self):
        return self.seen + (self.stream.numbers() if self.stream and self.stream.is_alive() else [])


def write(run):
    """Events by ones and by dozens, whatever becomes of the statement."""
    while writing:
        try:
            sql(f"select event_append(array_fill({run}::bigint, array[n]), array_fill('tick'::text, array[n]), "
                f"array_fill('{{}}'::jsonb, array[n])) from (select {chance.choice([1, 1, 1, 2, 12, 40])} as n) x")
        except subprocess.CalledProcessError:
            time.sleep(0.1)
        time.sleep(chance.random() * 0.05)


def ask(what):
    print(f"cut {what}", flush=True)
    sys.stdin.readline()


def last(run):
    for _ in range(100):
        try:
            return int(sql(f"select ev_seq from run where run_id = {run}"))
        except subprocess.CalledProcessError:
            time.sleep(0.1)
    raise TimeoutError("the database does not come back")


runs = [int(sql(f"select run_id from project_submit((select account_id from account where name = 'admin'), 'R{i}', 'b', "
                f"'python-stdlib', (select name from workflow order by name limit 1), null, 'k{i}')")) for i in range(RUNS)]
sql("update cursor set state = 'W', why = 'paused'")
viewers = [Viewer(runs[i % RUNS], i % 4 == 3) for i in range(12)]
writers = [threading.Thread(target=write, args=(run,), daemon=True) for run in runs]
for w in writers:
    w.start()
kinds = ["client", "nginx", "feed", "database", "power"]
counts = dict.fromkeys(kinds, 0)
for i in range(CUTS):
    time.sleep(chance.random() * 0.5)
    kind = kinds[i] if i < len(kinds) else chance.choices(kinds, [6, 4, 6, 1, 1])[0]
    counts[kind] += 1
    if kind == "client":
        for v in chance.sample(viewers, 4):
            v.cut()
    else:
        ask(kind)
time.sleep(1)
writing = False
for w in writers:
    w.join()
ends = {run: last(run) for run in runs}
deadline = time.monotonic() + 30
while time.monotonic() < deadline and any(max(v.all_seen(), default=0) < ends[v.run_id] for v in viewers):
    time.sleep(0.1)
watching = False
made = f"{CUTS} cuts ({', '.join(f'{n} {k}' for k, n in counts.items())}), {sum(ends.values())} events, seed {SEED}"
print(f"# {made}", flush=True)


def wrong(judge):
    return "\n".join(f"run {v.run_id} {'poll' if v.polls else 'stream'}: {bad[:10]}" for v in viewers
                     if (bad := judge(v.all_seen(), ends[v.run_id]))) + f"\n{made}"


lost = wrong(lambda seen, end: sorted(set(range(1, end + 1)) - set(seen)))
twice = wrong(lambda seen, end: sorted({n for n in seen if seen.count(n) > 1}) if len(seen) != len(set(seen)) else [])
order = wrong(lambda seen, end: [b for a, b in zip(seen, seen[1:]) if b <= a])
case("no event was lost", "run" not in lost, lost)
case("none came twice", "run" not in twice, twice)
case("all came in order", "run" not in order, order)
case("nobody's place was reset", not any(v.resets for v in viewers), [v.resets for v in viewers])
case("every stream was cut and came back", all(v.returns for v in viewers if not v.polls), [v.returns for v in viewers])
done()

# SPDX-License-Identifier: MIT
"""For test_text.sh."""

import json
import os
import subprocess
import sys
import time
import urllib.request

from watch import Stream, case, done, eventually, sql

URL, TOKEN, MODEL = sys.argv[1:]
STEADY = [{"times": 0, "drip": {"bytes": 120, "seconds": 0.05}}]


def script(behaviours):
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{MODEL}/control/script",
                                                  json.dumps(behaviours).encode(), method="POST"), timeout=10).read()


def submit(name):
    run = int(sql(f"""select run_id from project_submit((select account_id from account where name = 'admin'), '{name}',
        'A list of books with title and author.', 'python-stdlib', 'sdlc', null, '{name}')"""))
    return run


def state(run):
    return sql(f"select state from run where run_id = {run}")


def stored():
    """Rows that were ever put into the table, as the server counts them."""
    sql("select pg_stat_force_next_flush()")
    return int(sql("select n_tup_ins from pg_stat_all_tables where relname = 'live_text'"))


def connections():
    return sql("select count(*) from pg_stat_activity where application_name = 'botarmy-runner-live'")


eventually(lambda: sql("select count(*) from workflow where name = 'sdlc'") == "1", 20)
script(STEADY)
run = submit("Alone")
case("a run that nobody watches comes to its first gate", eventually(lambda: state(run) == "waiting", 60), state(run))
time.sleep(1.5)
case("and nothing of what was written was stored on the way", stored() == 0, stored())
case("for which no connection was made", connections() == "0", connections())

run = submit("Watched")
s = Stream(f"{URL}/events/run/{run}?after=0", TOKEN)
arrivals = []


def texts():
    found = [e for e in s.events if e.kind == "text"]
    while len(arrivals) < len(found):
        arrivals.append(time.monotonic())
    return found


case("what is written is seen while it is written", eventually(lambda: len(texts()) >= 4 or state(run) == "waiting", 60)
     and state(run) != "waiting" and len(texts()) >= 4, (state(run), len(texts())))
late = Stream(f"{URL}/events/run/{run}?after=0", TOKEN)
case("who comes later gets it from the beginning", eventually(lambda: any(e.kind == "text" for e in late.events), 5)
     and next(e for e in late.events if e.kind == "text").json()["at"] == 0, late.lines)
eventually(lambda: texts() and state(run) == "waiting", 60)
eventually(lambda: "action_required" in s.kinds(), 5)
pieces = [e.json() for e in texts()]
answer = sql(f"select response from llm_call where call_id = {pieces[0]['call']}")
first = [p for p in pieces if p["call"] == pieces[0]["call"]]
whole = "".join(p["text"] for p in first)
case("the pieces fit together", all(a["at"] + a["bytes"] == b["at"] for a, b in zip(first, first[1:])) and first[0]["at"] == 0,
     [(p["at"], p["bytes"]) for p in first])
case("and are what the model said", answer.startswith(whole) and len(whole) > len(answer) / 2, (len(whole), len(answer)))
seconds = arrivals[-1] - arrivals[0] + 0.25
case("not more than four a second", len(pieces) <= seconds * 4 + 2, (len(pieces), seconds))
case("on a connection of their own", connections() == "1", connections())
case("pieces have no number", all(e.id is None for e in texts()))
case("afterwards nothing is left of it", eventually(lambda: sql("select count(*) from live_text") == "0", 10))

blocker = subprocess.Popen(["psql", "-XAtq", os.environ["DATABASE_URL"], "-c",
                            "begin; lock table live_text; select pg_sleep(25)"], stdout=subprocess.DEVNULL)
eventually(lambda: sql("select count(*) from pg_locks where relation = 'live_text'::regclass and mode = 'AccessExclusiveLock'") == "1")
run = submit("Locked")
s = Stream(f"{URL}/events/run/{run}?after=0", TOKEN)
began = time.monotonic()
case("while it cannot be stored, the call and its commit go on", eventually(lambda: state(run) == "waiting", 20)
     and blocker.poll() is None, (state(run), time.monotonic() - began))
case("and events are told", eventually(lambda: "action_required" in s.kinds(), 5) and blocker.poll() is None, s.kinds())
blocker.kill()
blocker.wait()
done()

# SPDX-License-Identifier: MIT
"""For test_streams.sh."""

import json
import os
import signal
import socket
import struct
import threading
import time

from watch import Stream, case, done, eventually, get, pss_kib, sql

URL, FEED = os.environ["url"], int(os.environ["FEED_PID"])
SAM, ANA, BEA, VI = (os.environ[name] for name in ("sam", "ana", "bea", "viewer"))


def submit(owner, name):
    return int(sql(f"select play.submit('{owner}', '{name}', null)"))


def append(run, events=1, size=0):
    sql(f"""select event_append(array_agg({run}::bigint), array_agg('tick'::text), array_agg(jsonb_build_object('n', i, 'pad',
        repeat('x', {size})))) from generate_series(1, {events}) i""")


def last(run):
    return int(sql(f"select ev_seq from run where run_id = {run}"))


def stream(run, query="after=0", token=SAM, **more):
    return Stream(f"{URL}/events/run/{run}?{query}", token, **more)


def exact(s, run, begin=1):
    want = list(range(begin, last(run) + 1))
    return eventually(lambda: len(s.numbers()) >= len(want)) and s.numbers() == want


run = submit("sam", "Tools")
idle = stream(run)  # looked at in the end

# ---- numbers and places ----
append(run, 20)
s = stream(run)
case("a stream begins with all that came after the place", exact(s, run), s.numbers())
case("it says what it is, how long to wait, and is kept by nobody", s.head["Content-Type"] == "text/event-stream"
     and s.head["Cache-Control"] == "no-store" and s.lines[0] == "retry: 2000", s.lines[:3])
sql(f"select play.go({run})")
case("what happens comes at once, in order", exact(s, run), s.numbers())
case("each event bears its kind, and again in its data",
     all(e.json()["kind"] == e.kind and e.json()["seq"] == e.id for e in s.events) and "stage_completed" in s.kinds(), s.kinds())
append(run, 350)
case("more than one batch is still in order", exact(s, run) and exact(stream(run), run), s.numbers()[-5:])
again = stream(run, "after=3", last=15)
case("Last-Event-ID is the newer place", exact(again, run, 16), again.numbers()[:3])
now = stream(run, "")
eventually(lambda: now.last is not None)
append(run)
case("without a place a stream begins now, and knows where that is",
     eventually(lambda: now.numbers()) and now.numbers() == [last(run)] and f"id: {last(run) - 1}" in now.lines, now.lines)
plain = stream(run, f"after={last(run) - 1}&as=message")
case("messages without names, for who wants them", eventually(lambda: plain.events) and plain.events[0].kind is None
     and plain.events[0].json()["kind"] == "tick", plain.lines)
beyond = stream(run, "after=100000")
case("a place beyond the end is reset", eventually(lambda: beyond.kinds() == ["reset"]) and beyond.last == last(run), beyond.lines)
append(run)
case("and goes on from there", eventually(lambda: beyond.numbers() == [last(run)]), beyond.lines)
sql(f"delete from event where run_id = {run} and seq <= 50")
old = stream(run, "after=10")
case("a place older than what is kept is reset", eventually(lambda: old.kinds() == ["reset"]) and old.last == last(run), old.lines)
kept = stream(run, "after=50")
case("one that is just kept is not", exact(kept, run, 51), kept.numbers()[:3])

# ---- who may ----
case("nobody without a session or token", get(f"{URL}/events/run/{run}")[0] == 401
     and get(f"{URL}/events/inbox")[0] == 401 and get(f"{URL}/events/run/{run}", "x" * 43)[0] == 401)
case("nobody whom the run is not for", get(f"{URL}/events/run/{run}", VI)[0] == 404
     and get(f"{URL}/events/run/{run}", BEA)[0] == 404 and get(f"{URL}/api/v1/runs/{run}/events?wait=1", VI)[0] == 404)
case("no run that there is not", get(f"{URL}/events/run/999999", ANA)[0] == 404)
case("an approver sees it", exact(stream(run, "after=50", ANA), run, 51))
sql(f"""insert into project_member (project_id, account_id, role) select r.project_id, a.account_id, 'viewer'
    from run r, account a where r.run_id = {run} and a.name = 'vi'""")
shared = stream(run, "after=50", VI)
case("who it is shared with sees it", exact(shared, run, 51))
by_session = stream(run, "after=50", "botarmy=" + os.environ["bea_session"])
case("a session counts as its person", eventually(lambda: by_session.status == 404), by_session.status)
sql(f"update gate set assignee_id = (select account_id from account where name = 'bea') where run_id = {run}")
by_session = stream(run, "after=50", "botarmy=" + os.environ["bea_session"])
case("who a gate was given to sees its run", exact(by_session, run, 51), by_session.status)
sql("update api_token set scopes = '{submit}' where account_id = (select account_id from account where name = 'ana')")
case("a token that may not read is nobody's", get(f"{URL}/events/run/{run}", ANA)[0] == 401)
sql("update api_token set scopes = '{read}'")
sql("delete from project_member")
case("a stream ends when the project is not shared any more", eventually(lambda: shared.ended, 15), shared.error)
sql("delete from session where account_id = (select account_id from account where name = 'bea')")
case("a stream ends with its session", eventually(lambda: by_session.ended, 15), by_session.error)
case("others go on", not s.ended and not s.error)

# ---- what is no stream ----
status, head, _ = get(f"{URL}/events/run/{run}", SAM, "POST", {"Content-Length": "0"})
case("other methods are refused with those that are taken", (status, head["Allow"]) == (405, "GET, HEAD"), status)
case("what is no number is refused", get(f"{URL}/events/run/{run}?after=x", SAM)[0] == 422
     and get(f"{URL}/api/v1/runs/{run}/events?wait=51", SAM)[0] == 422)
status, head, body = get(f"{URL}/api/v1/runs/{run}/events?after=x&wait=1", SAM)
case("and in the API as a problem document", status == 422 and head["Content-Type"] == "application/problem+json"
     and json.loads(body)["status"] == 422, body)
case("there is nothing else", get(f"{URL}/events/", SAM)[0] == 404 and get(f"{URL}/events/run/0", SAM)[0] == 404)

# ---- long polls ----
base = f"{URL}/api/v1/runs/{run}/events?after={last(run) - 3}"
at_once = get(base, SAM)[2], get(f"{base}&wait=20", SAM)[2]
case("a long poll answers as the plain one does", json.loads(at_once[0]) == json.loads(at_once[1])
     and len(json.loads(at_once[0])["events"]) == 3, at_once)
began = time.monotonic()
empty = json.loads(get(f"{URL}/api/v1/runs/{run}/events?after={last(run)}&wait=2", SAM)[2])
case("it waits as long as it was told to", 1.5 < time.monotonic() - began < 5 and empty["events"] == []
     and empty["last"] == last(run), empty)
threading.Timer(0.5, append, [run]).start()
began = time.monotonic()
woken = json.loads(get(f"{URL}/api/v1/runs/{run}/events?after={last(run)}&wait=20", SAM)[2])
case("or until something happens", time.monotonic() - began < 2 and [e["seq"] for e in woken["events"]] == [last(run)], woken)

# ---- what concerns a person ----
inbox, others = Stream(f"{URL}/events/inbox", SAM), Stream(f"{URL}/events/inbox", VI)
case("an inbox says at first how things are", eventually(lambda: inbox.events and others.events)
     and inbox.events[0].json() == {"kind": "state", "turn": 1, "running": 1}, inbox.lines)
before = len(others.events)
for _ in range(3):
    seen = len(inbox.events)
    append(run)
    case("and when something happens", eventually(lambda: len(inbox.events) > seen, 3), inbox.lines)
second = submit("sam", "Second")
case("a new run counts", eventually(lambda: inbox.events[-1].json()["running"] == 2), inbox.lines)
time.sleep(0.5)
case("nobody hears of what is not theirs", len(others.events) == before, others.lines)
case("it has no numbers", inbox.last is None, inbox.last)

# ---- the slow ----
big = submit("sam", "Big")
gate = threading.Event()
slow = stream(big, pause=gate, narrow=True)
quick = stream(big)
eventually(lambda: quick.numbers() and slow.status)
before = pss_kib(FEED)
for _ in range(10):
    append(big, 1000, 2000)
case("a slow viewer keeps nobody waiting", exact(quick, big), quick.numbers()[-3:])
grown = pss_kib(FEED) - before
case("and is not kept in memory what it does not take", grown < int(os.environ["FEED_MOST_KIB"]), f"{grown} KiB more, of 20 MB of events")
gate.set()
case("it gets all of it when it reads again", exact(slow, big), slow.numbers()[-3:])


# ---- other words on the socket ----
def raw(data):
    with socket.socket(socket.AF_UNIX) as c:
        c.connect(os.environ["FEED_SOCKET"])
        c.settimeout(3)
        try:
            for part in data:
                c.sendall(part)
            return c.recv(100000)
        except ConnectionError:
            return b""


def record(kind, body=b"", request=1):
    return struct.pack("!BBHHBB", 1, kind, request, len(body), 0, 0) + body


begin = record(1, b"\0\1\0\0\0\0\0\0")
uri = record(4, b"\x0b\x01REQUEST_URI/") + record(4, b"\x0e\x03REQUEST_METHODGET")
case("noise is hung up on", raw([b"GET / HTTP/1.0\r\n\r\n"]) == b"" and raw([begin, begin]) == b"" and raw([record(2)]) == b"")
whole = begin + uri + record(4)
answer = raw([whole[i:i + 1] for i in range(len(whole))])
case("a request that comes byte by byte is one", b"Status: 404" in answer and answer.endswith(record(3, b"\0" * 8)), answer)
many = begin + record(4, b"\x0e\x03REQUEST_METHODGET") + record(4, b"\x0b\x01REQUEST_URI/")
case("a request of another number is answered under it",
     raw([whole.replace(b"\x01\x01\x00\x01", b"\x01\x01\x00\x07").replace(b"\x01\x04\x00\x01", b"\x01\x04\x00\x07")])[2:4] == b"\0\7")

# ---- how it ends ----
case("a comment comes each 15 seconds", eventually(lambda: idle.comments >= 1, 20), idle.comments)
poll = threading.Thread(target=lambda: answers.append(get(f"{URL}/api/v1/runs/{run}/events?after={last(run)}&wait=20", SAM)))
answers = []
poll.start()
time.sleep(0.5)
os.kill(FEED, signal.SIGTERM)
case("asked to end, it ends its streams in order", eventually(lambda: idle.ended and s.ended and inbox.ended), (idle.error, s.error))
poll.join(10)
case("and answers who waits", answers and answers[0][0] == 200 and json.loads(answers[0][2])["events"] == [], answers)
case("and is gone, with its socket", eventually(lambda: not os.path.exists(os.environ["FEED_SOCKET"])))
case("without it nginx says so", get(f"{URL}/events/inbox", SAM)[0] == 502
     and get(f"{URL}/api/v1/runs/{run}/events?after=1&wait=1", SAM)[0] == 502
     and get(f"{URL}/api/v1/runs/{run}/events?after=1", SAM)[0] == 200)
done()

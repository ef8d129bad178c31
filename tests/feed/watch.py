# SPDX-License-Identifier: MIT
"""What the feed's tests share: viewers, the database, TAP."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

count = failed = 0
lock = threading.Lock()


def case(name, passed, why=""):
    global count, failed
    with lock:
        count += 1
        failed += not passed
        print(f"{'ok' if passed else 'not ok'} {count} - {name}", flush=True)
        for line in str(why).splitlines()[:20] if not passed else []:
            print(f"# {line}", flush=True)


def done():
    print(f"1..{count}", flush=True)
    sys.exit(1 if failed else 0)


def sql(text):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", os.environ["DATABASE_URL"], "-c", text], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout.strip()


def eventually(test, seconds=10):
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Event:
    def __init__(self):
        self.id = self.kind = None
        self.data = ""

    def json(self):
        return json.loads(self.data)


def connection(url):
    parts = urllib.parse.urlsplit(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=60), parts


def headers(token):
    if not token:
        return {}
    return {"Cookie": token} if token.startswith("botarmy=") else {"Authorization": f"Bearer {token}"}


def get(url, token=None, method="GET", extra=None):
    """Status, headers and body of an answer that ends."""
    conn, parts = connection(url)
    conn.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, headers={**headers(token), **(extra or {})})
    answer = conn.getresponse()
    body = answer.read()
    conn.close()
    return answer.status, answer.headers, body


class Stream(threading.Thread):
    """One event stream, read to its end in a thread of its own."""

    def __init__(self, url, token, last=None, pause=None, narrow=False):
        super().__init__(daemon=True)
        self.events, self.comments, self.lines = [], 0, []
        self.status = self.head = self.error = None
        self.last = last
        self.ended = False
        self.pause = pause
        self.conn, parts = connection(url)
        self.path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.token = token
        if narrow:
            # Little fits into what the kernel keeps for a reader that does not read.
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect((parts.hostname, parts.port))
            self.conn.sock = sock
        self.start()

    def run(self):
        try:
            extra = {"Last-Event-ID": str(self.last)} if self.last is not None else {}
            self.conn.request("GET", self.path, headers={**headers(self.token), "Accept": "text/event-stream", **extra})
            answer = self.conn.getresponse()
            self.status, self.head = answer.status, answer.headers
            if self.pause:
                self.pause.wait()
            self.read(answer)
            self.ended = True
        except (OSError, http.client.HTTPException, AttributeError, ValueError) as error:
            self.error = error
        finally:
            self.conn.close()

    def read(self, answer):
        event = Event()
        while line := answer.readline():
            if not line.endswith(b"\n"):
                break
            text = line[:-1].decode()
            self.lines.append(text)
            name, _, value = text.partition(": ")
            if not text:
                # Only a whole event counts, and only with it its number.
                if event.id is not None:
                    self.last = event.id
                if event.data:
                    self.events.append(event)
                event = Event()
            elif text.startswith(":"):
                self.comments += 1
            elif name == "id":
                event.id = int(value)
            elif name == "event":
                event.kind = value
            elif name == "data":
                event.data += value

    def numbers(self):
        return [e.id for e in self.events if e.id is not None and e.kind != "reset"]

    def kinds(self):
        return [e.kind for e in self.events]

    def cut(self):
        sock = self.conn.sock
        if sock:
            try:
                sock.shutdown(2)
            except OSError:
                pass


def pss_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1))

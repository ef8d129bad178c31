# SPDX-License-Identifier: MIT
"""Notes: short texts with a limit of how many may be open at a time, kept in one SQLite file."""
import argparse
import html
import http.server
import json
import os
import re
import sqlite3
import sys
from urllib.parse import parse_qs

BODY_MAX = 1 << 20
TEXT_MAX = 200
OPEN_MAX = 5
SCHEMA = """
CREATE TABLE IF NOT EXISTS note (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0
)"""
STYLE = "body{font:1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}.bad{color:#a00}"


class Refused(Exception):
    """A request that is not carried out: status, message, and messages by field."""

    def __init__(self, status, message, errors=None):
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors


class Store:
    """The one place where rules are kept, in the same transaction as the change."""

    def __init__(self, path):
        self.path = path
        with self.open() as db:
            db.execute(SCHEMA)

    def open(self):
        db = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = FULL")
        return db

    def notes(self):
        with self.open() as db:
            return [as_note(row) for row in db.execute("SELECT * FROM note ORDER BY id")]

    def note(self, number):
        with self.open() as db:
            row = db.execute("SELECT * FROM note WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise Refused(404, "There is no such note.")
        return as_note(row)

    def add(self, text):
        text = checked(text)
        with self.open() as db:
            db.execute("BEGIN IMMEDIATE")
            if db.execute("SELECT count(*) FROM note WHERE NOT done").fetchone()[0] >= OPEN_MAX:
                db.execute("ROLLBACK")
                raise Refused(409, f"At most {OPEN_MAX} notes may be open at a time.")
            number = db.execute("INSERT INTO note (text) VALUES (?)", (text,)).lastrowid
            db.execute("COMMIT")
        return self.note(number)

    def finish(self, number):
        self.note(number)
        with self.open() as db:
            db.execute("UPDATE note SET done = 1 WHERE id = ?", (number,))
        return self.note(number)

    def remove(self, number):
        self.note(number)
        with self.open() as db:
            db.execute("DELETE FROM note WHERE id = ?", (number,))


def as_note(row):
    return {"id": row["id"], "text": row["text"], "done": bool(row["done"])}


def checked(text):
    if not isinstance(text, str) or not text.strip():
        raise Refused(422, "The note is not valid.", {"text": "A text is needed."})
    if len(text.strip()) > TEXT_MAX:
        raise Refused(422, "The note is not valid.", {"text": f"At most {TEXT_MAX} characters."})
    return text.strip()


def row(note):
    end = " (done)" if note["done"] else (
        f"<form method=post action=/notes/{note['id']}/finish><button>Done</button></form>")
    return f"<li>{html.escape(note['text'])}{end}"


def page(notes, problem="", typed=""):
    rows = "".join(row(n) for n in notes)
    bad = f"<p class=bad role=alert>{html.escape(problem)}</p>" if problem else ""
    return (f"<!doctype html><html lang=en><meta charset=utf-8>"
            f"<meta name=viewport content='width=device-width'><title>Notes</title>"
            f"<style>{STYLE}</style><h1>Notes</h1>{bad}<form method=post action=/notes>"
            f"<label>Text <input name=text value=\"{html.escape(typed)}\"></label>"
            f" <button>Add</button></form>"
            f"<ul>{rows}</ul>")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, content, kind):
        data = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
        self.end_headers()
        self.wfile.write(data)

    def send_json(self, status, value):
        self.send(status, json.dumps(value), "application/json")

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_MAX:
            self.close_connection = True
            raise Refused(413, "The body is over 1 MB.")
        return self.rfile.read(length)

    def json_body(self):
        try:
            value = json.loads(self.body())
        except ValueError:
            raise Refused(400, "The body is no JSON.") from None
        if not isinstance(value, dict):
            raise Refused(400, "The body must be a JSON object.")
        return value

    def form_text(self):
        return parse_qs(self.body().decode("utf-8", "replace")).get("text", [""])[0]

    def check_origin(self):
        origin = self.headers.get("Origin")
        if origin and origin.split("//")[-1] != self.headers.get("Host"):
            raise Refused(403, "Changes from another site are refused.")

    def do(self):
        try:
            if self.command != "GET":
                self.check_origin()
            self.route()
        except Refused as refused:
            answer = {"error": refused.message}
            if refused.errors:
                answer["errors"] = refused.errors
            self.send_json(refused.status, answer)

    do_GET = do_POST = do_DELETE = do

    def route(self):
        store, path, method = self.server.store, self.path.split("?")[0], self.command
        one = re.fullmatch(r"(/api)?/notes/([0-9]{1,15})(/finish)?", path)
        if (method, path) == ("GET", "/health"):
            self.send_json(200, {"status": "ok"})
        elif (method, path) == ("GET", "/"):
            self.send(200, page(store.notes()), "text/html")
        elif (method, path) == ("GET", "/api/notes"):
            self.send_json(200, {"notes": store.notes()})
        elif (method, path) == ("POST", "/api/notes"):
            self.send_json(201, store.add(self.json_body().get("text")))
        elif (method, path) == ("POST", "/notes"):
            self.add_by_form(store)
        elif one and method == "GET" and one[1] and not one[3]:
            self.send_json(200, store.note(int(one[2])))
        elif one and method == "DELETE" and one[1] and not one[3]:
            store.remove(int(one[2]))
            self.send_json(200, {"removed": int(one[2])})
        elif one and method == "POST" and one[3]:
            self.finish(store, int(one[2]), one[1])
        else:
            raise Refused(404, "There is nothing here.")

    def add_by_form(self, store):
        typed = self.form_text()
        try:
            store.add(typed)
        except Refused as refused:
            problem = (refused.errors or {}).get("text", refused.message)
            self.send(refused.status, page(store.notes(), problem, typed), "text/html")
        else:
            self.go_home()

    def finish(self, store, number, api):
        self.body()
        note = store.finish(number)
        if api:
            self.send_json(200, note)
        else:
            self.go_home()

    def go_home(self):
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A browser that went away is no mistake of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    options.add_argument("--data", default="notes.sqlite3")
    given = options.parse_args()
    server = Server(("127.0.0.1", given.port), Handler)
    server.store = Store(given.data)
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Notes over HTTP: each test has an application and a data file of its own."""
import http.client
import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class NotesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = os.path.join(folder.name, "notes.sqlite3")
        self.start()
        self.addCleanup(lambda: self.stop())

    def start(self):
        self.process = subprocess.Popen([sys.executable, "-B", os.path.join(ROOT, "app.py"), "--port", "0",
                                         "--data", self.data], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])

    def stop(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def api(self, method, path, value=None):
        status, text = self.ask(method, path, None if value is None else json.dumps(value))
        return status, json.loads(text)

    def test_health_is_ok(self):
        self.assertEqual(self.api("GET", "/health"), (200, {"status": "ok"}))

    def test_there_are_no_notes_at_first(self):
        self.assertEqual(self.api("GET", "/api/notes"), (200, {"notes": []}))

    def test_a_note_is_added_and_read(self):
        self.assertEqual(self.api("POST", "/api/notes", {"text": " buy milk "}),
                         (201, {"id": 1, "text": "buy milk", "done": False}))
        self.assertEqual(self.api("GET", "/api/notes/1")[1]["text"], "buy milk")

    def test_a_note_is_removed(self):
        self.api("POST", "/api/notes", {"text": "a"})
        self.assertEqual(self.api("DELETE", "/api/notes/1"), (200, {"removed": 1}))
        self.assertEqual(self.api("GET", "/api/notes/1")[0], 404)

    def test_a_text_is_needed(self):
        for text in ("", "   ", None, 7):
            status, answer = self.api("POST", "/api/notes", {"text": text})
            self.assertEqual((status, answer["errors"]["text"]), (422, "A text is needed."))
        self.assertEqual(self.api("GET", "/api/notes")[1]["notes"], [])

    def test_a_text_may_have_200_characters_and_no_more(self):
        self.assertEqual(self.api("POST", "/api/notes", {"text": "x" * 200})[0], 201)
        self.assertEqual(self.api("POST", "/api/notes", {"text": "x" * 201})[0], 422)

    def test_five_notes_may_be_open_and_a_sixth_is_refused(self):
        for i in range(5):
            self.assertEqual(self.api("POST", "/api/notes", {"text": str(i)})[0], 201)
        status, answer = self.api("POST", "/api/notes", {"text": "one too many"})
        self.assertEqual((status, answer["error"]), (409, "At most 5 notes may be open at a time."))

    def test_finishing_a_note_makes_room_for_another(self):
        for i in range(5):
            self.api("POST", "/api/notes", {"text": str(i)})
        self.assertTrue(self.api("POST", "/api/notes/1/finish", {})[1]["done"])
        self.assertEqual(self.api("POST", "/api/notes", {"text": "again"})[0], 201)

    def test_broken_json_is_refused(self):
        self.assertEqual(self.ask("POST", "/api/notes", "{nope")[0], 400)
        self.assertEqual(self.ask("POST", "/api/notes", "[1]")[0], 400)

    def test_a_body_over_one_megabyte_is_refused(self):
        self.assertEqual(self.ask("POST", "/api/notes", "", {"Content-Length": str(2 << 20)})[0], 413)

    def test_markup_is_shown_as_text(self):
        self.api("POST", "/api/notes", {"text": "<script>alert(1)</script>"})
        status, text = self.ask("GET", "/")
        self.assertEqual(status, 200)
        self.assertIn("&lt;script&gt;alert(1)", text)
        self.assertNotIn("<script>", text)

    def test_quotes_reach_no_sql(self):
        text = "'); DROP TABLE note; --"
        self.api("POST", "/api/notes", {"text": text})
        self.assertEqual(self.api("GET", "/api/notes/1")[1]["text"], text)

    def test_notes_survive_a_kill(self):
        self.api("POST", "/api/notes", {"text": "kept"})
        self.stop()
        self.start()
        self.assertEqual(self.api("GET", "/api/notes/1")[1]["text"], "kept")

    def test_a_form_adds_a_note_and_a_mistake_comes_back(self):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.ask("POST", "/notes", "text=by+form", kind)[0], 303)
        self.assertIn("by form", self.ask("GET", "/")[1])
        status, text = self.ask("POST", "/notes", "text=" + "y" * 201, kind)
        self.assertEqual(status, 422)
        self.assertIn("At most 200 characters.", text)
        self.assertIn("y" * 201, text)

    def test_another_site_changes_nothing(self):
        status, _ = self.ask("POST", "/api/notes", '{"text": "x"}', {"Origin": "http://evil.example"})
        self.assertEqual(status, 403)
        self.assertEqual(self.api("GET", "/api/notes")[1]["notes"], [])

    def test_an_unknown_address_is_not_found(self):
        self.assertEqual(self.api("GET", "/nothing")[0], 404)

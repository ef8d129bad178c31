# SPDX-License-Identifier: MIT
import json
import os
import sys
import urllib.request

from tests.support import Served


class Application(Served):
    def test_answers(self):
        with urllib.request.urlopen(self.url("/")) as answer:
            self.assertEqual(json.load(answer), {"ok": True})

    def test_stores(self):
        urllib.request.urlopen(self.url("/"), data=b"kept").close()
        with open(self.data, "rb") as file:
            self.assertEqual(file.read(), b"kept")


class Place(Served):
    def test_is_what_the_contract_says(self):
        self.assertEqual(os.getcwd(), "/app")
        self.assertEqual(sys.executable, "/usr/bin/python3")
        self.assertEqual(sys.path[0], "/app")
        self.assertEqual((os.environ["HOME"], os.environ["TMPDIR"]), ("/tmp", "/tmp"))
        self.assertEqual(os.environ["LANG"], "C.UTF-8")
        self.assertEqual(os.environ["PYTHONDONTWRITEBYTECODE"], "1")

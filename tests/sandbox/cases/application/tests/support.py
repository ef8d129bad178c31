# SPDX-License-Identifier: MIT
import os
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request


class Served(unittest.TestCase):
    port = 8123

    def setUp(self):
        self.data = os.path.join(tempfile.mkdtemp(), "data")
        self.server = subprocess.Popen(["python3", "app.py", "--port", str(self.port), "--data", self.data])
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        for _ in range(100):
            try:
                return urllib.request.urlopen(self.url("/"), timeout=5).close()
            except urllib.error.URLError:
                time.sleep(0.05)
        self.fail("the application did not start")

    def url(self, path):
        return "http://localhost:%d%s" % (self.port, path)

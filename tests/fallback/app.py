# SPDX-License-Identifier: MIT
"""A generated application on disk: its suite, and a running copy to talk to."""
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import chain

PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


class App:
    """with App("clinic", text) as app: files written, application started, all gone afterwards."""

    def __init__(self, name, brief):
        self.outputs = chain.run(name, brief)

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = os.path.join(self.temporary.name, "app")
        os.mkdir(self.folder)
        chain.write_files(self.outputs, self.folder)
        self.process = subprocess.Popen(
            [PYTHON, "-B", "app.py", "--port", "0", "--data", os.path.join(self.temporary.name, "data")],
            cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().split()[-1].rstrip("/")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(30)
        self.process.stdout.close()
        self.temporary.cleanup()

    def suite(self, limit=120):
        """Number of tests run; AssertionError with the end of the output unless all passed."""
        done = subprocess.run([PYTHON, "-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."], cwd=self.folder,
                              capture_output=True, text=True, timeout=limit)
        assert done.returncode == 0, done.stderr[-3000:]
        return int(done.stderr.split("Ran ")[1].split()[0])

    def one_test(self, name):
        done = subprocess.run([PYTHON, "-B", "-m", "unittest", "-q", name], cwd=self.folder, capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0 and "Ran 1 test" in done.stderr, done.stderr[-2000:]

    def call(self, method, path, **body):
        """Status and content."""
        request = urllib.request.Request(self.address + "/api/" + path, method=method,
                                         data=json.dumps(body).encode() if method != "GET" else None)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def add(self, path, **body):
        status, record = self.call("POST", path, **body)
        assert status == 201, (path, body, record)
        return record["id"]

    def page(self, path):
        with urllib.request.urlopen(self.address + path, timeout=20) as answer:
            return answer.read().decode()

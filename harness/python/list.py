# SPDX-License-Identifier: MIT
"""Writes the tests of /app as JSON to descriptor 3.

{"tests": [[module, class, test]], "wrong": [[name, why]]}
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import botarmy_reading as reading  # noqa: E402


def main(root):
    tests, wrong = [], []
    for name, path in reading.test_files(root):
        found, bad = reading.read_file(root, name, path)
        tests += [[name, cls, test] for cls, test in found]
        wrong += [list(pair) for pair in bad]
    with open(3, "w", encoding="utf-8") as out:
        json.dump({"tests": tests, "wrong": wrong}, out, ensure_ascii=False)


main(sys.argv[1] if len(sys.argv) > 1 else "/app")

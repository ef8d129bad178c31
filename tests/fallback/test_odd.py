# SPDX-License-Identifier: MIT
"""Every brief, odd ones too, becomes an application whose whole suite passes."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chain
import odd
import tap
from app import App

BRIEFS = os.path.join(chain.SOURCE, "tests", "fallback", "briefs")


def passes(name, brief):
    def test():
        with App(name, brief) as app:
            assert app.suite(600) >= 10
            assert "<main>" in app.page("/")
    return test


for _number, (_what, _text) in enumerate(odd.ODD.items()):
    globals()["test_" + _what.replace(" ", "_")] = passes(odd.NAMES[_number % len(odd.NAMES)], _text)
for _file in sorted(os.listdir(BRIEFS)):
    with open(os.path.join(BRIEFS, _file), encoding="utf-8") as _open:
        globals()["test_brief_" + _file[:-3]] = passes(_file[:-3], _open.read())

if __name__ == "__main__":
    tap.main(sys.modules[__name__])

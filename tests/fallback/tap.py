# SPDX-License-Identifier: MIT
"""Runs functions called test_… of a module and prints TAP."""
import sys
import traceback


def main(module):
    tests = [(name, value) for name, value in vars(module).items() if name.startswith("test_") and callable(value)]
    print(f"1..{len(tests)}")
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {name[5:].replace('_', ' ')}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {name[5:].replace('_', ' ')}", flush=True)
            for line in traceback.format_exc().splitlines()[-25:]:
                print("# " + line, flush=True)
    sys.exit(1 if failed else 0)

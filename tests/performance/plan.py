# SPDX-License-Identifier: MIT
"""plan.py ROWS < PLAN: fails where a plan (EXPLAIN, ANALYZE, FORMAT JSON) reads a large table otherwise
than by an index, or more than a few rows for each of ROWS that are shown."""
import json
import sys

LARGE = {"project", "run", "budget", "cursor"}
# Of each row shown: the project, its run, cursor and budget; and the few workflows and accounts.
A_ROW, BESIDES = 4, 50


def scans(node):
    # What only runs with branches need is planned but not done for the others.
    if "Relation Name" in node and node["Actual Loops"]:
        yield node
    for part in node.get("Plans", []):
        yield from scans(part)


rows = int(sys.argv[1])
plan = json.load(sys.stdin)[0]["Plan"]
assert plan["Actual Rows"] == rows, f"{plan['Actual Rows']} rows instead of {rows}"
read = 0
for scan in scans(plan):
    name = scan["Relation Name"]
    assert name not in LARGE or "Index" in scan["Node Type"], f"{scan['Node Type']} of {name}"
    read += (scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)) * scan["Actual Loops"]
assert read <= A_ROW * rows + BESIDES, f"{read} rows are read for {rows}"

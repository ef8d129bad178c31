# SPDX-License-Identifier: MIT
"""figures.py QUESTION RESULTS TABLE: what the bench wrote, asked one question."""
import json
import sys

FIGURES = {
    "project list, JSON": ("requests/s", ">= 0.85 of the minimal responder"),
    "project list, HTML": ("requests/s", ">= 0.7 of the minimal responder"),
    "CPU of botarmy-web, HTML list": ("us/request", "<= 120 us"),
    "CPU of botarmy-web, JSON list": ("us/request", None),
    "home page, HTML": ("requests/s", ">= 0.7 of the minimal responder"),
    "run page, HTML": ("requests/s", ">= 0.7 of the minimal responder"),
    "gate page, HTML": ("requests/s", ">= 0.7 of the minimal responder"),
    "PSS of web and nginx after the load": ("MiB", "<= 20 MiB"),
    "stages through the runner": ("stages/s", None),
    "list page rendered by the template engine": ("us", "<= 200 us"),
    "list written as JSON": ("us", "<= 200 us"),
}
LIMITED = [n for n in FIGURES if n.startswith(("project list", "CPU", "PSS")) or "page, HTML" in n]


def members(lines, _):
    for line in lines:
        assert list(line) == ["name", "value", "unit", "limit", "ratio", "goal", "conditions"], line
        assert isinstance(line["conditions"], str) and line["conditions"], line


def present(lines, table):
    assert sorted(line["name"] for line in lines) == sorted(FIGURES), [line["name"] for line in lines]
    for line in lines:
        assert line["unit"] == FIGURES[line["name"]][0], line
        assert any(row.startswith(line["name"]) and str(line["value"]) in row for row in table), line


def positive(lines, _):
    for line in lines:
        assert isinstance(line["value"], (int, float)) and line["value"] > 0, line


def ratios(lines, _):
    limited = [line for line in lines if line["limit"] is not None]
    assert sorted(line["name"] for line in limited) == sorted(LIMITED), limited
    for line in limited:
        assert line["limit"] > 0 and abs(line["ratio"] - line["value"] / line["limit"]) < 0.001, line
    lists = {line["limit"] for line in lines if line["name"].startswith("project list")}
    assert len(lists) == 1, "one minimal responder, one limit"


def goals(lines, _):
    for line in lines:
        assert line["goal"] == FIGURES[line["name"]][1], line


question, results, table = sys.argv[1:]
with open(results, encoding="utf-8") as f, open(table, encoding="utf-8") as t:
    globals()[question]([json.loads(line) for line in f], t.read().splitlines())

# SPDX-License-Identifier: MIT
"""Random schemas and values: our validator and python3-jsonschema must agree on each.

SCHEMA_PAIRS says how many schemas (24 values each), SCHEMA_SEED where to begin.
"""
import json
import os
import random
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
import jsonschema  # noqa: E402

PAIRS = int(os.environ.get("SCHEMA_PAIRS", "400"))
SEED = int(os.environ.get("SCHEMA_SEED", "1"))
VALUES = 24
CASES = 10

SCALARS = [None, True, False, 0, 1, -1, 2, 1.0, 1.5, -0.0, 3, 10, 1e20, 9007199254740993,
           "", "a", "ab", "abc",
           "b", "1", "high", "low", "\u00e4\u00f6", "\U0001f600", "a b", "x-1", "a.b", "A", "foo@bar"]
NAMES = ["a", "b", "c", "id", "a/b", "m~n"]
PATTERNS = ["^a", "b$", "^[a-z]+$", "[0-9]", "^(a|b)c?$", "a.b", r"a\.b", "^[^a]*$", "^.{2,3}$",
            "^\\w?$", "x-[0-9]{1,2}",
            r"^[a-z0-9]+(-[a-z0-9]+)*$", "(?i)a", "[", "^$", "\u00e4", "^.$", "^[\u00e0-\u00ff]+$",
            "@", "a{2}", "a+?"]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]


def value(r, depth=0):
    roll = r.random()
    if depth > 3 or roll < 0.5:
        return r.choice(SCALARS)
    if roll < 0.75:
        items = [value(r, depth + 1) for _ in range(r.randint(0, 4))]
        return items + items[:1] if items and r.random() < 0.2 else items
    return {r.choice(NAMES): value(r, depth + 1) for _ in range(r.randint(0, 4))}


def schema(r, depth=0):
    if depth > 3 or r.random() < 0.05:
        return r.choice([True, False, {}, {"type": "string"}, {"type": "integer"}])
    s = {}
    if r.random() < 0.6:
        s["type"] = r.choice(TYPES) if r.random() < 0.7 else r.sample(TYPES, r.randint(1, 3))
    picks = {
        "enum": lambda: [value(r, 2) for _ in range(r.randint(1, 4))],
        "properties": lambda: {n: schema(r, depth + 1) for n in r.sample(NAMES, r.randint(1, 3))},
        "required": lambda: r.sample(NAMES, r.randint(0, 2)),
        "additionalProperties": lambda: r.choice([False, True, schema(r, depth + 1)]),
        "items": lambda: schema(r, depth + 1),
        "minItems": lambda: r.randint(0, 3), "maxItems": lambda: r.randint(0, 4),
        "uniqueItems": lambda: r.random() < 0.8,
        "minLength": lambda: r.randint(0, 3), "maxLength": lambda: r.randint(0, 4),
        "pattern": lambda: r.choice(PATTERNS),
        "minimum": lambda: r.choice([-1, 0, 1, 1.5, 1e19]), "maximum": lambda: r.choice([0, 2, 1.5, 1e21]),
        "anyOf": lambda: [schema(r, depth + 1) for _ in range(r.randint(1, 3))],
        "$ref": lambda: r.choice(["#/$defs/one", "#/$defs/two", "#"]),
        "title": lambda: "t", "description": lambda: "d",
    }
    for name in r.sample(sorted(picks), r.randint(1, 4)):
        s[name] = picks[name]()
    if "enum" not in s and r.random() < 0.1:
        s["const"] = value(r, 2)
    if r.random() < 0.02:
        s["multipleOf"] = 2
    if depth == 0:
        s["$defs"] = {"one": schema(r, 2), "two": schema(r, 2)}
        s.pop("$ref", None)
    return s


def oracle(s, values):
    checker = jsonschema.Draft202012Validator(s)
    out = ""
    for v in values:
        try:
            out += "1" if checker.is_valid(v) else "0"
        except RecursionError:
            return None
    return out


def main():
    r = random.Random(SEED)
    tasks = []
    for _ in range(PAIRS):
        tasks.append((schema(r), [value(r) for _ in range(VALUES)]))
    program = os.path.join(os.environ.get("top_builddir", "."), "tests/flow-schema/schema_check")
    lines = "".join(json.dumps({"schema": s, "values": v}) + "\n" for s, v in tasks)
    ran = subprocess.run([program], input=lines, capture_output=True, text=True, check=True)
    answers = ran.stdout.splitlines()
    print("1..%d" % CASES)
    agreed = refused = verdicts = positive = 0
    for case in range(CASES):
        wrong = None
        for i in range(case * PAIRS // CASES, (case + 1) * PAIRS // CASES):
            s, values = tasks[i]
            if answers[i].startswith("refused"):
                refused += 1
                continue
            expected = oracle(s, values)
            agreed += 1
            verdicts += len(values)
            positive += answers[i].count("1")
            if expected != answers[i] and not wrong:
                wrong = json.dumps({"schema": s, "values": values, "oracle": expected, "ours": answers[i]})
        verdict = "not ok" if wrong else "ok"
        print("%s %d - random schemas and values, part %d" % (verdict, case + 1, case + 1))
        if wrong:
            print("#", wrong)
    # Where nearly everything were refused, or every verdict the same, agreement would prove nothing.
    print("# %d schemas compared, %d refused, %d verdicts, %d of them valid" %
          (agreed, refused, verdicts, positive))
    if agreed < PAIRS // 3 or positive * 50 < verdicts or (verdicts - positive) * 50 < verdicts:
        sys.exit("too little was compared")


main()

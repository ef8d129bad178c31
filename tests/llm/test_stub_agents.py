# SPDX-License-Identifier: MIT
"""The stub model server's agents say what the agents' schemas ask for, and the application
that they write passes their suite: otherwise a test through the stub would prove nothing."""
import json
import os
import subprocess
import sys
import tempfile
import warnings

sys.dont_write_bytecode = True
TOP = os.environ.get("top_srcdir", ".")
sys.path.insert(0, os.path.join(TOP, "tests/lib"))
import stub_agents  # noqa: E402

warnings.simplefilter("ignore")
import jsonschema  # noqa: E402

FEEDBACK = "\n=== BEGIN DATA: feedback (changes) ===\nMake it six.\n=== END DATA: feedback ==="
cases = []


def check(name, ok, why=""):
    cases.append((name, ok, why))


def ask(agent, more=""):
    system = "You are the %s of a small software team." % agent.replace("-", " ").title()
    return json.loads(stub_agents.answer({"messages": [{"role": "system", "content": system + more}]}))


def fits(agent, output):
    loaded = []
    for path in (os.path.join(agent, "output.schema.json"), os.path.join("shared", "handover.schema.json")):
        with open(os.path.join(TOP, "agents", path), encoding="utf-8") as f:
            loaded.append(json.load(f))
    schema, shared = loaded
    schema["properties"].update(shared["properties"])
    schema["required"] += shared["required"]
    validator = jsonschema.Draft202012Validator(schema)
    problem = jsonschema.exceptions.best_match(validator.iter_errors(output))
    return problem is None, str(problem)


for agent in ("analyst", "architect", "developer", "tester", "security-reviewer", "usability-reviewer"):
    first, second = ask(agent), ask(agent, FEEDBACK)
    if os.path.exists(os.path.join(TOP, "agents", agent, "output.schema.json")):
        check("the %s's output fits its schema" % agent, *fits(agent, first))
        check("the %s's revision fits its schema" % agent, *fits(agent, second))
    check("the %s's revision answers the comment" % agent,
          "> Make it six." in second["changes"] and first["changes"] == "" and
          first["summary"] != second["summary"])

with tempfile.TemporaryDirectory() as folder:
    for agent in ("developer", "tester"):
        for item in ask(agent)["files"]:
            path = os.path.join(folder, item["path"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(item["content"])
    ran = subprocess.run([sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."],
                         cwd=folder, stderr=subprocess.PIPE, text=True, timeout=120)
    count = len(ask("tester")["covers"])
    check("the suite has at least ten tests, and covers names them all",
          count >= 10 and "Ran %d tests" % count in ran.stderr, ran.stderr)
    check("the suite passes", ran.returncode == 0, ran.stderr)

check("a stranger is greeted",
      stub_agents.answer({"messages": [{"role": "user", "content": "Hi"}]}) == "Hello.")

print("1..%d" % len(cases))
for number, (name, ok, why) in enumerate(cases, 1):
    print("%s %d - %s" % ("ok" if ok else "not ok", number, name))
    if not ok:
        print("\n".join("# " + line for line in why.splitlines()))

# SPDX-License-Identifier: MIT
"""Drives the four agents of the fallback over a brief, as the runner would."""
import json
import os
import subprocess
import sys

SOURCE = os.environ.get("top_srcdir") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("top_builddir") or "."
AGENTS = os.path.join(SOURCE, "agents")
ORDER = ("analyst", "architect", "developer", "tester")
REVIEWERS = ("security-reviewer", "usability-reviewer")


def answer(agent, given):
    """What the fallback answers for this agent, parsed."""
    program = os.path.join(BUILD, "tests", "fallback", "answer")
    done = subprocess.run([program, AGENTS, agent], input=json.dumps(given).encode(), capture_output=True, timeout=60)
    if done.returncode:
        raise AssertionError(f"{agent}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def run(name, brief, comments=None):
    """All outputs by agent. comments: agent -> list of what is asked for at its gate, in turn."""
    with open(os.path.join(SOURCE, "blueprints", "python-stdlib", "blueprint.json"), encoding="utf-8") as file:
        blueprint = json.load(file)
    outputs = {}
    for agent in ORDER:
        given = {"project": {"name": name, "brief": brief, "stack": "python-stdlib"}, "blueprint": blueprint,
                 "revision": 1, "inputs": dict(outputs), "previous": None, "feedback": None}
        outputs[agent] = answer(agent, given)
        for comment in (comments or {}).get(agent, ()):
            given.update(revision=given["revision"] + 1, previous=outputs[agent],
                         feedback={"kind": "changes", "comment": comment, "tests": []})
            outputs[agent] = answer(agent, given)
    return outputs


def write_files(outputs, folder):
    for agent in ("developer", "tester"):
        for file in outputs[agent]["files"]:
            path = os.path.join(folder, file["path"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                out.write(file["content"])


if __name__ == "__main__":
    made = run(os.path.splitext(os.path.basename(sys.argv[1]))[0].replace("-", " ").capitalize(),
               open(sys.argv[1], encoding="utf-8").read())
    write_files(made, sys.argv[2])
    with open(os.path.join(sys.argv[2], "outputs.json"), "w", encoding="utf-8") as out:
        json.dump(made, out, indent=1, ensure_ascii=False)
    for entity in made["architect"]["entities"]:
        print(f"{entity['label']} [{entity['kind']}]: " + ", ".join(
            f["name"] + ":" + f["type"] + ("*" if f["required"] else "") for f in entity["fields"]))
    for rule in made["architect"]["rules"]:
        print(" -", rule["kind"], "|", rule["statement"], "|", rule["source"][:60])

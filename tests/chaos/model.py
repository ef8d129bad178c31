# SPDX-License-Identifier: MIT
"""The agents, the workflows and the model server of the chaos: every agent's answer is at hand, after a
short while, and now and then there is none. The server counts what it was asked and what it answered."""
import json
import os
import random
import shutil
import sys
import threading
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

LIB = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib")
sys.dont_write_bytecode = True
sys.path.insert(0, LIB)
_loader = SourceFileLoader("stub_model_server", os.path.join(LIB, "stub_model_server"))
stub = module_from_spec(spec_from_loader(_loader.name, _loader))
_loader.exec_module(stub)

WORDS = {"summary": "words about it"}
APP = {"summary": "an app", "files": [{"path": "app.py", "content": "def two():\n    return 2\n"}]}
SUITE = {"summary": "a suite", "files": [{"path": "tests/test_app.py", "content": (
    "import unittest\nimport app\n\n\nclass T(unittest.TestCase):\n    def test_two(self):\n"
    "        self.assertEqual(app.two(), 2)\n")}]}
AGENTS = {"reader": ("document", WORDS), "drafter": ("document", WORDS), "writer": ("document", WORDS),
          "closer": ("document", WORDS), "critic": ("review", WORDS), "judge": ("review", WORDS),
          "builder": ("application", APP), "checker": ("suite", SUITE)}

TEXT = {"type": "string", "minLength": 3}
FILES = {"type": "array", "minItems": 1, "items": {
    "type": "object", "required": ["path", "content"], "additionalProperties": False,
    "properties": {"path": {"type": "string"}, "content": {"type": "string"}}}}
PROMPT = """{{! SPDX-License-Identifier: MIT }}
You are the %s.

=== BEGIN DATA: project ===
{{project.brief}}
{{#feedback}}
Feedback: {{comment}}
{{/feedback}}
=== END DATA ===
"""
LINE = ("reader", "drafter", "writer", "closer")


def line(name, nodes, edges=()):
    """A workflow in which each agent follows the one before."""
    text = ['// SPDX-License-Identifier: MIT\ndigraph "%s" { title="%s" start=%s' % (name, name, nodes[0])]
    for node in nodes:
        text.append('%s [kind=agent, agent="%s", max_attempts=8]' % (node, node))
    text.append("done [kind=exit, outcome=done]")
    for one, other in zip(nodes, nodes[1:] + ("done",)):
        text.append("%s -> %s [label=pass]" % (one, other))
    return "\n".join(text + list(edges)) + "\n}\n"


def parted():
    """Two reviewers beside each other, and a join that may send the writer back."""
    text = ['// SPDX-License-Identifier: MIT\ndigraph "parted" { title="parted" start=reader']
    for node in ("reader", "writer", "critic", "judge", "closer"):
        text.append('%s [kind=agent, agent="%s", max_attempts=8]' % (node, node))
    text += ["both [kind=join]", "done [kind=exit, outcome=done]", "reader -> writer [label=pass]",
             "writer -> critic [label=pass]", "writer -> judge [label=pass]",
             "critic -> both [label=pass]", "critic -> both [label=fail]",
             "judge -> both [label=pass]", "judge -> both [label=fail]",
             "both -> closer [label=pass]", "both -> writer [label=fail, max=2]",
             "closer -> done [label=pass]"]
    return "\n".join(text) + "\n}\n"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def data_folder(path, source):
    """Agents and workflows, beside what else a runner reads."""
    for name, (kind, output) in AGENTS.items():
        own = {"summary": TEXT}
        if "files" in output:
            own["files"] = FILES
        if kind == "review":
            own["verdict"] = {"type": "string", "enum": ["pass", "fail"]}
        at = os.path.join(path, "agents", name)
        title = name.title()
        write(at + "/agent.json", json.dumps({"title": title, "delivers": kind, "max_output_tokens": 1000}))
        write(at + "/output.schema.json", json.dumps({
            "type": "object", "required": list(own), "additionalProperties": False, "properties": own}))
        write(at + "/prompt.prompt.mustache", PROMPT % title)
        write(at + "/document.md.mustache",
              "{{! SPDX-License-Identifier: MIT }}\n# %s\n\n{{summary}}\n" % title)
    shutil.copytree(os.path.join(source, "tests/fixtures/agents/shared"), path + "/agents/shared")
    write(path + "/workflows/line.dot", line("line", LINE))
    write(path + "/workflows/parted.dot", parted())
    write(path + "/workflows/tested.dot", line("tested", ("builder", "checker"), (
        "checker -> builder [label=fail, max=1]",)))
    for name in ("sql", "blueprints", "harness"):
        os.symlink(os.path.join(source, name), os.path.join(path, name))


class Model(stub.Handler):
    """Answers at random: mostly well."""

    def answer(self, behaviour, asked):
        if "messages" not in asked:
            super().answer(behaviour, asked)
            return
        server, how = self.server, random.random()
        said = asked["messages"][0]["content"]
        name = next(n for n in AGENTS if "You are the %s." % n.title() in said)
        kind, output = AGENTS[name]
        output = dict(output, confidence=0.9, concerns=[], messages=[], questions=[], answers=[])
        if kind == "review":
            output["verdict"] = "fail" if random.random() < 0.1 else "pass"
        behaviour = {"text": json.dumps(output), "delay": random.uniform(0.01, server.slowest)}
        good = how >= server.spoiled
        if not good:
            kinds = ("rate_limited", "overloaded", "reset_in_body", "close_before_head")
            behaviour = stub.KINDS[kinds[int(how * 1e6) % len(kinds)]]
        with server.state.lock:
            server.good += good
            server.spoilt += not good
        super().answer(behaviour, asked)


def start(slowest, spoiled):
    """The server, in a thread; `spoiled` is the part of requests that get no answer of use."""
    server = stub.Server(("127.0.0.1", 0), Model)
    server.state, server.key, server.verbose = stub.State(), None, False
    server.slowest, server.spoiled, server.good, server.spoilt = slowest, spoiled, 0, 0
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    return server

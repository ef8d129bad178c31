# SPDX-License-Identifier: MIT
"""What the stub model server says by default: to each of the six agents an output that
fits its schema, and together a real application (stub_app/) with a suite that passes and
reviews that do; to anybody else "Hello.".
"""
import json
import os
import re

APP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stub_app")
AGENT = re.compile(r"You are the (Analyst|Architect|Developer|Tester|Security Reviewer|Usability Reviewer)\b")
FEEDBACK = re.compile(r"=== BEGIN DATA: feedback[^=]*===\n(.*?)\n=== END DATA: feedback", re.S)
STAYS = re.compile(r"^Stays exactly as it is", re.M)
COMMENT = re.compile(r"^Comment (\d+) on ", re.M)
TEST = re.compile(r"^    def (test_\w+)\(", re.M)


def read(path):
    with open(os.path.join(APP, path), encoding="utf-8") as f:
        return f.read()


def story(number, title, want, criteria, points=2, priority="must"):
    return {"id": "S%d" % number, "title": title, "role": "person with things to do", "want": want,
            "benefit": "nothing is forgotten", "priority": priority, "points": points, "source": "",
            "criteria": [dict(zip(("given", "when", "then"), c)) for c in criteria]}


STORIES = [
    story(1, "Write a note", "to write a short note", [
        ("no notes", "a text is added", "it is listed"),
        ("no notes", "an empty text is added", "it is refused with \"A text is needed.\""),
        ("no notes", "a text of 201 characters is added", "it is refused, and one of 200 is taken")], 3),
    story(2, "Not too many at once", "a limit of five open notes", [
        ("four open notes", "another is added", "it is taken"),
        ("five open notes", "another is added", "it is refused with the limit"),
        ("five open notes", "one is finished", "another is taken")], 5),
    story(3, "Finish a note", "to mark a note as done", [
        ("an open note", "it is finished", "it is shown as done"),
        ("a finished note", "it is finished again", "it stays done"),
        ("no note", "one is finished", "the answer is 404")]),
    story(4, "Remove a note", "to remove a note", [
        ("a note", "it is removed", "it is gone"),
        ("no note", "one is removed", "the answer is 404"),
        ("two notes", "one is removed", "the other stays")], 1, "should"),
    story(5, "Keep notes", "notes that survive a power cut", [
        ("a saved note", "the application is killed", "the note is there after a start"),
        ("a note with markup", "it is shown", "the markup is text"),
        ("a note with quotes", "it is saved", "it is read back as it was")], 3),
]


def analyst():
    return {"summary": "Short notes with a limit of five open ones.",
            "entities": [{"name": "note", "description": "A short text that is open or done.", "source": ""}],
            "stories": STORIES, "assumptions": ["One person uses it."],
            "risks": ["The limit may be too low."],
            "complexity": {"level": "low", "reason": "One entity and one rule."},
            "open_questions": ["Is five the right limit?"]}


def field(name, label, kind, required):
    return {"name": name, "label": label, "type": kind, "required": required, "unique": False, "choices": [],
            "references": "", "initial": "", "hint": ""}


def architect():
    return {"summary": "One process, one file of data, one table.", "purpose": "Short notes, five at a time.",
            "stack": {"language": "Python 3, standard library", "storage": "SQLite",
                      "interface": "HTML and JSON",
                      "reasons": ["Nothing has to be installed."],
                      "alternatives": [{"name": "A text file", "reason": "Two at once would lose notes."}]},
            "components": [{"name": "Store", "purpose": "Keeps notes and the rule."},
                           {"name": "Handler", "purpose": "Speaks HTTP."}],
            "entities": [{"name": "note", "plural": "notes", "label": "Note", "plural_label": "Notes",
                          "kind": "thing", "part_of": "", "source": "",
                          "fields": [field("text", "Text", "text", True),
                                     field("done", "Done", "boolean", False)]}],
            "rules": [{"id": "R1", "kind": "other", "statement": "At most 5 notes may be open at a time.",
                       "entity": "note", "item": "", "holder": "", "field": "done", "number": 5, "values": [],
                       "source": "", "stories": ["S2"]}],
            "api": [{"method": m, "path": p, "purpose": why, "stories": s} for m, p, why, s in (
                ("GET", "/", "The page with all notes", ["S1", "S3"]),
                ("POST", "/notes", "Adds by form", ["S1"]),
                ("GET", "/api/notes", "All notes", ["S1"]),
                ("POST", "/api/notes", "Adds a note", ["S1", "S2"]),
                ("GET", "/api/notes/{id}", "One note", ["S1"]),
                ("POST", "/api/notes/{id}/finish", "Finishes a note", ["S3"]),
                ("DELETE", "/api/notes/{id}", "Removes a note", ["S4"]),
                ("GET", "/health", "Health", ["S5"]))],
            "schema": "CREATE TABLE note (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, "
                      "done INTEGER NOT NULL DEFAULT 0);",
            "files": [{"path": "app.py", "purpose": "The application."},
                      {"path": "README.md", "purpose": "How to run and test it."}],
            "decisions": [{"topic": "Durability", "decision": "synchronous = FULL",
                           "reason": "A power cut loses nothing."}],
            "risks": ["Two people at once: the limit is checked in the transaction that adds."]}


def developer():
    return {"summary": "The notes application in one file.",
            "files": [{"path": p, "content": read(p)} for p in ("app.py", "README.md")]}


def tester():
    paths = ("tests/__init__.py", "tests/test_notes.py")
    return {"summary": "Every rule up to its edge and past it, over HTTP.",
            "files": [{"path": p, "content": read(p)} for p in paths],
            "covers": [{"test": "tests.test_notes.NotesTest." + name, "story": "S1"}
                       for name in TEST.findall(read(paths[1]))]}


def reviewer():
    return {"verdict": "pass", "summary": "All files were read; nothing was found.", "findings": []}


AGENTS = {"Analyst": analyst, "Architect": architect, "Developer": developer, "Tester": tester,
          "Security Reviewer": reviewer, "Usability Reviewer": reviewer}


def answer(asked):
    """The text of the answer to a request's messages."""
    said = "\n".join(str(m.get("content")) for m in asked.get("messages", []) if isinstance(m, dict))
    who = AGENT.search(said)
    if not who:
        return "Hello."
    output = AGENTS[who[1]]()
    feedback = FEEDBACK.search(said)
    output["changes"] = ""
    output.update(confidence=0.9, concerns=[], messages=[], questions=[], answers=[])
    if feedback:
        quoted = "\n".join("> " + line for line in feedback[1].splitlines())
        output["changes"] = quoted + "\n\nTaken into account."
        output["answers"] = [{"comment": int(n), "text": "Done as comment %s asks." % n}
                             for n in COMMENT.findall(feedback[1])]
        # Told to keep an item, it changes it all the same.
        if STAYS.search(feedback[1]):
            output["stories"] = [dict(s, title=s["title"] + ", differently", points=13) for s in reversed(STORIES)]
        output["summary"] += " Revised after: " + feedback[1].splitlines()[0][:500]
    return json.dumps(output, ensure_ascii=False, indent=1)

# SPDX-License-Identifier: MIT
"""The fallback's answers: in the agreed form for every brief, and different when something else is asked."""
import ast
import json
import os
import re
import sys

import jsonschema

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chain
import odd
import tap

BRIEFS = os.path.join(chain.SOURCE, "tests", "fallback", "briefs")


def merged(agent):
    """An agent's schema with the shared form of hand-overs, as the runner loads it."""
    loaded = []
    for path in (os.path.join(agent, "output.schema.json"), os.path.join("shared", "handover.schema.json")):
        with open(os.path.join(chain.AGENTS, path), encoding="utf-8") as file:
            loaded.append(json.load(file))
    own, shared = loaded
    assert not set(own["properties"]) & set(shared["properties"]), agent
    own["properties"].update(shared["properties"])
    own["required"] += shared["required"]
    return jsonschema.Draft202012Validator(own)


SCHEMAS = {agent: merged(agent) for agent in chain.ORDER + chain.REVIEWERS}


def brief(name):
    with open(os.path.join(BRIEFS, name + ".md"), encoding="utf-8") as file:
        return file.read()


def check(outputs, what):
    """Schema, paths, syntax of every file, and no template tag that was left over."""
    outputs = {**outputs, **{agent: chain.answer(agent, {"inputs": outputs}) for agent in chain.REVIEWERS}}
    for agent, output in outputs.items():
        assert output["confidence"] >= 0.6 and output["concerns"] == [] and output["questions"] == [], (what, agent)
        errors = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in SCHEMAS[agent].iter_errors(output)]
        assert not errors, f"{what}: {agent}: {errors[:3]}"
    paths = [file["path"] for agent in ("developer", "tester") for file in outputs[agent]["files"]]
    assert len(paths) == len(set(paths)), f"{what}: a path twice"
    assert "README.md" in paths and "app.py" in paths
    tests = 0
    for agent in ("developer", "tester"):
        for file in outputs[agent]["files"]:
            if not file["path"].endswith(".py"):
                continue
            tree = ast.parse(file["content"], f"{what}: {file['path']}")
            if agent == "tester":
                names = [f"{c.name}.{f.name}" for c in tree.body if isinstance(c, ast.ClassDef)
                         for f in c.body if isinstance(f, ast.FunctionDef) and f.name.startswith("test_")]
                assert len(names) == len(set(names)), f"{what}: {file['path']}: a test twice: {names}"
                tests += len(names)
    assert tests >= 10, f"{what}: only {tests} tests"
    covered = {entry["test"] for entry in outputs["tester"]["covers"]}
    assert len(covered) == tests, f"{what}: covers {len(covered)} of {tests}"


def test_every_brief_is_answered_in_the_agreed_form():
    for name in sorted(os.listdir(BRIEFS)):
        check(chain.run(name, brief(name[:-3])), name)


def test_odd_briefs_are_answered_in_the_agreed_form():
    for number, (name, text) in enumerate(odd.ODD.items()):
        check(chain.run(odd.NAMES[number % len(odd.NAMES)], text), name)


def test_the_same_brief_gives_the_same_answer():
    assert chain.run("Same", brief("clinic")) == chain.run("Same", brief("clinic"))


def test_each_story_from_the_brief_names_its_sentence():
    for name in ("tool-library", "clinic", "recipes"):
        text = re.sub(r"[\s#*-]+", " ", brief(name))
        stories = chain.run(name, brief(name))["analyst"]["stories"]
        sourced = [story for story in stories if story["source"]]
        assert len(sourced) * 2 >= len(stories), f"{name}: {len(sourced)} of {len(stories)} stories have a source"
        for story in sourced:
            assert re.sub(r"[\s#*-]+", " ", story["source"]) in text, story["source"]


def test_different_briefs_give_different_software():
    seen = {}
    for name in ("tool-library", "clinic", "recipes", "rooms", "inventory", "expenses"):
        design = chain.run(name, brief(name))["architect"]
        seen[name] = ({e["name"] for e in design["entities"]}, {r["kind"] for r in design["rules"]})
    names = list(seen)
    for one in names:
        for other in names[names.index(one) + 1:]:
            assert seen[one][1] != seen[other][1], (one, other)
            assert len(seen[one][0] & seen[other][0]) <= 1, (one, other, seen[one][0] & seen[other][0])


def fields(design, entity):
    return {f["name"]: f for e in design["entities"] if e["name"] == entity for f in e["fields"]}


def rules(design):
    return {r["kind"]: r for r in design["rules"]}


EXPECTED = {
    "tool-library": ({"tool": {"name", "category", "condition", "location"}, "loan": {"tool", "member", "due_on"}},
                     {"lending.limit": 3, "lending.days": 14, "lending.availability": 0, "lending.overdue": 0}),
    "clinic": ({"pet": {"species", "breed", "date_of_birth", "weight", "owner"}, "appointment": {"vet", "starts_at", "minutes"},
                "visit": {"reason", "findings", "treatment", "follow_up_date", "pet"}, "prescription": {"dose", "days", "visit"}},
               {"booking.overlap": 0, "booking.hours": 0, "booking.durations": 0, "booking.today": 0, "billing.vat": 20,
                "billing.revenue": 0, "reminder.due": 30, "export.csv": 0}),
    "recipes": ({"recipe": {"steps", "tags", "servings"}, "ingredient": {"quantity", "unit", "recipe"}},
                {"scaling.amounts": 0, "planning.week": 0, "planning.shopping": 0}),
    "rooms": ({"room": {"name", "floor", "capacity"}, "booking": {"room", "employee"}},
              {"booking.overlap": 0, "booking.longest": 120, "booking.hours": 0, "booking.today": 0}),
    "shifts": ({"shift": {"date", "place"}, "volunteer": {"name"}}, {"signup.capacity": 0, "signup.limit": 4, "export.csv": 0}),
    "inventory": ({"part": {"part_number", "name", "supplier", "price", "shelf", "minimum"}}, {"stock.floor": 0, "stock.low": 0}),
    "expenses": ({"expense": {"amount", "date", "flatmate"}}, {"sharing.balances": 0, "totals.month": 0}),
    "courses": ({"course": {"title", "teacher", "room", "start_date", "price"}, "participant": {"name", "email", "phone"}},
                {"signup.capacity": 12, "signup.once": 0}),
    "books": ({"book": {"title", "author", "isbn", "shelf"}, "loan": {"book", "pupil"}}, {"lending.limit": 5, "lending.days": 21}),
    "tickets": ({"ticket": {"title", "description", "flat", "priority", "status"}}, {"board.status": 0}),
    "garden": ({"plant": {"variety", "bed", "planting_date", "harvest_date"}}, {"reminder.due": 14}),
    "swimming": ({"lesson": {"teacher", "minutes", "parent"}, "child": {"name", "age", "level"}},
                 {"booking.overlap": 0, "booking.durations": 0, "booking.hours": 0}),
}


def test_designs_hold_what_the_briefs_say():
    for name, (entities, expected) in EXPECTED.items():
        design = chain.run(name, brief(name))["architect"]
        for entity, wanted in entities.items():
            missing = wanted - set(fields(design, entity))
            assert not missing, f"{name}: {entity} lacks {missing}"
        for kind, number in expected.items():
            assert kind in rules(design), f"{name}: no rule {kind}"
            assert rules(design)[kind]["number"] == number, f"{name}: {kind} {rules(design)[kind]['number']}"


def test_a_comment_adds_a_field_everywhere():
    outputs = chain.run("Tools", brief("tool-library"), {"analyst": ["Also record the weight of each tool."]})
    assert "weight" in fields(outputs["architect"], "tool")
    assert "Weight" in outputs["analyst"]["changes"] and "> Also record" in outputs["analyst"]["changes"]
    entities = next(f["content"] for f in outputs["developer"]["files"] if f["path"] == "entities.py")
    assert '"weight"' in entities
    check(outputs, "weight")


def test_a_comment_changes_a_number_down_to_the_code():
    outputs = chain.run("Tools", brief("tool-library"), {"architect": ["Limit to two tools."]})
    assert rules(outputs["architect"])["lending.limit"]["number"] == 2
    assert "was 3" in outputs["architect"]["changes"]
    code = next(f["content"] for f in outputs["developer"]["files"] if f["path"] == "lending_rules.py")
    assert "MOST_AT_ONCE = 2" in code
    suite = next(f["content"] for f in outputs["tester"]["files"] if f["path"] == "tests/test_lending.py")
    assert "at most 2" in suite


def test_comments_of_several_rounds_are_all_kept():
    outputs = chain.run("Tools", brief("tool-library"),
                        {"analyst": ["Also record the weight of each tool.", "Members also have an email."],
                         "architect": ["Loans last at most 7 days."]})
    assert "weight" in fields(outputs["architect"], "tool")
    assert "email" in fields(outputs["architect"], "member")
    assert rules(outputs["architect"])["lending.days"]["number"] == 7
    assert rules(outputs["architect"])["lending.limit"]["number"] == 3


def test_a_comment_brings_a_new_rule_with_its_story():
    outputs = chain.run("Tools", brief("tool-library"), {"analyst": ["We need an export of everything as CSV."]})
    assert "export.csv" in rules(outputs["architect"])
    assert any("CSV" in story["title"] for story in outputs["analyst"]["stories"])
    assert any(f["path"] == "tests/test_export.py" for f in outputs["tester"]["files"])


def test_a_comment_removes_a_field():
    outputs = chain.run("Tools", brief("tool-library"), {"architect": ["Remove the condition."]})
    assert "condition" not in fields(outputs["architect"], "tool")
    assert "Removed" in outputs["architect"]["changes"]


def test_what_is_not_understood_is_said():
    outputs = chain.run("Tools", brief("tool-library"), {"analyst": ["Make it pop like a summer morning."]})
    assert "Not understood" in outputs["analyst"]["changes"]
    assert "Make it pop" in outputs["analyst"]["changes"]


def test_an_edited_design_changes_the_code():
    made = chain.run("Tools", brief("tool-library"))
    design = made["architect"]
    rules(design)["lending.limit"]["number"] = 7
    tool = next(e for e in design["entities"] if e["name"] == "tool")
    tool["fields"].append({"name": "voltage", "label": "Voltage", "type": "integer", "required": False, "unique": False,
                           "choices": [], "references": "", "initial": "", "hint": ""})
    given = {"project": {"name": "Tools", "brief": brief("tool-library"), "stack": ""}, "blueprint": {}, "revision": 1,
             "inputs": {"analyst": made["analyst"], "architect": design}, "previous": None, "feedback": None}
    files = {f["path"]: f["content"] for f in chain.answer("developer", given)["files"]}
    assert "MOST_AT_ONCE = 7" in files["lending_rules.py"]
    assert '"voltage"' in files["entities.py"]


def test_a_design_in_free_words_falls_back_to_the_brief():
    for design in ({}, {"entities": []}, {"entities": "many", "rules": 7}, {"entities": [{"name": "??"}, 5, None], "rules": [{}, None]}):
        given = {"project": {"name": "T", "brief": brief("tool-library")}, "inputs": {"architect": design}}
        files = {f["path"] for f in chain.answer("developer", given)["files"]}
        assert "lending_rules.py" in files, design


def test_a_hostile_design_gives_valid_code():
    evil = "'''\"\\{{x}}\n{0}"
    design = {"purpose": evil, "entities": [
        {"name": "a", "plural": "api", "label": evil, "plural_label": evil, "kind": "thing", "part_of": "b", "source": evil, "fields": [
            {"name": "class", "label": evil, "type": "choice", "choices": [evil, "x", "y"], "hint": evil},
            {"name": "b", "type": "reference", "references": "b", "required": True}]},
        {"name": "b", "kind": "event", "part_of": "a", "fields": [{"name": "a", "type": "reference", "references": "a", "required": True}]},
        {"name": "c", "fields": []}],
        "rules": [{"kind": "lending.limit", "entity": "a", "item": "b", "holder": "c", "number": 2},
                  {"kind": "booking.hours", "entity": "b", "item": "a", "values": ["9 99:99 1:1", evil]},
                  {"kind": "stock.low", "entity": "c", "item": "a"}, {"kind": "totals.month", "entity": "a", "field": "x", "item": evil},
                  {"kind": evil, "entity": evil}]}
    given = {"project": {"name": evil, "brief": evil}, "inputs": {"architect": design}}
    for agent in ("developer", "tester"):
        for file in chain.answer(agent, given)["files"]:
            if file["path"].endswith(".py"):
                ast.parse(file["content"], file["path"])


def test_failed_tests_are_answered_honestly():
    made = chain.run("Tools", brief("tool-library"))
    given = {"project": {"name": "Tools", "brief": brief("tool-library")}, "inputs": {"analyst": made["analyst"], "architect": made["architect"]},
             "previous": made["developer"], "revision": 2,
             "feedback": {"kind": "tests_failed", "comment": "", "tests": [{"name": "tests.x.Y.test_z", "outcome": "failed", "log": "boom"}]}}
    again = chain.answer("developer", given)
    assert again["files"] == made["developer"]["files"]
    assert "suite failed" in again["changes"]


def given_to(agent, made, **more):
    earlier = chain.ORDER[:chain.ORDER.index(agent)]
    return {"project": {"name": "Tools", "brief": brief("tool-library")}, "inputs": {a: made[a] for a in earlier},
            "previous": made[agent], "revision": 2, **more}


def test_confidence_says_how_much_was_understood_and_why():
    sure = chain.run("Tools", brief("tool-library"))["analyst"]
    unsure = chain.run("Tools", brief("tool-library") + "\nZonk the frumious. Gimble wabes brillig.\n")["analyst"]
    assert unsure["confidence"] < sure["confidence"] <= 0.9
    said = [m for m in unsure["messages"] if m["to"] == "people"]
    assert len(said) == 1 and "Gimble" in said[0]["body"]
    nothing = chain.run("?", "Zonk. Gimble wabes. Brillig toves.")["analyst"]
    assert 0.6 <= nothing["confidence"] < unsure["confidence"]


def test_what_feedback_changed_is_told_on_the_topic():
    outputs = chain.run("Tools", brief("tool-library"), {"architect": ["Limit to two tools."], "analyst": ["Also record the weight of each tool."]})
    told = {agent: [m for m in outputs[agent]["messages"] if m["topic"]] for agent in ("analyst", "architect", "developer")}
    assert [(m["topic"], m["to"]) for m in told["architect"]] == [("design", "")] and "was 3" in told["architect"][0]["body"]
    assert [m["topic"] for m in told["analyst"]] == ["requirements"] and "Weight" in told["analyst"][0]["body"]
    assert not told["developer"]
    assert not [m for m in chain.run("Tools", brief("tool-library"))["architect"]["messages"] if m["topic"]]


def test_an_answer_counts_as_a_request():
    made = chain.run("Tools", brief("tool-library"))
    feedback = {"kind": "answer", "question": "How many\n> at once?", "comment": "Limit to two tools."}
    for previous in (made["architect"], None):
        again = chain.answer("architect", {**given_to("architect", made, feedback=feedback), "previous": previous})
        assert rules(again)["lending.limit"]["number"] == 2
        assert "Asked: How many > at once?" in again["changes"] and "\n> Limit to two tools." in again["changes"]
    later = chain.answer("developer", {**given_to("developer", made), "inputs": {"analyst": made["analyst"], "architect": again}})
    assert any("MOST_AT_ONCE = 2" in f["content"] for f in later["files"])


def test_the_developer_says_of_a_review_what_it_could_not_change():
    made = chain.run("Tools", brief("tool-library"))
    feedback = {"kind": "review", "comment": "Security Reviewer (fail):\n\n# Is it safe?\n\n## Findings\n\n"
                "- **high** `web.py` line 7: Limit to two tools. It is bad.\n  Mend it.\n> Add a weight to each tool.\n"}
    again = chain.answer("developer", given_to("developer", made, feedback=feedback))
    assert again["files"] == made["developer"]["files"]
    assert "Not changed: **high** `web.py` line 7" in again["changes"] and "\n>" not in again["changes"]
    assert 0.6 <= again["confidence"] < 0.9
    older = json.loads(json.dumps(made["developer"]))
    next(f for f in older["files"] if f["path"] == "web.py")["content"] = "eval(input())"
    again = chain.answer("developer", {**given_to("developer", made, feedback=feedback), "previous": older})
    assert "web.py` line 7" in again["changes"] and "Not changed" not in again["changes"]


def test_the_analyst_answers_a_concern_from_the_brief():
    made = chain.run("Tools", brief("tool-library"))
    feedback = {"kind": "concern", "comment": "- **analyst**: How many tools may a member borrow?\n- **analyst**: Zonk?"}
    again = chain.answer("analyst", given_to("analyst", made, feedback=feedback))
    assert again["stories"] == made["analyst"]["stories"]
    assert "because the brief says" in again["changes"] and "does not speak of it" in again["changes"]
    quoted = re.search(r"the brief says: “([^”]*)”", again["changes"]).group(1)
    assert re.sub(r"[\s#*-]+", " ", quoted) in re.sub(r"[\s#*-]+", " ", brief("tool-library"))
    assert [m["topic"] for m in again["messages"] if m["topic"]] == ["requirements"]


def test_any_feedback_is_answered_by_any_agent_in_the_agreed_form():
    made = chain.run("Tools", brief("tool-library"))
    for agent in chain.ORDER:
        for kind in ("changes", "answer", "review", "concern", "tests_failed", "other"):
            for comment in ("", "\n", "> x\n- **" + "é" * 3000, "- **a**: b\n" * 900):
                again = chain.answer(agent, given_to(agent, made, feedback={"kind": kind, "comment": comment}))
                errors = [e.message[:200] for e in SCHEMAS[agent].iter_errors(again)]
                assert not errors, (agent, kind, errors)
    for agent in chain.REVIEWERS:
        again = chain.answer(agent, {"inputs": made, "feedback": {"kind": "changes", "comment": "Look again."}})
        assert "reviewed anew" in again["changes"] and not list(SCHEMAS[agent].iter_errors(again))


def test_an_empty_input_is_answered():
    for agent in chain.ORDER + chain.REVIEWERS:
        chain.answer(agent, {})


if __name__ == "__main__":
    tap.main(sys.modules[__name__])

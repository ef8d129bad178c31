# SPDX-License-Identifier: MIT
"""Asks for every row of src/web/routes.c as everybody, and compares the answers with one table. TAP.

roles.py ROUTES URL KEEP FACTS: FACTS is JSON with the ids, the people's tokens and sessions; the text KEEP is
to be seen by nobody but those who see the project.
"""
import http.client
import json
import re
import sys

PEOPLE = "nobody viewer submitter approver operator admin m_viewer m_submitter m_approver m_operator owner assigned"
# What a row lets whom: . in, 1 asked to sign in, 3 refused, 4 told that there is no such thing.
# The people m_… are viewers of the site and members of the project; assigned is one, too, whom the gate is given to.
TABLE = """
                 nobody viewer submitter approver operator admin m_viewer m_submitter m_approver m_operator owner assigned
public             .      .       .         .        .       .      .         .          .          .        .      .
signed             1      .       .         .        .       .      .         .          .          .        .      .
submit             1      3       .         .        .       .      3         3          3          3        .      3
operate            1      3       3         3        .       .      3         3          3          3        3      3
admin              1      3       3         3        3       .      3         3          3          3        3      3
project-see        1      4       4         .        .       .      .         .          .          .        .      4
project-change     1      4       4         .        .       .      3         .          .          .        .      4
project-share      1      4       4         3        .       .      3         3          3          .        .      4
run-see            1      4       4         .        .       .      .         .          .          .        .      .
run-change         1      4       4         .        .       .      3         .          .          .        .      3
run-say            1      4       4         .        .       .      3         .          .          .        .      .
run-decide         1      4       4         .        .       .      3         3          .          .        3      3
run-operate        1      4       4         3        .       .      3         3          3          .        3      3
gate-see           1      4       4         .        .       .      .         .          .          .        .      .
gate-change        1      4       4         .        .       .      3         .          .          .        .      .
gate-decide        1      4       4         .        .       .      3         3          .          .        .      .
gate-operate       1      4       4         3        .       .      3         3          3          .        3      3
"""
HIDDEN = re.compile(r"^There is no (project|run|gate) \d+, or it is not yours to see\.$")
# They change what the others are asked about: last.
LATE = ("/take-back", "/cancel", "/sign-out")


def table():
    head, *lines = TABLE.strip().split("\n")
    assert head.split() == PEOPLE.split()
    return {line.split()[0]: dict(zip(PEOPLE.split(), line.split()[1:])) for line in lines}


def rows(path):
    text = re.sub(r"/\*.*?\*/", "", open(path, encoding="utf-8").read(), flags=re.S)
    macros = dict(re.findall(r"^#define (OWN|ADMIN) \((.*)\)$", text, re.M))
    for method, pattern, policy in re.findall(r'^\t\{ (GET|POST), *"([^"]+)", *\w+, *(.*), *\w+ \},$', text, re.M):
        for name, meaning in macros.items():
            policy = re.sub(rf"\b{name}\b", meaning, policy)
        yield method, pattern, policy


def kind(pattern, policy):
    least = re.search(r"ROLE_(\w+)", policy)[1]
    first = re.search(r":(\w+)", pattern)
    if first and first[1] in ("project", "run", "gate"):
        what = {"VIEWER": "see", "SUBMITTER": "change", "APPROVER": "decide", "OPERATOR": "operate"}[least]
        what = "share" if "OWNER" in policy else "say" if "TURN" in policy else what
        return f"{first[1]}-{what}"
    return {"PUBLIC": "public", "VIEWER": "signed", "SUBMITTER": "submit", "OPERATOR": "operate", "ADMIN": "admin"}[least]


def ask(site, method, path, policy, person, accept):
    headers = {"Accept": accept}
    body = None
    if person and "SESSION" in policy:
        headers |= {"Cookie": f"botarmy={person['session']}", "X-CSRF-Token": person["csrf"]}
    elif person:
        headers["Authorization"] = f"Bearer {person['token']}"
    if method == "POST":
        body = '{"no such field": 1}'
        headers["Content-Type"] = "application/json"
    site.request(method, path, body, headers)
    answer = site.getresponse()
    return answer.status, answer.read().decode("utf-8", "replace")


def outcome(status, text):
    if status == 401:
        return "1"
    if status == 403:
        return "3"
    if status == 404 and text.startswith("{") and HIDDEN.match(json.loads(text)["detail"]):
        return "4"
    return "." if status < 500 else str(status)


def main():
    routes, url, keep, facts = sys.argv[1:]
    facts = json.loads(facts)
    expected, count, failed = table(), 0, 0
    site = http.client.HTTPConnection(url.split("//")[1], timeout=60)
    everything = sorted(rows(routes), key=lambda r: [r[1].endswith(end) for end in reversed(LATE)])
    for method, pattern, policy in everything:
        wrong, path = [], re.sub(r"[:*](\w+)", lambda m: str(facts["ids"].get(m[1], 999999)), pattern)
        for name in PEOPLE.split():
            if kind(pattern, policy) == "public" and name != "nobody":
                continue
            status, text = ask(site, method, path, policy, facts["people"].get(name), "application/json")
            want, got = expected[kind(pattern, policy)][name], outcome(status, text)
            if got != want:
                wrong.append(f"{name}: {got} ({status}) instead of {want}: {text[:200]}")
            stranger = expected["run-see"][name] != "."
            if stranger and keep in text:
                wrong.append(f"{name} can read {keep}")
            if stranger and method == "GET" and keep in ask(site, method, path, policy, facts["people"].get(name), "text/html")[1]:
                wrong.append(f"{name} can read {keep} on the page")
        count += 1
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {count} - {method} {pattern}: {kind(pattern, policy)}")
        for line in wrong:
            print(f"# {line}")
    count += 1
    rows_there = len(re.findall(r"^\t\{ ", open(routes, encoding="utf-8").read(), re.M))
    complete = rows_there == len(everything)
    print(f"{'ok' if complete else 'not ok'} {count} - every row was read: {len(everything)} of {rows_there}")
    print(f"1..{count}")
    sys.exit(1 if failed or not complete else 0)


main()

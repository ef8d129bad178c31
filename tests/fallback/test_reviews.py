# SPDX-License-Identifier: MIT
"""The reviewers' fixed checks: each fault is found at its line, what is done rightly is not one."""
import json
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chain
import odd
import tap

SECURITY, USABILITY = chain.REVIEWERS
BRIEFS = os.path.join(chain.SOURCE, "tests", "fallback", "briefs")
SEVERITIES = ["low", "medium", "high", "critical"]


def review(agent, files):
    given = {"inputs": {"developer": {"files": [{"path": path, "content": text} for path, text in files.items()]}}}
    return chain.answer(agent, given)


def findings(agent, source, path="a.py"):
    found = review(agent, {path: source})
    worst = max([SEVERITIES.index(f["severity"]) for f in found["findings"]], default=0)
    assert found["verdict"] == ("fail" if worst >= 2 else "pass"), found
    return [(f["severity"], f["line"], f["title"]) for f in found["findings"]]


def application(name="tool-library"):
    with open(os.path.join(BRIEFS, name + ".md"), encoding="utf-8") as file:
        return {f["path"]: f["content"] for f in chain.run(name, file.read())["developer"]["files"]}


def expect(agent, cases):
    for source, severity, line, title in cases:
        found = findings(agent, source)
        assert any((s, n) == (severity, line) and title in t for s, n, t in found), (source, found)


def expect_nothing(agent, sources):
    for source in sources:
        assert findings(agent, source) == [], (source, findings(agent, source))


def test_every_built_in_application_passes_both():
    for name in sorted(os.listdir(BRIEFS)):
        files = application(name[:-3])
        for agent in chain.REVIEWERS:
            found = review(agent, files)
            assert found["verdict"] == "pass" and found["findings"] == [], (name, agent, found["findings"])


def test_applications_of_odd_briefs_pass_both():
    for number, (what, text) in enumerate(odd.ODD.items()):
        made = chain.run(odd.NAMES[number % len(odd.NAMES)], text)["developer"]
        for agent in chain.REVIEWERS:
            found = chain.answer(agent, {"inputs": {"developer": made}})
            assert found["findings"] == [], (what, agent, found["findings"])


def test_sql_put_together_from_values_is_found():
    title = "SQL is put together"
    expect(SECURITY, [
        ("def f(db, name):\n    db.execute(f\"SELECT * FROM t WHERE n = '{name}'\")\n", "high", 2, title),
        ("def f(db, name):\n    db.execute('SELECT * FROM t WHERE n = ' + name)\n", "high", 2, title),
        ("def f(db, name):\n    db.execute(\"DELETE FROM t WHERE n = '%s'\" % name)\n", "high", 2, title),
        ("def f(db, name):\n    sql = 'select a from t where n = {}'.format(name)\n    db.execute(sql)\n", "high", 2, title),
        ("def f(db, q):\n    w = []\n    for k in q:\n        w.append(f'{k} = ?')\n    x = ' AND '.join(w)\n"
         "    db.execute(f'SELECT 1 FROM t WHERE {x}')\n", "high", 6, title),
        ("def quoted(name):\n    return name\ndef f(db, t):\n    db.execute(f'SELECT * FROM {quoted(t)}')\n", "high", 4, title),
    ])


def test_sql_with_bound_values_and_quoted_names_is_none():
    quoted = "def quoted(name):\n    return '\"' + name.replace('\"', '\"\"') + '\"'\n"
    expect_nothing(SECURITY, [
        "def f(db, name):\n    db.execute('SELECT * FROM t WHERE n = ?', (name,))\n",
        "def f(db, n):\n    db.execute(f'SELECT * FROM t LIMIT {int(n)}')\n",
        "def f(db, n):\n    marks = ', '.join('?' * len(n))\n    db.execute(f'SELECT * FROM t WHERE a IN ({marks})', n)\n",
        quoted + "def f(db, t):\n    db.execute(f'SELECT * FROM {quoted(t)}')\n",
        quoted + "def f(db, q):\n    w = ['1']\n    for k in q:\n        w.append(f'{quoted(k)} = ?')\n"
                 "    x = ' AND '.join(w)\n    db.execute(f'SELECT 1 FROM t WHERE {x}')\n",
        "TABLES = {'a': 't'}\ndef f(db, k):\n    db.execute('SELECT * FROM ' + TABLES[k])\n",
    ])


def test_markup_without_escaping_is_found():
    title = "Markup is written without escaping"
    expect(SECURITY, [
        ("def page(name):\n    return f'<p>{name}</p>'\n", "high", 2, title),
        ("def page(name):\n    return '<p>' + name + '</p>'\n", "high", 2, title),
        ("def page(row):\n    return '<p>%s</p>' % row['name']\n", "high", 2, title),
        ("def page(row):\n    x = row.name\n    return f'''<p>\n{x}</p>'''\n", "high", 4, title),
        ("def cell(v):\n    return v\ndef page(rows):\n    return '<td>' + ''.join(cell(r) for r in rows)\n", "high", 4, title),
        ("def frame(body):\n    return f'<main>{body}</main>'\ndef page(q):\n    return frame(q)\n", "high", 2, title),
        ("import x\ndef page():\n    return f'<p>{x.y()}</p>'\n", "medium", 3, title),
    ])


def test_escaped_markup_is_none_wherever_it_is_escaped():
    expect_nothing(SECURITY, [
        "from html import escape\ndef page(name):\n    return f'<p>{escape(name)}</p>'\n",
        "import html\ndef page(name):\n    return '<p>' + html.escape(name) + '</p>'\n",
        "from html import escape\ndef text(v):\n    return escape(str(v))\ndef page(n):\n    return f'<p>{text(n)}</p>'\n",
        "from html import escape\ndef frame(body):\n    return f'<main>{body}</main>'\n"
        "def page(q):\n    return frame(f'<p>{escape(q)}</p>')\n",
        "from html import escape\ndef page(rows):\n    cells = []\n    for row in rows:\n"
        "        cells.append(f'<td>{escape(row)}</td>')\n    return '<tr>' + ''.join(cells) + '</tr>'\n",
        "def page(n):\n    return f'<p>{len(n)} of {n // 2}, {n:.2f}</p>'\n",
        "import re\nP = re.compile(r'(?P<name>[a-z]+)')\n",
    ])


def test_each_escape_that_protects_is_missed_when_it_is_gone():
    files = application()
    source = files["pages.py"]
    for protected in ("text(value).replace", "text(store.title(field.refers_to, value))", "text(tag)", "text(name)}</h1>",
                      "text(message)}</p>", "text(query.get(\"q\", \"\"))", "text(wrong)"):
        assert protected in source, protected
        bare = source.replace(protected, protected.replace("text(", "str(", 1))
        found = review(SECURITY, {**files, "pages.py": bare})
        # What comes out of exceptions is not followed: unsure, not silent.
        wanted = "medium" if protected in ("text(message)}</p>", "text(wrong)") else "high"
        assert found["findings"] and found["findings"][0]["severity"] == wanted, (protected, found["findings"])
    bare = files["storage.py"].replace('conditions.append(f"{quoted(column)} = ?")', 'conditions.append(f"{column} = ?")')
    assert review(SECURITY, {**files, "storage.py": bare})["verdict"] == "fail"


def test_code_shells_and_secrets_are_found():
    expect(SECURITY, [
        ("def f(x):\n    return eval(x)\n", "critical", 2, "run as code"),
        ("import os\nos.system('ls')\n", "critical", 2, "shell"),
        ("import subprocess\nsubprocess.run('ls ' + x,\n    shell=True)\n", "critical", 3, "shell"),
        ("import subprocess\nsubprocess.run(['ls'])\n", "medium", 2, "process"),
        ("import pickle\npickle.loads(x)\n", "high", 2, "hold code"),
        ("DB_PASSWORD = 'hunter2hunter2'\n", "high", 1, "secret"),
        ("x = 'sk-" + "a" * 30 + "'\n", "critical", 1, "key"),
        ("run(host='0.0.0.0')\n", "medium", 1, "whole network"),
        ("app.run(debug=True)\n", "medium", 1, "Debugging"),
        ("class H:\n    def do_POST(self):\n        self.rfile.read(int(self.headers['Content-Length']))\n", "medium", 3, "no limit"),
        ("class H:\n    def do_POST(self):\n        pass\n", "high", 2, "Another site"),
    ])
    expect_nothing(SECURITY, [
        "import ast\nast.literal_eval(x)\n", "# eval(x) and os.system(x)\n'''eval(x)'''\n", "class A:\n    def eval(self):\n        pass\n",
        "model.eval()\n", "password = read_password()\n", "PASSWORD_HINT = 'Your password, please'\n",
        "class H:\n    def do_POST(self):\n        if self.headers.get('Origin') != me:\n            return\n        n = length()\n"
        "        if n > LIMIT:\n            return\n        self.rfile.read(n)\n",
    ])
    found = findings(SECURITY, "TYPE = 'text/html'\n")
    assert [f[0] for f in found] == ["low", "low"], found
    assert findings(SECURITY, "x.innerHTML = y;\n", "a.js") == [("medium", 1, "A script writes markup")]


PAGE = "<html lang='en'><head><title>T</title><meta name='viewport' content=''></head><body><h1>T</h1>%s</body></html>\n"


def test_pages_that_hinder_people_are_found():
    expect(USABILITY, [
        ("A = '<p><input name=\"a\"></p>'\n", "high", 1, "no label"),
        ("A = '''\n<label>A</label>\n<select name=\"a\"></select>'''\n", "high", 3, "no label"),
        ("def control(n):\n    return f'<input name=\"{n}\">'\nA = f'<p>{control(1)}</p>'\n", "high", 2, "no label"),
        ("A = '<img src=\"/a.png\">'\n", "high", 1, "no text"),
        ("A = '<a href=\"/x\">here</a>'\n", "medium", 1, "words of a link"),
        ("A = '<button></button>'\n", "medium", 1, "words of a link"),
        ("A = '<html><head><title>T</title>viewport</head>'\n", "medium", 1, "language"),
        ("A = '<html lang=\"en\"><head>viewport</head>'\n", "medium", 1, "no title"),
        ("A = '<html lang=\"en\"><head><title>T</title></head>'\n", "medium", 1, "phones"),
        ("A = '<body><p>x</p></body>'\n", "medium", 1, "no heading"),
        ("A = '<table><th>x</th></table>'\n", "medium", 1, "empty list"),
        ("A = '<table class=\"empty\"></table>'\n", "medium", 1, "no headings"),
        ("A = '<form method=\"post\"></form>'\n", "high", 1, "mistake"),
        ("A = '''\np { color: #777; background: #888; }'''\n", "high", 2, "hard to read"),
        ("A = ':root { --a: #999 } body { color: var(--a); background: white; }'\n", "high", 1, "hard to read"),
        ("A = 'body { color: #000; background: #fff } @media (prefers-color-scheme: dark) { body { background: #111; } }'\n",
         "high", 1, "hard to read"),
    ])


def test_pages_that_help_people_have_no_finding():
    expect_nothing(USABILITY, [
        "A = '<label>A <input name=\"a\"></label>'\n",
        "A = '<label for=\"a\">A</label><input id=\"a\">'\n",
        "A = '<input aria-label=\"A\"> <input type=\"hidden\" name=\"b\">'\n",
        "def control(n):\n    return f'<input name=\"{n}\">'\nA = f'<label>A {control(1)}</label>'\n",
        "A = '<a href=\"/x\">All tools</a> <img src=\"/a\" alt=\"A drill\">'\n",
        "A = '<table><th>x</th></table>' if n else '<p>Nothing yet.</p>'\n",
        "A = '<form method=\"post\"><em role=\"alert\">wrong</em></form>'\n",
        "A = 'p { color: #444; background: #fff; } a { color: currentColor; background: url(x); }'\n",
    ])
    assert findings(USABILITY, PAGE % "", "index.html") == []
    assert findings(USABILITY, PAGE % "\n<input>", "index.html") == [("high", 2, "A field has no label")]


def test_a_label_less_field_in_a_whole_application_fails():
    files = application()
    bare = files["pages.py"].replace("f'<label>{text(f.label)} {control(store, f, \"\")}</label>'", "f'{control(store, f, \"\")}'")
    assert bare != files["pages.py"]
    assert review(USABILITY, {**files, "pages.py": bare})["verdict"] == "fail"


def test_nothing_to_review_is_no_pass():
    for given in ({}, {"inputs": {"developer": {"files": []}}}, {"inputs": {"developer": {"files": [1, {"path": 3}, {"path": "a.py"}]}}}):
        for agent in chain.REVIEWERS:
            assert chain.answer(agent, given)["verdict"] == "fail"


def test_hostile_files_are_read_in_bounded_time():
    rng = random.Random(7)
    bits = ["f'", '"""', "{", "}", "(", ")", "[", "]", "<input ", "<a>", "<label>", "def f(a):\n", "  ", "\n", "for x in y", "return ",
            "SELECT a FROM ", "x", "=", "+", "'", '"', "\\", "lambda", "if", "else", ":", ",", "<html", "color: var(--a)", "--a: var(--a);", "é", "zip("]
    sources = ["".join(rng.choice(bits) for _ in range(rng.randrange(4000))) for _ in range(25)]
    sources += ["(" * 100000, "f'{" * 20000, "<input" * 50000, "'" + "<a>" * 60000 + "'", "<label" * 90000,
                "".join(f"def f{n}(a):\n    return f'<p>{{f{n + 1}(a)}}</p>'\n" for n in range(3000)),
                "def f(a):\n" + "".join(f"    x{n} = x{n + 1} + x{n + 2}\n" for n in range(1500)) + "    return f'<p>{x0}</p>'\n",
                "def f(a):\n" + "    x = f'<p>{x}{a}</p>'\n" * 5000, "p{color:#000}" * 20000, "A = 'color:{'\n" * 20000]
    for path in ("a.py", "a.html", "a.css"):
        for source in sources:
            for agent in chain.REVIEWERS:
                begun = time.monotonic()
                found = review(agent, {path: source})
                assert time.monotonic() - begun < 20, (path, source[:60])
                assert len(found["findings"]) <= 50


def test_findings_come_worst_first_and_bounded():
    found = review(SECURITY, {f"a{n}.py": "x = eval(y)\nsubprocess.run(z)\n" * 20 for n in range(30)})
    ranks = [SEVERITIES.index(f["severity"]) for f in found["findings"]]
    assert ranks == sorted(ranks, reverse=True) and len(ranks) == 50
    assert "more of the same kinds" in found["summary"]
    assert re.search(r"\d+ critical", found["summary"])
    assert json.dumps(found)


if __name__ == "__main__":
    tap.main(sys.modules[__name__])

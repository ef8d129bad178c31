# SPDX-License-Identifier: MIT
"""What must hold after the chaos, each as a case."""
import os
import signal
import time

HERE = os.path.dirname(os.path.abspath(__file__))
count = failed = 0


def has_faults(program):
    """Whether the build knows the points."""
    with open(program, "rb") as f:
        return b"commit.sent" in f.read()


def case(name, wrong):
    """`wrong`: what was found that must not be."""
    global count, failed
    count += 1
    failed += bool(wrong)
    print("%s %d - %s" % ("not ok" if wrong else "ok", count, name))
    for line in list(wrong or ())[:20]:
        print("#   %s" % (line,))


def statements(name):
    """Pairs of what must be so and a query that finds what is not."""
    about, text = "", ""
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        for line in f.readlines()[1:]:
            if line.startswith("-- "):
                about = line[3:].strip()
                continue
            text += line
            if text.rstrip().endswith(";"):
                yield about, text
                text = ""


def ends_when_asked(runners):
    """Those that began before the calm may still be killed by a fault of their own."""
    for runner in runners:
        runner.signal(signal.SIGTERM)
    until = time.monotonic() + 10
    while time.monotonic() < until and not all(r.dead() for r in runners):
        time.sleep(0.1)
    return ["runner %d: %s" % (r.number, r.process.returncode) for r in runners
            if not r.dead() or r.process.returncode not in (0, -signal.SIGKILL)]


def check(chaos, enough):
    sql = chaos.sql
    for runner in chaos.runners:
        chaos.listen(runner)
    case("every run ended, and all %d of them well" % chaos.runs, sql(
        "select run_id, state, problem from run where state <> 'done'") + (
        [] if sql("select count(*) from run") == [[str(chaos.runs)]] else [["not all were submitted, once"]]))
    kept = {tuple(r) for r in sql("select run_id, node, revision from artifact")}
    case("0 outputs lost of %d that were said to be stored" % len(chaos.promised),
         sorted(chaos.promised - kept))
    case("0 (run, branch, epoch) twice", sql("select run_id, branch, epoch, count(*) from stage_result"
                                             " group by 1, 2, 3 having count(*) > 1"))
    stages = int(sql("select count(*) from stage_result where artifact_id is not null")[0][0])
    server = chaos.server
    extra = server.good - stages - chaos.allowed
    case("model calls: %d answers <= %d stages + %d calls in flight at faults"
         % (server.good, stages, chaos.allowed), ["%d too many" % extra] if extra > 0 else [])
    calls = int(sql("select count(*) from llm_call")[0][0])
    case("no request without an intent: %d requests, %d intents" % (server.good + server.spoilt, calls),
         ["more requests than intents"] if server.good + server.spoilt > calls else [])
    # While the runners still live: nothing is left to be found only when they end.
    until = time.monotonic() + 12
    while (left := sql("select call_id, run_id, node, owner from llm_call where state = 'intent'")) \
            and time.monotonic() < until:
        time.sleep(0.5)
    case("no call stays open beside its runner's work", left)
    case("no runner ended or complained but by a fault", chaos.odd)
    case("runners end when they are asked to", ends_when_asked(chaos.runners))
    for name in ("sound.sql", "money.sql"):
        for about, text in statements(name):
            case(about, sql(text))
    if enough:
        case("each named point was hit %d times" % enough,
             ["%s: %d" % (p, n) for p, n in chaos.hits.items() if n < enough])
    print("1..%d" % count)
    print("# %d of these do not hold." % failed if failed else
          "# every run ended, 0 outputs lost, 0 (run, branch, epoch) twice, model calls <= stages + calls in "
          "flight at each fault, money adds up to the cent, event numbers gapless.")
    return 1 if failed else 0

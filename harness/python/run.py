# SPDX-License-Identifier: MIT
"""Runs one test of /app: run.py MODULE CLASS TEST, as `python3 -m unittest MODULE.CLASS.TEST` would.

The verdict is one line on descriptor 3: the proof read from descriptor 4, a space, and
the outcome. It is written only after the test has ended and unittest was found
unchanged, so that nothing that ends the process early or rewires assertions passes.
"""
import unittest
import unittest.main  # noqa: F401

import builtins
import os
import sys
import traceback
import types

# What is loaded beyond this is ours; the project may have modules of these names.
BARE = set(sys.modules)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import botarmy_reading as reading  # noqa: E402

sys.path.pop(0)
import ctypes  # noqa: E402
import importlib  # noqa: E402
import inspect  # noqa: E402
import unittest.async_case  # noqa: E402
import unittest.mock  # noqa: E402

ROOT = "/app"
PR_SET_DUMPABLE = 4
OWN_CLASSES = (unittest.TestCase, unittest.IsolatedAsyncioTestCase, unittest.TestResult,
               unittest.TestSuite, unittest.BaseTestSuite)
# What a project's classes may define though unittest's own do so too.
FREE = {"setUp", "tearDown", "setUpClass", "tearDownClass", "asyncSetUp", "asyncTearDown", "maxDiff",
        "longMessage", "failureException", "shortDescription", "id", "__init__", "__str__", "__repr__",
        "__eq__", "__hash__", "__doc__", "__module__", "__dict__", "__weakref__", "__init_subclass__",
        "__qualname__", "_classSetupFailed", "_class_cleanups", "__firstlineno__", "__static_attributes__"}


class Result(unittest.TestResult):
    """Keeps what happened to the one test, and prints the reason of anything that is not a pass."""

    def __init__(self):
        super().__init__()
        self.succeeded = 0
        self.bad = []

    def addSuccess(self, test):
        self.succeeded += 1

    def addError(self, test, err):
        self.note("error", test, err)

    def addFailure(self, test, err):
        self.note("failed", test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            kind = "failed" if issubclass(err[0], test.failureException) else "error"
            self.note(kind, subtest, err)

    def addSkip(self, test, reason):
        self.bad.append("skipped")
        print("skipped:", reason, file=sys.stderr)

    def addExpectedFailure(self, test, err):
        self.bad.append("skipped")
        print("marked as an expected failure, which proves nothing", file=sys.stderr)

    def addUnexpectedSuccess(self, test):
        self.bad.append("failed")
        print("marked as an expected failure, but it passed", file=sys.stderr)

    def note(self, kind, test, err):
        self.bad.append(kind)
        print("%s: %s" % (kind.upper(), test), file=sys.stderr)
        traceback.print_exception(*err)

    def outcome(self):
        for kind in ("error", "failed", "skipped"):
            if kind in self.bad:
                return kind
        return "passed" if self.succeeded == 1 and self.testsRun == 1 else "error"


def fingerprint():
    """What unittest and the built-in names are made of, down to the code of each function."""
    parts = {}
    for owner in OWN_CLASSES + (Result, unittest.case._Outcome):
        for name, thing in vars(owner).items():
            # The markers of class fixtures are unittest's to change, and caches are nobody's.
            if name in ("_classSetupFailed", "_class_cleanups", "_previousTestClass", "_moduleSetUpFailed"):
                continue
            parts[owner.__name__, name] = made_of(thing)
        parts[owner.__name__, "()"] = owner.__mro__
    for name, thing in vars(builtins).items():
        if name != "_":
            parts["builtins", name] = made_of(thing)
    return parts


def made_of(thing):
    function = getattr(thing, "__func__", thing)
    if isinstance(function, types.FunctionType):
        return (id(thing), function.__code__, function.__defaults__, repr(function.__kwdefaults__))
    return (id(thing),)


def changed(before):
    after = fingerprint()
    return sorted("%s.%s" % key for key in before if after.get(key) != before[key])


def overridden(cls):
    """Names of unittest's own machinery that the project's classes define anew."""
    own = set().union(*(vars(owner) for owner in unittest.IsolatedAsyncioTestCase.__mro__[:-1]))
    own |= {"__getattribute__", "__getattr__", "__new__", "__class__"}
    own -= FREE
    found = set()
    for owner in cls.__mro__:
        if owner not in OWN_CLASSES and owner is not object:
            found |= own & set(vars(owner))
    if type(cls) is not type:
        found.add("its metaclass")
    return sorted(found)


def make_room():
    """Forgets modules that only this harness loaded where the project has its own of that name."""
    own = {name.partition(".")[0] for name in os.listdir(ROOT)} | {"botarmy_reading"}
    for name in set(sys.modules) - BARE:
        top = name.partition(".")[0]
        # A traceback loads ast when it is printed.
        if top in own and top not in ("ast", "unittest"):
            del sys.modules[name]


def unread(module, name, path):
    """Tests that unittest would find in the module and that reading its file did not show."""
    expected = {"%s.%s" % pair for pair in reading.read_file(ROOT, name, path)[0]}
    found = set()
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, unittest.TestCase) and thing.__module__ == name:
            found |= {"%s.%s" % (thing.__name__, test)
                      for test in unittest.defaultTestLoader.getTestCaseNames(thing)}
    return sorted(found - expected)


def run(module_name, class_name, test):
    path = os.path.join(ROOT, *module_name.split(".")) + ".py"
    module = importlib.import_module(module_name)
    if os.path.realpath(getattr(module, "__file__", None) or "/") != os.path.realpath(path):
        return "error", "importing %s gives another file: %s" % (module_name, module.__file__)
    cls = vars(module).get(class_name)
    if not (isinstance(cls, type) and issubclass(cls, unittest.TestCase)):
        return "missing", "when the file is imported there is no TestCase class of this name"
    function = inspect.getattr_static(cls, test, None)
    if not callable(getattr(cls, test, None)):
        return "missing", "when the file is imported the class has no test of this name"
    bad = overridden(cls)
    if bad:
        return "error", ("the class defines %s, which is unittest's own, so its result proves nothing"
                         % ", ".join(bad))
    extra = unread(module, module_name, path)
    if extra:
        return "error", ("unittest finds tests in this file that reading it does not show: %s"
                         % ", ".join(extra[:5]))
    plain = not issubclass(cls, unittest.IsolatedAsyncioTestCase)
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function) or (
            plain and inspect.iscoroutinefunction(function)):
        return "error", ("this test is a generator or coroutine that nothing runs, "
                         "so its assertions never happen")
    result = Result()
    suite = unittest.TestSuite([cls(test)])
    unittest.TestSuite.run(suite, result)
    return result.outcome(), None


def main():
    _, module, cls, test = sys.argv
    sys.argv = ["python3 -m unittest", "%s.%s.%s" % (module, cls, test)]
    # Other processes of the same user may then not open this one's memory and descriptors.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for descriptor in (3, 4):
        os.set_inheritable(descriptor, False)
    make_room()
    sys.path.insert(0, ROOT)
    before = fingerprint()
    read, write, leave, who, me = os.read, os.write, os._exit, os.getpid, os.getpid()
    try:
        outcome, why = run(module, cls, test)
    except BaseException:
        outcome, why = "error", None
        traceback.print_exc()
    if who() != me:
        leave(70)  # a process that the test forked came back here: it has no verdict to give
    touched = changed(before)
    if touched:
        outcome, why = "error", "the code under test changed %s" % ", ".join(touched[:5])
    try:
        if why:
            print(why, file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        pass
    write(3, read(4, 64) + b" " + outcome.encode() + b"\n")
    leave(0 if outcome == "passed" else 1)


main()

# SPDX-License-Identifier: MIT
"""Finds the tests of a project by reading its files; nothing of it is imported or run.

A test is a method test* of a class in tests/**/test_*.py that descends from
unittest.TestCase, however the class was named on the way: aliases, base classes in
other files of the project, and mixins are followed.
"""
import ast
import os

CASES = {"TestCase", "IsolatedAsyncioTestCase", "FunctionTestCase"}
CASE_MODULES = {"unittest", "unittest.case", "unittest.async_case"}


class Unreadable(Exception):
    pass


class Class:
    """A class statement: names of its bases, its test methods in order, and those defined twice."""

    def __init__(self, node):
        self.bases = [dotted(base) for base in node.bases]
        self.tests = []
        self.removed = set()
        self.twice = []
        self.walk(node.body)

    def walk(self, body):
        seen = set()
        for node in body:
            for name, is_function in bindings(node):
                if not name.startswith("test"):
                    continue
                if name in seen:
                    self.twice.append(name)
                seen.add(name)
                if is_function:
                    self.removed.discard(name)
                    if name not in self.tests:
                        self.tests.append(name)
                elif is_function is False:
                    self.removed.add(name)
            for block in blocks(node):
                self.walk(block)


class Module:
    """A file: its classes and what its other names stand for."""

    def __init__(self, name, package, tree):
        self.name = name
        self.package = package
        self.classes = {}
        self.aliases = {}  # name: (what it stands for, whether that is a name of this file)
        self.stars = []
        self.twice = []
        self.walk(tree.body)

    def walk(self, body):
        seen = set()
        for node in body:
            if isinstance(node, ast.ClassDef):
                if node.name in seen:
                    self.twice.append(node.name)
                seen.add(node.name)
                self.aliases.pop(node.name, None)
                self.classes[node.name] = Class(node)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.split(".")[0]
                    self.bind(alias.asname or top, alias.name if alias.asname else top, False)
            elif isinstance(node, ast.ImportFrom):
                source = self.source(node)
                for alias in node.names:
                    if alias.name == "*":
                        self.stars.append(source)
                    else:
                        self.bind(alias.asname or alias.name, source + "." + alias.name, False)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.bind(target.id, dotted(node.value), True)
            for block in blocks(node):
                self.walk(block)

    def bind(self, name, target, local):
        if target != name:
            self.aliases[name] = target, local

    def source(self, node):
        if not node.level:
            return node.module or ""
        parts = self.package.split(".") if self.package else []
        parts = parts[: len(parts) - (node.level - 1)]
        return ".".join(parts + ([node.module] if node.module else []))


class Project:
    def __init__(self, root):
        self.root = root
        self.modules = {}

    def module(self, name):
        """The module of that dotted name if it is a file of the project that can be parsed, else None."""
        if name not in self.modules:
            self.modules[name] = None
            base = os.path.join(self.root, *name.split("."))
            for path, package in ((base + ".py", name.rpartition(".")[0]),
                                  (os.path.join(base, "__init__.py"), name)):
                if os.path.isfile(path):
                    try:
                        self.modules[name] = Module(name, package, parse(path))
                    except Unreadable:
                        pass
                    break
        return self.modules[name]

    def load(self, name, path):
        self.modules[name] = Module(name, name.rpartition(".")[0], parse(path))
        return self.modules[name]

    def resolve(self, module, name, depth=0):
        """Follows a name: (module, class), "case" for unittest's own, or None when it leads out of sight."""
        if name is None or depth > 20:
            return None
        head, _, rest = name.partition(".")
        if not rest and head in module.classes and head not in module.aliases:
            return module, module.classes[head]
        if head in module.aliases:
            target, local = module.aliases[head]
            if target is None:
                return None
            full = target + ("." + rest if rest else "")
            return self.resolve(module, full, depth + 1) if local else self.absolute(full, depth)
        for star in module.stars:
            found = self.absolute(star + "." + name, depth)
            if found:
                return found
        return self.absolute(name, depth) if rest else None

    def absolute(self, name, depth):
        source, _, last = name.rpartition(".")
        if source in CASE_MODULES and last in CASES:
            return "case"
        if name == "object":
            return "object"
        while source:
            module = self.module(source)
            if module:
                return self.resolve(module, name[len(source) + 1:], depth + 1)
            source = source.rpartition(".")[0]
        return None

    def study(self, module, cls, trail=()):
        """(is a TestCase, all bases were followed, test names) of a class with its ancestors."""
        if cls in trail:
            return False, False, []
        case, whole, tests = False, True, list(cls.tests)
        for base in cls.bases:
            found = self.resolve(module, base)
            if found == "case":
                case = True
            elif found is None:
                whole = whole and base == "object"
            elif found != "object":
                sub_case, sub_whole, sub_tests = self.study(*found, trail + (cls,))
                case = case or sub_case
                whole = whole and sub_whole
                tests += [test for test in sub_tests if test not in tests]
        return case, whole, [test for test in tests if test not in cls.removed]


def dotted(node):
    """The dotted name an expression spells, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return left and left + "." + node.attr
    return None


def bindings(node):
    """(name, True for a function, False for a plain None, None for anything else) that a statement binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node.name, True
    elif isinstance(node, ast.Assign):
        nothing = isinstance(node.value, ast.Constant)
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, False if nothing else True


def blocks(node):
    """The statement lists inside a statement that run where it stands: not those of functions and classes."""
    if isinstance(node, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
        for field in ("body", "orelse", "finalbody"):
            yield getattr(node, field, [])
        for handler in getattr(node, "handlers", []):
            yield handler.body


def parse(path):
    try:
        with open(path, "rb") as file:
            return ast.parse(file.read(), path)
    except SyntaxError as error:
        raise Unreadable("line %s: %s" % (error.lineno, error.msg)) from None
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        raise Unreadable("%s: %s" % (type(error).__name__, error)) from None


def test_files(root):
    """(dotted module name, path) of each test file, sorted."""
    found = []
    for folder, folders, files in os.walk(os.path.join(root, "tests")):
        folders.sort()
        for file in files:
            if file.startswith("test_") and file.endswith(".py"):
                path = os.path.join(folder, file)
                inside = os.path.relpath(path, root)[:-3]
                found.append((inside.replace(os.sep, "."), path))
    return sorted(found)


def read_file(root, name, path):
    """([(class, test)], [(name, what is wrong)]) of one test file."""
    tests, wrong = [], []
    project = Project(root)
    try:
        module = project.load(name, path)
    except Unreadable as error:
        return [], [(name, "this file cannot be parsed: %s" % error)]
    for class_name in module.twice:
        wrong.append((name + "." + class_name,
                      "this class is defined twice in one place; the first one never runs"))
    for class_name, cls in module.classes.items():
        if class_name in module.aliases:
            wrong.append((name + "." + class_name, "this class is hidden by a later name and never runs"))
            continue
        case, whole, names = project.study(module, cls)
        if not case:
            if names and not whole:
                wrong.append((name + "." + class_name,
                              "a base of this class cannot be followed by reading, "
                              "so its tests cannot be listed"))
            continue
        tests += [(class_name, test) for test in names]
        wrong += [("%s.%s.%s" % (name, class_name, test),
                   "this test is defined twice in one class; the first one never runs")
                  for test in cls.twice]
    return tests, wrong

# SPDX-License-Identifier: MIT
import unittest

import app


class Rewired(unittest.TestCase):
    def test_method(self):
        app.rewire_method()
        self.assertEqual(1, 2)

    def test_code(self):
        app.rewire_code()
        self.fail()

    def test_result(self):
        app.rewire_result()

    def test_exception(self):
        app.rewire_exception()

    def test_outcome(self):
        app.rewire_outcome()


class OwnAssertion(unittest.TestCase):
    def assertEqual(self, first, second, msg=None):
        pass

    def test_weak(self):
        self.assertEqual(1, 2)


class OwnRun(unittest.TestCase):
    def run(self, result=None):
        result.startTest(self)
        result.addSuccess(self)

    def test_not_run(self):
        self.fail()


class OwnCall(unittest.TestCase):
    def _callTestMethod(self, method):
        pass

    def test_not_called(self):
        self.fail()


class Quiet:
    def fail(self, msg=None):
        pass


class FromMixin(Quiet, unittest.TestCase):
    def test_quiet(self):
        self.fail()


class Meta(type):
    pass


class WithMeta(unittest.TestCase, metaclass=Meta):
    def test_meta(self):
        pass


class OwnHelper(unittest.TestCase):
    def assertSmall(self, value):
        self.assertLess(value, 10)

    def test_helper(self):
        self.assertSmall(3)

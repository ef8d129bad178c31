# SPDX-License-Identifier: MIT
import builtins
import unittest


def rewire_method():
    unittest.TestCase.assertEqual = lambda *arguments: None


def rewire_code():
    unittest.TestCase.fail.__code__ = (lambda self, msg=None: None).__code__


def rewire_result():
    unittest.TestResult.startTest = lambda *arguments: None


def rewire_exception():
    builtins.AssertionError = type("AssertionError", (Exception,), {})


def rewire_outcome():
    import unittest.case
    from contextlib import nullcontext
    unittest.case._Outcome.testPartExecutor = lambda *arguments, **names: nullcontext()

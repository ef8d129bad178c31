# SPDX-License-Identifier: MIT
import unittest as u
from unittest import TestCase as T, case
from .base import Mixin
from tests import base

Alias = u.TestCase
Longer = Alias


class ByModule(u.TestCase):
    def test_a(self):
        pass


class ByName(T):
    def test_a(self):
        pass


class ByAlias(Longer):
    def test_a(self):
        pass


class ByDots(u.case.TestCase):
    def test_a(self):
        pass


class BySubmodule(case.TestCase):
    def test_a(self):
        pass


class FromElsewhere(base.Shared):
    value = 1


class Mixed(Mixin, T):
    value = 1


class Removed(FromElsewhere):
    test_shared = None

    def test_other(self):
        pass


class NoTests:
    def test_not_a_test(self):
        raise RuntimeError


class Ünïcode(T):
    def test_größe(self):
        pass


if T is not None:
    class Conditional(T):
        def test_a(self):
            pass


class Helper(T):
    def helper(self):
        raise RuntimeError

    def test_uses_no_helper(self):
        def test_inner():
            raise RuntimeError

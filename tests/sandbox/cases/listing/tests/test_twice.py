# SPDX-License-Identifier: MIT
import unittest


class Twice(unittest.TestCase):
    def test_a(self):
        self.fail("shadowed")

    def test_a(self):
        pass


class Hidden(unittest.TestCase):
    def test_a(self):
        self.fail("hidden")


Hidden = None


class Again(unittest.TestCase):
    def test_a(self):
        self.fail("hidden")


class Again(unittest.TestCase):
    def test_b(self):
        pass

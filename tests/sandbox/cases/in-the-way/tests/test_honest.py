# SPDX-License-Identifier: MIT
import unittest


class Honest(unittest.TestCase):
    def test_fails(self):
        self.assertEqual(1, 2)

    def test_passes(self):
        self.assertEqual(1, 1)


class Names(unittest.TestCase):
    def test_the_project_gets_its_own_modules(self):
        for name in ("botarmy_reading", "list", "run", "queue"):
            self.assertEqual(__import__(name).NAME, name + " of the project")

# SPDX-License-Identifier: MIT
import unittest


class Honest(unittest.TestCase):
    def test_fails(self):
        self.assertEqual(1, 2)

    def test_passes(self):
        self.assertEqual(1, 1)

# SPDX-License-Identifier: MIT
import unittest


class Broken(unittest.TestCase)
    def test_a(self):
        pass

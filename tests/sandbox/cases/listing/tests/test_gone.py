# SPDX-License-Identifier: MIT
import unittest


class Gone(unittest.TestCase):
    def test_a(self):
        pass

    def test_b(self):
        pass


del Gone.test_a
if not unittest:
    class Never(unittest.TestCase):
        def test_a(self):
            pass

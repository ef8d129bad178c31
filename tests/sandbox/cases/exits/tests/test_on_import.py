# SPDX-License-Identifier: MIT
import os
import unittest


class OnImport(unittest.TestCase):
    def test_never_reached(self):
        self.fail("not reached")


os._exit(0)

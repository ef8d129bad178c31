# SPDX-License-Identifier: MIT
import unittest


def make():
    return unittest.TestCase


class Foreign(make()):
    def test_a(self):
        pass

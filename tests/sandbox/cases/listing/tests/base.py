# SPDX-License-Identifier: MIT
import unittest as u

Root = u.TestCase


class Shared(Root):
    def test_shared(self):
        self.assertTrue(self.value)


class Mixin:
    def test_mixed(self):
        self.assertTrue(self.value)

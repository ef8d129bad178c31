# SPDX-License-Identifier: MIT
from unittest import TestCase


class Deep(TestCase):
    def test_a(self):
        pass

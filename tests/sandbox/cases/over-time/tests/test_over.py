# SPDX-License-Identifier: MIT
import time
import unittest


class Over(unittest.TestCase):
    def test_1(self):
        time.sleep(0.5)

    def test_2(self):
        time.sleep(0.5)

    def test_3(self):
        time.sleep(60)

    def test_4(self):
        time.sleep(60)

    def test_5(self):
        pass

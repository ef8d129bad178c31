# SPDX-License-Identifier: MIT
import unittest


class Unseen(unittest.TestCase):
    def test_written(self):
        pass


setattr(Unseen, "test_made", lambda self: None)

# SPDX-License-Identifier: MIT
class TestCase:
    def assertEqual(self, *arguments):
        pass


def main():
    pass

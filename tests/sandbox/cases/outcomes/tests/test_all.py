# SPDX-License-Identifier: MIT
import unittest


class Outcomes(unittest.TestCase):
    def test_pass(self):
        self.assertEqual(1, 1)

    def test_fail(self):
        print("about to fail")
        self.assertEqual(1, 2)

    def test_error(self):
        raise KeyError("no such thing")

    @unittest.skip("not today")
    def test_skip(self):
        pass

    @unittest.expectedFailure
    def test_expected_failure(self):
        self.fail()

    @unittest.expectedFailure
    def test_unexpected_success(self):
        pass

    def test_subtests_pass(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertLess(i, 3)

    def test_one_subtest_fails(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)

    def test_skip_inside_a_subtest(self):
        with self.subTest():
            self.skipTest("inside")


class BrokenSetUp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("class fixture")

    def test_never_reached(self):
        pass


class SkippedSetUp(unittest.TestCase):
    def setUp(self):
        self.skipTest("in setUp")

    def test_never_reached(self):
        pass


class BrokenTearDown(unittest.TestCase):
    def tearDown(self):
        raise RuntimeError("tear down")

    def test_passes_but_for_that(self):
        pass


class Async(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.value = 1

    async def test_pass(self):
        self.assertEqual(self.value, 1)

    async def test_fail(self):
        self.assertEqual(self.value, 2)


class NeverAwaited(unittest.TestCase):
    async def test_coroutine(self):
        self.fail("never reached")

    def test_generator(self):
        self.fail("never reached")
        yield

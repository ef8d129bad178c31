# SPDX-License-Identifier: MIT
import os
import signal
import sys
import threading
import time
import unittest


class Time(unittest.TestCase):
    def test_spins(self):
        while True:
            pass

    def test_sleeps(self):
        time.sleep(3600)

    def test_ignores_signals(self):
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass
        time.sleep(3600)

    def test_stops_itself(self):
        os.kill(os.getpid(), signal.SIGSTOP)

    def test_floods(self):
        while True:
            sys.stdout.write("flood " * 10000)


class Processes(unittest.TestCase):
    def test_bomb_of_processes(self):
        while True:
            if os.fork() == 0:
                time.sleep(3600)

    def test_bomb_that_does_not_care(self):
        while True:
            try:
                os.fork()
            except OSError:
                pass

    def test_bomb_of_threads(self):
        while True:
            threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()

    def test_kills_all_it_can(self):
        child = os.fork()
        if child == 0:
            time.sleep(3600)
        os.kill(-1, signal.SIGKILL)
        self.assertEqual(os.waitpid(child, 0)[1], signal.SIGKILL)

    def test_cannot_kill_the_first_process(self):
        for pid in {os.getppid(), 1}:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass


class Memory(unittest.TestCase):
    def test_of_one_process_is_bounded(self):
        with self.assertRaises(MemoryError):
            bytearray(300 << 20)

    def test_of_the_tree_is_bounded(self):
        for _ in range(6):
            if os.fork() == 0:
                held = bytearray(os.urandom(1 << 20) * 80)
                time.sleep(3600 + len(held))
        time.sleep(3600)

    def test_mappings_are_bounded(self):
        import mmap
        with self.assertRaises(OSError):
            mmap.mmap(-1, 1 << 30)

    def test_descriptors_are_bounded(self):
        held = []
        with self.assertRaises(OSError):
            for _ in range(1000):
                held.append(os.pipe())


class Output(unittest.TestCase):
    def test_long(self):
        print("the beginning")
        for _ in range(100000):
            print("in between " * 5)
        print("the end")

    def test_bytes_that_are_no_text(self):
        sys.stdout.buffer.write(b"a\x00b\xff\xc0\x80\x1b[31m\xed\xa0\x80 done\n")


class Neighbour(unittest.TestCase):
    def test_is_not_disturbed(self):
        self.assertTrue(True)

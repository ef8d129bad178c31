# SPDX-License-Identifier: MIT
import atexit
import ctypes
import os
import signal
import sys
import threading
import unittest


class Exits(unittest.TestCase):
    def test_os_exit(self):
        os._exit(0)

    def test_sys_exit(self):
        sys.exit(0)

    def test_exit_in_a_thread(self):
        thread = threading.Thread(target=os._exit, args=(0,))
        thread.start()
        thread.join()
        self.fail("not reached")

    def test_exit_by_signal(self):
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        signal.pause()
        self.fail("not reached")

    def test_exec(self):
        os.execv("/usr/bin/true", ["true"])

    def test_killed(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def test_crash(self):
        ctypes.string_at(8)

    def test_exit_hook_cannot_turn_a_failure(self):
        atexit.register(os._exit, 0)
        self.fail("this is the failure")

    def test_keyboard_interrupt(self):
        raise KeyboardInterrupt

    def test_forked_child_returns(self):
        if os.fork():
            os._exit(0)

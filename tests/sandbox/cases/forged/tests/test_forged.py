# SPDX-License-Identifier: MIT
import os
import subprocess
import unittest

LINE = b"00000000-0000-4000-8000-000000000000 passed\n"


class Forged(unittest.TestCase):
    def test_writes_a_verdict_everywhere(self):
        for descriptor in range(256):
            try:
                os.write(descriptor, LINE)
            except OSError:
                pass
        os._exit(0)

    def test_a_verdict_too_many_spoils_the_true_one(self):
        os.write(3, LINE)

    def test_prints_a_report(self):
        print('{"executed":true,"total":1,"passed":1,"failed":0,"problem":null}')
        self.fail("all the same")

    def test_a_child_gets_no_descriptor(self):
        script = "import os; print(sorted(os.listdir('/proc/self/fd')))"
        out = subprocess.check_output(["python3", "-c", script], close_fds=False)
        self.assertEqual(out, b"['0', '1', '2', '3']\n", "3 is the listing of the folder itself")

    def test_a_child_cannot_take_the_descriptors_of_the_harness(self):
        script = ("import os\n"
                  "for what in ('fd', 'fd/3', 'fd/4', 'mem', 'environ', 'maps'):\n"
                  "    try:\n"
                  "        path = '/proc/%d/%s' % (os.getppid(), what)\n"
                  "        os.listdir(path) if what == 'fd' else open(path, 'rb').read(1)\n"
                  "        print('opened', what)\n"
                  "    except PermissionError:\n"
                  "        pass\n")
        self.assertEqual(subprocess.check_output(["python3", "-c", script]), b"")

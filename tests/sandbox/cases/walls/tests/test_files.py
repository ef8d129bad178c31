# SPDX-License-Identifier: MIT
import os
import unittest


def writes(path):
    try:
        with open(path, "w") as file:
            file.write("x")
    except OSError:
        return False
    return True


class Files(unittest.TestCase):
    def test_only_tmp_and_shared_memory_can_be_written(self):
        for folder in ("/", "/app", "/app/tests", "/harness", "/harness/python", "/etc", "/usr", "/usr/bin",
                       "/usr/local", "/usr/lib/python3/dist-packages", "/dev", "/proc", "/proc/sys/kernel"):
            self.assertFalse(writes(folder + "/new"), folder)
        self.assertTrue(writes("/tmp/new"))
        self.assertTrue(writes("/dev/shm/new"))

    def test_no_given_file_can_be_changed_or_removed(self):
        for path in ("/app/secret.txt", "/app/tests/test_files.py", "/harness/python/run.py", "/etc/passwd"):
            self.assertFalse(writes(path), path)
            for change in (os.unlink, lambda p: os.chmod(p, 0o777), lambda p: os.rename(p, "/tmp/away")):
                with self.assertRaises(OSError):
                    change(path)

    def test_nothing_of_the_host_is_there(self):
        self.assertEqual(set(os.listdir("/")) - {"lib32", "libx32"},
                         {"app", "bin", "dev", "etc", "harness", "lib", "lib64", "proc", "sbin", "tmp",
                          "usr"})
        self.assertEqual(set(os.listdir("/etc")) - {"ld.so.cache"},
                         {"group", "hosts", "nsswitch.conf", "passwd"})
        self.assertEqual(os.listdir("/tmp"), [])
        self.assertEqual(set(os.listdir("/app")), {"secret.txt", "tests"})
        self.assertEqual(os.listdir("/usr/local"), [])

    def test_links_lead_nowhere_else(self):
        for target in ("/etc/shadow", "/root", "/home", "/var", "/run", "/proc/1/root/etc/shadow",
                       "../../etc/shadow"):
            link = "/tmp/link"
            os.symlink(target, link)
            with self.assertRaises(OSError):
                os.listdir(link) if os.path.isdir(link) else open(link).read()
            os.unlink(link)
        for path in ("/proc/1/cwd", "/proc/1/root", "/proc/self/root"):
            self.assertIn(os.listdir(path), (os.listdir("/"), os.listdir("/app")), path)

    def test_disk_is_bounded(self):
        for folder in ("/tmp", "/dev/shm"):
            written = 0
            with self.assertRaises(OSError):
                for number in range(100):
                    with open("%s/%d" % (folder, number), "wb") as file:
                        for _ in range(16):
                            written += file.write(bytes(1 << 20))
            self.assertLessEqual(written, 16 << 20)

    def test_names_are_bounded(self):
        with self.assertRaises(OSError):
            for number in range(10000000):
                os.mkdir("/dev/shm/%d" % number)
                os.symlink("x" * 4000, "/dev/shm/%d/link" % number)

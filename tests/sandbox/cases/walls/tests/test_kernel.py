# SPDX-License-Identifier: MIT
import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
import unittest

LIBC = ctypes.CDLL(None, use_errno=True)
X86_64 = {"memfd_create": 319, "keyctl": 250, "add_key": 248, "ptrace": 101, "mount": 165, "umount2": 166,
          "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308, "bpf": 321, "perf_event_open": 298,
          "userfaultfd": 323, "io_uring_setup": 425, "kexec_load": 246, "init_module": 175,
          "finit_module": 313, "process_vm_readv": 310, "process_vm_writev": 311, "open_by_handle_at": 304,
          "name_to_handle_at": 303,
          "shmget": 29, "pidfd_getfd": 438, "fsopen": 430, "move_mount": 429, "open_tree": 428, "reboot": 169,
          "settimeofday": 164, "sethostname": 170, "swapon": 167, "modify_ldt": 154, "quotactl": 179}
NEW_USER, NEW_NET, NEW_NS = 0x10000000, 0x40000000, 0x20000


def status(name):
    with open("/proc/self/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file)[name]


@unittest.skipUnless(os.uname().machine == "x86_64", "the numbers are those of x86_64")
class Calls(unittest.TestCase):
    def call(self, *arguments):
        ctypes.set_errno(0)
        result = LIBC.syscall(*[ctypes.c_long(argument) for argument in arguments])
        return result, ctypes.get_errno()

    def test_denied_calls_are_denied(self):
        for name, number in X86_64.items():
            self.assertEqual(self.call(number, 0, 0, 0, 0, 0, 0), (-1, errno.EPERM), name)

    def test_no_namespace_can_be_made(self):
        for flag in (NEW_USER, NEW_NET, NEW_NS):
            self.assertEqual(self.call(56, flag | signal.SIGCHLD, 0, 0, 0, 0), (-1, errno.EPERM))
        self.assertEqual(self.call(435, 0, 0), (-1, errno.ENOSYS))

    def test_the_other_ways_into_the_kernel_are_closed(self):
        pid = os.fork()
        if pid == 0:
            LIBC.syscall(ctypes.c_long(0x40000000 + 39))
            os._exit(7)
        _, how = os.waitpid(pid, 0)
        self.assertTrue(os.WIFSIGNALED(how), "the x32 call interface answered")

    def test_no_keys_are_typed_for_others(self):
        for request in (0x5412, 0x541C, 0x1_0000_5412):
            self.assertEqual(self.call(16, 0, request, 0), (-1, errno.EPERM))


class Identity(unittest.TestCase):
    def test_no_rights(self):
        self.assertEqual((os.getuid(), os.geteuid(), os.getgid()), (1000, 1000, 1000))
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status(name), 16), 0, name)
        self.assertEqual((status("NoNewPrivs"), status("Seccomp")), ("1", "2"))

    def test_sees_only_itself(self):
        processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        self.assertLessEqual(len(processes), 4)
        for pid in processes:
            with open("/proc/%d/cmdline" % pid, "rb") as file:
                self.assertNotIn(b"state", file.read())

    def test_limits(self):
        for what, most in ((resource.RLIMIT_NPROC, 32), (resource.RLIMIT_CORE, 0),
                           (resource.RLIMIT_NOFILE, 256),
                           (resource.RLIMIT_AS, 256 << 20), (resource.RLIMIT_FSIZE, 16 << 20)):
            self.assertEqual(resource.getrlimit(what), (most, most))
            if most:
                with self.assertRaises(ValueError):
                    resource.setrlimit(what, (most, most + 1))

    def test_no_secret_in_any_environment(self):
        for pid in (name for name in os.listdir("/proc") if name.isdigit()):
            try:
                with open("/proc/%s/environ" % pid, "rb") as file:
                    text = file.read()
            except PermissionError:
                continue
            self.assertNotIn(b"sk-must-not", text)
            self.assertNotIn(b"OPENAI", text)
        self.assertEqual(set(os.environ) - {"PWD", "LC_CTYPE"},
                         {"PATH", "HOME", "TMPDIR", "LANG", "TZ", "PYTHONDONTWRITEBYTECODE",
                          "MALLOC_ARENA_MAX"})

    def test_host_processes_cannot_be_signalled(self):
        with self.assertRaises(ProcessLookupError):
            os.kill(4000000, signal.SIGTERM)

    def test_no_terminal(self):
        with self.assertRaises(OSError):
            open("/dev/tty")
        with self.assertRaises(OSError):
            fcntl.ioctl(0, 0x5401, bytes(64))


class Network(unittest.TestCase):
    def test_loopback_works_by_name_and_number(self):
        for host in ("127.0.0.1", "localhost"):
            server = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection((host, server.getsockname()[1]), timeout=5)
            client.close()
            server.close()

    def test_there_is_no_way_out(self):
        with open("/proc/net/dev") as file:
            self.assertEqual([line.split(":")[0].strip() for line in file if ":" in line], ["lo"])
        for address in ("192.0.2.1", "10.0.0.1", "172.17.0.1", "169.254.169.254", "1.1.1.1"):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as s, self.assertRaises(OSError):
                    s.settimeout(3)
                    s.connect((address, 53))
        with socket.socket(socket.AF_INET6) as s, self.assertRaises(OSError):
            s.connect(("2001:db8::1", 53))
        with self.assertRaises(OSError):
            socket.getaddrinfo("example.org", 80)

    def test_only_three_families(self):
        for family in range(64):
            allowed = family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
            try:
                socket.socket(family, socket.SOCK_STREAM).close()
                self.assertTrue(allowed, family)
            except OSError:
                self.assertFalse(allowed, family)
        with self.assertRaises(OSError):
            socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)

# SPDX-License-Identifier: MIT
"""What the chaos breaks: a database server on a disk of its own, the way to it, and runners."""
import ctypes
import errno
import json
import os
import signal
import socket
import subprocess
import threading
import time

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000


def own_disk(path, megabytes):
    """A small disk that only this process and its children see. None, or why there is none."""
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    try:
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), "no namespace of its own")
        for name, text in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (uid, uid)),
                           ("gid_map", "%d %d 1" % (gid, gid))):
            with open("/proc/self/" + name, "w", encoding="ascii") as f:
                f.write(text)
        how = ("size=%dm,mode=700" % megabytes).encode()
        if libc.mount(b"none", path.encode(), b"tmpfs", 0, how) != 0:
            raise OSError(ctypes.get_errno(), "no file system of its own")
    except OSError as problem:
        return str(problem)
    return None


def fill(path):
    """Leaves no byte free where `path` is; gives the bytes that it took."""
    size, block = 0, b"x" * (1 << 20)
    with open(path, "wb", buffering=0) as f:
        while block:
            try:
                size += f.write(block)
            except OSError as problem:
                if problem.errno != errno.ENOSPC:
                    raise
                block = block[:len(block) // 2]
    return size


class Cluster:
    """A private PostgreSQL."""

    def __init__(self, tool, path):
        self.tool, self.path = tool, path
        settings = ("max_connections = 100\nfsync = off\nmax_wal_size = 64MB\nmin_wal_size = 32MB\n"
                    "autovacuum_naptime = 10min\nrestart_after_crash = on")
        self.run("init", env=dict(os.environ, CLUSTER_SETTINGS=settings))
        self.run("start")

    def run(self, what, *more, env=None):
        return subprocess.run(["sh", self.tool, what, self.path, *more], env=env, check=True,
                              stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True).stdout.strip()

    def url(self, role):
        return self.run("url", role, "botarmy")

    def socket(self):
        with open(os.path.join(self.path, "socket-folder"), encoding="utf-8") as f:
            return os.path.join(f.read().strip(), ".s.PGSQL.5432")

    def stop(self):
        subprocess.run(["sh", "-c", '. "$0"; cluster_stop "$1" immediate', self.tool, self.path],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def up(self):
        """Started again if it is not there, as systemd would."""
        return subprocess.run(["sh", self.tool, "start", self.path], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0


class Proxy:
    """Between a runner and the server. A frozen connection stays open and carries nothing more."""

    def __init__(self, server):
        self.server, self.frozen, self.ways = server, set(), set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            there = socket.socket(socket.AF_UNIX)
            try:
                there.connect(self.server)
            except OSError:
                client.close()
                continue
            way = (client, there)
            self.ways.add(way)
            threading.Thread(target=self.pump, args=(client, there, way), daemon=True).start()
            threading.Thread(target=self.pump, args=(there, client, way), daemon=True).start()

    def pump(self, source, sink, way):
        try:
            while data := source.recv(65536):
                while way in self.frozen:
                    time.sleep(0.1)
                sink.sendall(data)
        except OSError:
            pass
        for end in way:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.ways.discard(way)

    def freeze(self):
        self.frozen |= set(self.ways)
        return len(self.frozen)

    def thaw(self):
        """What is left of the frozen is cut, so that the server hears of it."""
        for way in list(self.frozen):
            for end in way:
                end.close()
        self.frozen.clear()


class Runner:
    """A staying runner, started again whenever it has died."""

    def __init__(self, number, program, env, log, url):
        self.number, self.program, self.env, self.url = number, program, env, url
        self.log, self.read, self.rest = log, 0, b""
        self.process = None

    def start(self, faults):
        env = dict(self.env, BOTARMY_FAULTS=faults, RUNNER_DATABASE_URL=self.url)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.program], env=env, stderr=log, stdin=subprocess.DEVNULL,
                                            start_new_session=True)

    def signal(self, number):
        self.process.send_signal(number)

    def dead(self):
        return self.process.poll() is not None

    def said(self):
        """The log's new records."""
        with open(self.log, "rb") as f:
            f.seek(self.read)
            data = self.rest + f.read()
            self.read = f.tell()
        *lines, self.rest = data.split(b"\n")
        for text in lines:
            try:
                yield json.loads(text)
            except ValueError:
                yield {"message": "cannot be read: " + text.decode("utf-8", "replace")}

    def end(self):
        if self.process and not self.dead():
            self.signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

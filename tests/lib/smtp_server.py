# SPDX-License-Identifier: MIT
"""A mail server over real sockets, of whatever temper a test wants.

smtp_server.py DIR [CERT KEY [USER PASSWORD]]: listens on a free port, which it writes to DIR/port. What DIR/mood
holds is its temper, read at each connection and at each MAIL. A message that it took is DIR/NNN.eml, as the bytes
were after removal of the dots, its envelope DIR/NNN.json; every command is a line of DIR/log.

Tempers: ok; greet CODE; starttls CODE; no-starttls; mail CODE; rcpt CODE; data CODE; end CODE; drop-connect; drop-data
(in the middle of the message); drop-end (has taken it, and breaks off before saying so); slow (a byte a moment);
silent. With KEY, STARTTLS; with USER, nothing without AUTH.
"""
import base64
import json
import os
import socket
import ssl
import sys
import threading
import time

folder, cert, key, user, password = (sys.argv[1:] + [None] * 5)[:5]
lock = threading.Lock()
count = 0


class Gone(Exception):
    pass


def mood():
    try:
        with open(os.path.join(folder, "mood")) as f:
            return f.read().split() or ["ok"]
    except FileNotFoundError:
        return ["ok"]


def note(line):
    with lock, open(os.path.join(folder, "log"), "a") as f:
        f.write(line + "\n")


def keep(envelope, data):
    global count
    with lock:
        count += 1
        name = os.path.join(folder, "%03d" % count)
    with open(name + ".json", "w") as f:
        json.dump(envelope, f)
    with open(name + ".new", "wb") as f:
        f.write(data)
    os.rename(name + ".new", name + ".eml")


class Talk:
    def __init__(self, sock):
        self.sock, self.rest, self.secure, self.known = sock, b"", False, not user
        self.envelope = {}

    def say(self, text):
        if mood()[0] == "slow":
            for c in (text + "\r\n").encode():
                self.sock.sendall(bytes([c]))
                time.sleep(0.01)
        else:
            self.sock.sendall((text + "\r\n").encode())

    def line(self):
        while b"\r\n" not in self.rest:
            more = self.sock.recv(65536)
            if not more:
                raise Gone
            self.rest += more
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line

    def is_mood(self, name, reply=True):
        now = mood()
        if now[0] != name:
            return False
        if reply and len(now) > 1:
            self.say(now[1] + " as you like it")
        return True

    def run(self):
        if self.is_mood("drop-connect"):
            return
        if self.is_mood("silent"):
            time.sleep(30)
            return
        if self.is_mood("greet"):
            return
        self.say("220 test ESMTP")
        while True:
            command = self.line()
            word = command.split(b" ")[0].upper().decode("ascii", "replace")
            note(word if word == "AUTH" else command.decode("ascii", "replace"))
            if word in ("EHLO", "HELO"):
                self.hello()
            elif word == "STARTTLS":
                self.start_tls()
            elif word == "AUTH":
                self.auth(command)
            elif word == "QUIT":
                self.say("221 bye")
                return
            elif word in ("RSET", "NOOP"):
                self.say("250 ok")
            elif not self.known:
                self.say("530 sign in first")
            elif word == "MAIL":
                self.envelope = {"from": command.decode(), "to": [], "secure": self.secure}
                self.is_mood("mail") or self.say("250 ok")
            elif word == "RCPT":
                self.envelope["to"].append(command.decode())
                self.is_mood("rcpt") or self.say("250 ok")
            elif word == "DATA":
                self.data()
            else:
                self.say("500 what?")

    def hello(self):
        lines = ["test"]
        if key and not self.secure and mood()[0] != "no-starttls":
            lines.append("STARTTLS")
        if user and self.secure:
            lines.append("AUTH PLAIN LOGIN")
        for i, text in enumerate(lines):
            self.say("250%s%s" % ("-" if i + 1 < len(lines) else " ", text))

    def start_tls(self):
        if self.is_mood("starttls"):
            return
        self.say("220 go ahead")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.rest, self.secure = b"", True

    def auth(self, command):
        parts = command.decode().split(" ")
        if parts[1].upper() == "PLAIN":
            if len(parts) < 3:
                self.say("334 ")
                parts.append(self.line().decode())
            got = base64.b64decode(parts[2]).decode().split("\0")[1:]
        else:
            got = []
            for prompt in ("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"):
                self.say(prompt)
                got.append(base64.b64decode(self.line()).decode())
        self.known = self.secure and got == [user, password]
        self.say("235 welcome" if self.known else "535 who are you?")

    def data(self):
        if self.is_mood("data"):
            return
        self.say("354 go on")
        if self.is_mood("drop-data"):
            self.sock.recv(20)
            return self.close()
        data = b""
        while True:
            line = self.line()
            if line == b".":
                break
            data += (line[1:] if line.startswith(b".") else line) + b"\r\n"
        if self.is_mood("end"):
            return
        keep(self.envelope, data)
        if self.is_mood("drop-end"):
            return self.close()
        self.say("250 taken as %03d" % count)

    def close(self):
        raise Gone


def serve(sock):
    talk = Talk(sock)
    try:
        talk.run()
    except (Gone, OSError):
        pass
    finally:
        talk.sock.close()


listener = socket.create_server(("127.0.0.1", 0))
with open(os.path.join(folder, "port.new"), "w") as out:
    out.write(str(listener.getsockname()[1]))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

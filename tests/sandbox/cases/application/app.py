# SPDX-License-Identifier: MIT
import argparse
import http.server
import json


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"ok": True}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        with open(self.server.data, "ab") as file:
            file.write(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.end_headers()


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
parser.add_argument("--data")
arguments = parser.parse_args()
server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Handler)
server.data = arguments.data
server.serve_forever()

"""A login page in the way: whatever is asked over plain HTTP, the answer sends the browser there.

Listens on the port in the first argument and sends to the address in the second. Writes `ready` once it listens.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Portal(BaseHTTPRequestHandler):
    """Answers everybody alike."""

    location = ""

    def do_GET(self) -> None:
        """Sends the browser to the login page."""
        self.send_response(302)
        self.send_header("Location", self.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    """Serves until it is killed."""
    port, Portal.location = int(sys.argv[1]), sys.argv[2]
    listener = ThreadingHTTPServer(("", port), Portal)
    print("ready", flush=True)
    listener.serve_forever()


if __name__ == "__main__":
    main()

"""A server that keeps what is sent to it, unpacked, and answers as it is told."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.same_bytes.http_talk import Answer, Question, as_text, put

Answering = Callable[[Question], Answer]
OF_THE_CONNECTION = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})


@contextmanager
def recorder(port: int, answering: Answering) -> Iterator[list[Question]]:
    """Listens on loopback until the end; gives the list that grows with each request, as it came."""
    heard: list[Question] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            question = Question(self.command, self.path, dict(self.headers.items()), body)
            with lock:
                heard.append(question)
                answer = answering(question)
            self._give(answer)

        def _give(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                if name.lower() not in OF_THE_CONNECTION:
                    self.send_header(name, value)
            if answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()


def passing_on(port: int) -> Answering:
    """Lets another server answer."""
    return lambda question: put(port, question)


def unpacked(question: Question) -> bytes:
    """The body as it was before it was packed."""
    body = question.body or b""
    packed = {name.lower(): value for name, value in question.headers.items()}.get("content-encoding") == "gzip"
    return gzip.decompress(body) if packed else body


def as_sent(question: Question) -> str:
    """A request as text: what a message on the wire consists of."""
    headers = [f"{name}: {value}" for name, value in question.headers.items()]
    return "\n".join([f"{question.method} {question.target}", *headers, "", as_text(unpacked(question))])

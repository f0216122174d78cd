"""What is refused, and how: wrong methods, no token, bodies that can not be read, reports that can not be true."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tests.support.same_bytes.http_talk import Question
from tests.support.same_bytes.municipality import Machine
from tests.support.same_bytes.reading import METHODS, document
from tests.support.same_bytes.side import Side, until

JSON = {"content-type": "application/json"}
NOBODY = {"authorization": "Bearer nobody", **JSON}
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "null": b"null",
    "nothing in it": b"{}",
    "no reports": b'{"reports": []}',
    "reports of another kind": b'{"reports": 1, "school": 1, "probe": 1, "key": []}',
    "a report of another kind": b'{"reports": [1, "x", null, [], {}]}',
    "unknown names": b'{"school": "98000001", "key": "x", "room": "A101", "probe": "no", "more": 1}',
    "an unknown room": b'{"school": "98000001", "key": "x", "room": "no", "probe": "no"}',
    "an unknown school": b'{"school": "00000000", "key": "x", "room": "A101", "probe": ""}',
}
WRONG: tuple[Any, ...] = (None, True, -1, 1e300, 10**30, "", "x", "å" * 300, [], {}, [None], "2126-01-01T00:00:00Z")
MOST_PER_BATCH = 500


def methods_and_tokens(side: Side) -> None:
    """Every path of the document by every method, without a token and with one that nobody has."""
    for path in [*document(side)["paths"], "/api/v1/no", "/measure/v1/no", "/", "/static/no.css", "/metrics/no"]:
        target = path.replace("{", "").replace("}", "")
        for method in METHODS:
            side.ask(Question(method, target))
            side.ask(Question(method, target, NOBODY, b"{}"), "by nobody")


def bodies(side: Side, machine: Machine) -> None:
    """What can not be read, sent to whatever takes a body."""
    takes = [path for path, methods in document(side)["paths"].items() if "requestBody" in methods.get("post", {})]
    for path in (path for path in takes if not path.startswith("/measure/")):
        for name, body in BODIES.items():
            side.ask(Question("POST", path, machine.headers, body), name)
        _packed(side, path, machine)


def _packed(side: Side, path: str, machine: Machine) -> None:
    good = gzip.compress(b'{"reports": []}', mtime=0)
    for encoding, name, body in (
        ("gzip", "not packed", b"{}"),
        ("gzip", "packed", good),
        ("gzip", "cut off", good[:-4]),
        ("gzip", "with more behind it", good + b"more"),
        ("gzip", "too much in it", gzip.compress(b" " * (33 << 20), mtime=0)),
        ("br", "otherwise packed", good),
        ("identity", "too much", b" " * ((4 << 20) + 1)),
    ):
        side.ask(Question("POST", path, {**machine.headers, "content-encoding": encoding}, body), name)


def untrue_reports(side: Side, machine: Machine) -> None:
    """One report for each value of a real one that is another kind of thing, or is missing: each is answered alone."""
    spoiled = list(_spoiled(machine))
    for start in range(0, len(spoiled), MOST_PER_BATCH):
        batch = spoiled[start : start + MOST_PER_BATCH]
        body = json.dumps({"reports": batch}).encode()
        side.ask(Question("POST", "/api/v1/reports", machine.headers, body), f"untrue from {start}")
    too_many = json.dumps({"reports": spoiled[:1] * (MOST_PER_BATCH + 1)}).encode()
    side.ask(Question("POST", "/api/v1/reports", machine.headers, too_many), "too many")


def _spoiled(machine: Machine) -> Iterator[Any]:
    number = 0
    for report in _telling(machine.reports):
        for place in _places(report):
            for value in WRONG:
                number += 1
                yield _with({**report, "report_id": f"untrue-{number}"}, place, value)
            yield _with({**report, "report_id": f"untrue-{number}-missing"}, place, ...)


def _telling(reports: list[Any]) -> Iterator[Any]:
    """Of all reports, the first that brings something of each probe."""
    known: set[str] = set()
    for report in reports:
        told = {result["probe"] for result in report["results"] if result["status"] == "ok"}
        if told - known:
            known |= told
            yield report


def _places(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path to every part of a JSON value; of lists, the first parts."""
    parts: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in islice(parts, None if isinstance(value, dict) else 8):
        yield (*above, name)
        yield from _places(part, (*above, name))


def _with(value: Any, place: tuple[str | int, ...], put: Any) -> Any:
    """A copy of a JSON value that has something else in one place, or, put `...`, nothing."""
    name, *rest = place
    copy = value.copy()
    if rest:
        copy[name] = _with(value[name], tuple(rest), put)
    elif put is ...:
        del copy[name]
    else:
        copy[name] = put
    return copy


def too_often(side: Side) -> None:
    """Wrong keys until nobody is heard any more. To be asked last: it shuts the address out for a minute."""
    body = json.dumps({"school": "98000001", "key": "wrong"}).encode()
    question = Question("POST", "/api/v1/enrolments", {**JSON, "x-forwarded-for": "192.0.2.99"}, body)
    side.ask(question, "wrong key")
    until(lambda: side.put(question).status == 429, "too many wrong keys")
    side.ask(question, "too many wrong keys")

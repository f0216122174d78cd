"""Every question for reading that the collector's own API document names, with real and with wrong values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.support.same_bytes.http_talk import Question
from tests.support.same_bytes.municipality import schools
from tests.support.same_bytes.side import Side

PAIRED = 3
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
DOCUMENT = "/api/v1/openapi.json"


def document(side: Side) -> dict[str, Any]:
    """The API document."""
    found: dict[str, Any] = side.put(Question("GET", DOCUMENT)).json()
    return found


def sittings(side: Side) -> list[str]:
    """The ids of all sittings that are judged."""
    return [one["id"] for one in side.put(Question("GET", "/api/v1/sittings")).json()]


def asked_by_the_document(side: Side) -> None:
    """Every operation that needs no token and changes nothing."""
    known = {"school": [*(school["code"] for school in schools(side)), "00000000"], "sitting": [*sittings(side), "no"]}
    for path, operations in document(side)["paths"].items():
        operation = operations.get("get")
        if operation and "security" not in operation and path != "/metrics":
            for target in dict.fromkeys(_targets(path, operation.get("parameters", []), known)):
                side.ask(Question("GET", target))


def _targets(path: str, parameters: list[Any], known: dict[str, list[str]]) -> Iterator[str]:
    """The path by itself, with each value of each parameter, and with each pair of values."""
    values = {one["name"]: _values(one, known) for one in parameters}
    places = [f"{{{name}}}" for name in values if f"{{{name}}}" in path]
    queries = {name: found for name, found in values.items() if f"{{{name}}}" not in path}
    asked = ["", *(f"?{name}={value}" for name, found in queries.items() for value in found)]
    asked += [f"?{'&'.join(pair)}" for pair in _pairs(queries)]
    for filled in product(*(values[place[1:-1]] for place in places)):
        whole = path
        for place, value in zip(places, filled, strict=True):
            whole = whole.replace(place, value)
        yield from (whole + query for query in asked)


def _values(parameter: Any, known: dict[str, list[str]]) -> list[str]:
    if "enum" in parameter["schema"]:
        return [*parameter["schema"]["enum"], "no"]
    return known[parameter["name"]]


def _pairs(queries: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    names = list(queries)
    for first, second in ((one, other) for index, one in enumerate(names) for other in names[index + 1 :]):
        for pair in product(queries[first][:PAIRED], queries[second]):
            yield (f"{first}={pair[0]}", f"{second}={pair[1]}")


def metrics(side: Side) -> None:
    """The metrics, in each format, packed, and some of them alone."""
    side.ask(Question("GET", "/metrics"), kind="metrics")
    side.ask(Question("GET", "/metrics", {"accept": OPEN_METRICS}), "OpenMetrics", kind="metrics")
    side.ask(Question("GET", "/metrics", {"accept-encoding": "gzip"}), "packed", kind="metrics")
    side.ask(Question("GET", "/metrics?name[]=provklar_build_info&name[]=no"), kind="metrics")


def not_asked(side: Side) -> list[str]:
    """The operations of the document that never were answered with what they are for."""
    good = {(question.method, question.path) for question, status in side.asked if status < 400}
    wanted = [(method, path) for path, methods in document(side)["paths"].items() for method in methods]
    return [f"{method.upper()} {path}" for method, path in wanted if not _among(good, method.upper(), path)]


def _among(good: set[tuple[str, str]], method: str, path: str) -> bool:
    pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
    return any(method == asked and re.fullmatch(pattern, target) for asked, target in good)

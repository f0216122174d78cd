"""The OpenAPI document: whole, consistent, and made from what is really sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.routing import BaseRoute, Route

from collector.api.answers import SittingAnswer
from collector.api.openapi import document
from collector.api.operations import OPERATIONS
from collector.app import build
from collector.routes import api
from collector.routes.pages import MACHINE_PATHS
from tests.support.verdicts import NOW, snapshot

REPOSITORY = Path(__file__).parents[4]


def references(node: object) -> set[str]:
    """Every component that the document refers to."""
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(node)))


def test_it_is_openapi_3_1() -> None:
    """With a title and the product's version."""
    info = document()["info"]
    assert document()["openapi"] == "3.1.0"
    assert (info["title"], info["version"].count(".")) == ("Provklar", 2)


def test_it_can_be_sent() -> None:
    """The document is plain JSON."""
    assert json.loads(msgspec.json.encode(document())) == json.loads(json.dumps(document()))


def test_every_reference_leads_somewhere() -> None:
    """And every component is referred to."""
    components = document()["components"]["schemas"]
    assert references(document()) == components.keys()


def asked_by_programs(routes: Iterable[BaseRoute]) -> set[tuple[str, str]]:
    """The path and method of every route that is there for programs."""
    return {
        (route.path, method.lower())
        for route in routes
        if isinstance(route, Route) and route.path.startswith(MACHINE_PATHS)
        for method in route.methods or ()
        if method not in {"HEAD", "OPTIONS"}  # HTTP's own, and a browser's question before it lets a page ask
    }


def test_it_describes_the_collector_as_it_is(tmp_path: Path) -> None:
    """Every route that the running collector has for programs, and none that it does not have."""
    collector = build(REPOSITORY / "config", lambda: NOW, {"PROVKLAR_DATA": str(tmp_path)})
    try:
        served = asked_by_programs(collector.asgi.routes)
    finally:
        collector.close()
    assert served == {(operation.path, operation.method) for operation in OPERATIONS}


def test_the_routes_for_reading_are_in_it() -> None:
    """Each path and method that this part serves."""
    served = asked_by_programs(api.routes(snapshot, lambda: NOW, lambda: True))
    assert served <= {(operation.path, operation.method) for operation in OPERATIONS}
    assert len(served) == 7


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/enrolments",
        "/api/v1/policy",
        "/api/v1/reports",
        "/measure/v1/ping",
        "/measure/v1/down",
        "/measure/v1/up",
    ],
)
def test_the_devices_routes_are_in_it(path: str) -> None:
    """All but the enrolment need a device's token."""
    [operation] = document()["paths"][path].values()
    assert ("security" in operation) == (path != "/api/v1/enrolments")
    assert ("401" in operation["responses"]) == (path != "/api/v1/enrolments")


def test_every_path_parameter_is_described() -> None:
    """A name in braces without a description is an invalid document."""
    for operation in OPERATIONS:
        named = {parameter.name for parameter in operation.parameters if parameter.place == "path"}
        assert named == set(re.findall(r"{(\w+)}", operation.path))


def test_an_operation_is_written_once() -> None:
    """Twice would silently hide one."""
    asked = [(operation.path, operation.method) for operation in OPERATIONS]
    assert len(asked) == len(set(asked))


def test_the_schema_is_that_of_the_struct() -> None:
    """The list of sittings has exactly the struct's keys, and all of them are always there."""
    schema: dict[str, Any] = document()["components"]["schemas"]["SittingAnswer"]
    fields = {field.name for field in msgspec.structs.fields(SittingAnswer)}
    assert schema["properties"].keys() == fields
    assert set(schema["required"]) == fields


def test_reports_are_described_as_they_are_read() -> None:
    """The wire keeps each report raw; the document says what is in one."""
    body = document()["components"]["schemas"]["ReportBatch"]
    assert body["properties"]["reports"]["items"] == {"$ref": "#/components/schemas/Report"}

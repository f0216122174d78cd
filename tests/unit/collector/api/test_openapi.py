"""The OpenAPI document: whole, consistent, and made from what is really sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from collector.api.openapi import document
from collector.api.operation import Answer, Operation, Parameter, Resource
from collector.api.sittings import SittingAnswer
from collector.app import Collector, build
from collector.web.routes import MACHINE_PATHS
from tests.support.reading_api import resources
from tests.support.verdicts import NOW, snapshot

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """All of a collector, by the sample configuration."""
    with TemporaryDirectory() as folder:
        collector = build(REPOSITORY / "config", lambda: NOW, {"PROVKLAR_DATA": folder})
        yield collector
        collector.close()


@pytest.fixture(scope="module")
def operations(collector: Collector) -> list[Operation]:
    """What its resources answer."""
    return [operation for resource in collector.resources for operation in resource.operations()]


@pytest.fixture(scope="module")
def told(collector: Collector) -> dict[str, Any]:
    """Its document."""
    return document(collector.resources)


def references(node: object) -> set[str]:
    """Every component that the document refers to."""
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(node)))


def test_it_is_openapi_3_1(told: dict[str, Any]) -> None:
    """With a title and the product's version."""
    info = told["info"]
    assert told["openapi"] == "3.1.0"
    assert (info["title"], info["version"].count(".")) == ("Provklar", 2)


def test_it_can_be_sent(told: dict[str, Any]) -> None:
    """The document is plain JSON."""
    assert json.loads(msgspec.json.encode(told)) == json.loads(json.dumps(told))


def test_every_reference_leads_somewhere(told: dict[str, Any]) -> None:
    """And every component is referred to."""
    components = told["components"]["schemas"]
    assert references(told) == components.keys()


def asked_by_programs(routes: Iterable[BaseRoute]) -> set[tuple[str, str]]:
    """The path and method of every route that is there for programs."""
    return {
        (route.path, method.lower())
        for route in routes
        if isinstance(route, Route) and route.path.startswith(MACHINE_PATHS)
        for method in route.methods or ()
        if method not in {"HEAD", "OPTIONS"}  # HTTP's own, and a browser's question before it lets a page ask
    }


def test_it_describes_the_collector_as_it_is(collector: Collector, told: dict[str, Any]) -> None:
    """Every route that the running collector has for programs, and none that it does not have."""
    described = {(path, method) for path, methods in told["paths"].items() for method in methods}
    assert asked_by_programs(collector.asgi.routes) == described


def test_the_routes_for_reading_are_in_it(told: dict[str, Any]) -> None:
    """Each path that only reads."""
    served = [route for resource in resources(snapshot) for route in resource.routes()]
    assert {path for path, _ in asked_by_programs(served)} <= told["paths"].keys()
    assert len(served) == 7


def test_one_more_resource_is_one_class() -> None:
    """It is served and described, in the order in which its methods are written; other methods are its own business."""

    class Example(Resource):
        @Operation(path="/api/v1/b", summary="B.", method="post", answers={204: Answer("Done.")}, asks_first=True)
        async def second(self, _request: Request) -> Response:
            return self.helper()

        @Operation(path="/api/v1/a", summary="A.", parameters=[Parameter("q", "query", "Q.")], answers={})
        def first(self, _request: Request) -> Response:
            return self.helper()

        def helper(self) -> Response:
            return Response(status_code=204)

    example = Example()
    routes = [(route.path, sorted(route.methods or ())) for route in example.routes()]
    assert routes == [("/api/v1/b", ["OPTIONS", "POST"]), ("/api/v1/a", ["GET", "HEAD"])]
    paths = document([example])["paths"]
    assert [(path, [*methods]) for path, methods in paths.items()] == [("/api/v1/b", ["post"]), ("/api/v1/a", ["get"])]


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
def test_the_devices_routes_are_in_it(path: str, told: dict[str, Any]) -> None:
    """All but the enrolment need a device's token."""
    [operation] = told["paths"][path].values()
    assert ("security" in operation) == (path != "/api/v1/enrolments")
    assert ("401" in operation["responses"]) == (path != "/api/v1/enrolments")


def test_every_path_parameter_is_described(operations: list[Operation]) -> None:
    """A name in braces without a description is an invalid document."""
    for operation in operations:
        named = {parameter.name for parameter in operation.parameters if parameter.place == "path"}
        assert named == set(re.findall(r"{(\w+)}", operation.path))


def test_an_operation_is_written_once(operations: list[Operation]) -> None:
    """Twice would silently hide one."""
    asked = [(operation.path, operation.method) for operation in operations]
    assert len(asked) == len(set(asked))


def test_the_schema_is_that_of_the_struct(told: dict[str, Any]) -> None:
    """The list of sittings has exactly the struct's keys, and all of them are always there."""
    schema: dict[str, Any] = told["components"]["schemas"]["SittingAnswer"]
    fields = {field.name for field in msgspec.structs.fields(SittingAnswer)}
    assert schema["properties"].keys() == fields
    assert set(schema["required"]) == fields


def test_reports_are_described_as_they_are_read(told: dict[str, Any]) -> None:
    """The wire keeps each report raw; the document says what is in one."""
    body = told["components"]["schemas"]["ReportBatch"]
    assert body["properties"]["reports"]["items"] == {"$ref": "#/components/schemas/Report"}

"""`GET /api/v1/openapi.json`: the OpenAPI 3.1 document, made from operations and the structs that they send and read.

A writer of our own, because what is kept (FastAPI, apispec, APIFlask) wants pydantic or marshmallow beside msgspec, or
to own the routes; msgspec makes every schema here, and what is left to write are these two pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from collector.api.operation import Answer, Operation, Parameter, Resource
from collector.api.reading import told
from collector.version import PRODUCT_VERSION

REF = "#/components/schemas/{name}"


class DocumentResource(Resource):
    """The document of all resources, this one too."""

    def __init__(self, resources: Callable[[], Iterable[Resource]]) -> None:
        """`resources` gives them once all are there."""
        self._resources = resources

    @Operation(
        path="/api/v1/openapi.json",
        summary="This document.",
        answers={200: Answer("An OpenAPI 3.1 document.", dict[str, Any])},
    )
    def show(self, _request: Request) -> Response:
        """Made once."""
        return told(self._document)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document(self._resources())


def document(resources: Iterable[Resource]) -> dict[str, Any]:
    """The whole OpenAPI document of these resources, in their order."""
    operations = [operation for resource in resources for operation in resource.operations()]
    schemas = _Schemas(_bodies(operations))
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Provklar",
            "version": PRODUCT_VERSION,
            "summary": "Tells whether a whole year group can take a digital test at the same time.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "device": {"type": "http", "scheme": "bearer", "description": "The token that the enrolment gave."}
            },
        },
    }


class _Schemas:
    """The JSON Schema of each type, with the structs as components."""

    def __init__(self, types: list[object]) -> None:
        found, self.components = msgspec.json.schema_components(types, ref_template=REF)
        self._by_name = {str(type_): schema for type_, schema in zip(types, found, strict=True)}

    def of(self, type_: object) -> Mapping[str, Any]:
        """The schema of a type; bytes stand for a body that is not JSON."""
        return {"type": "string", "format": "binary"} if type_ is bytes else self._by_name[str(type_)]


def _bodies(operations: list[Operation]) -> list[object]:
    answers = [answer.body for operation in operations for answer in operation.answers.values()]
    bodies = [*answers, *(operation.body for operation in operations)]
    return list({str(body): body for body in bodies if body not in {None, bytes}}.values())


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "responses": {str(status): _answer(answer, schemas) for status, answer in operation.answers.items()},
    }
    if operation.parameters:
        described["parameters"] = [_parameter(parameter) for parameter in operation.parameters]
    if operation.body is not None:
        content = {operation.body_media_type: {"schema": schemas.of(operation.body)}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.token:
        described["security"] = [{"device": []}]
    return described


def _answer(answer: Answer, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"description": answer.about}
    if answer.body is not None:
        described["content"] = {answer.media_type: {"schema": schemas.of(answer.body)}}
    return described


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.about,
        "required": parameter.required,
        "schema": parameter.schema,
    }

"""The part of the API that only reads, over a snapshot of a test's choice."""

from __future__ import annotations

from starlette.applications import Starlette

from collector.api.devices import DevicesResource
from collector.api.health import DatabaseAnswers, HealthResource
from collector.api.incidents import IncidentsResource
from collector.api.openapi import DocumentResource
from collector.api.operation import Resource
from collector.api.rooms import RoomsResource
from collector.api.sittings import SittingsResource
from collector.clock import Clock
from collector.judgement.snapshot import ReadSnapshot
from tests.support.asgi import Client
from tests.support.verdicts import NOW


def resources(
    read_snapshot: ReadSnapshot, clock: Clock = lambda: NOW, database_answers: DatabaseAnswers = lambda: True
) -> list[Resource]:
    """All that only read, and the document of them."""
    made: list[Resource] = [
        HealthResource(read_snapshot, clock, database_answers),
        SittingsResource(read_snapshot),
        RoomsResource(read_snapshot),
        DevicesResource(read_snapshot),
        IncidentsResource(read_snapshot),
        DocumentResource(lambda: made),
    ]
    return made


def client(read_snapshot: ReadSnapshot, database_answers: DatabaseAnswers = lambda: True) -> Client:
    """Asks them at `NOW`."""
    asked = resources(read_snapshot, database_answers=database_answers)
    return Client(Starlette(routes=[route for resource in asked for route in resource.routes()]))

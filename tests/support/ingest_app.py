"""The ingest side of a collector: here, or as a process by `python -m tests.support.ingest_app FOLDER PORT`."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from collector.api.enrolments import EnrolmentsResource
from collector.api.measurement import MeasurementResource
from collector.api.operation import Resource
from collector.api.policy import PolicyResource
from collector.api.reports import ReportsResource
from collector.clock import Clock
from collector.configuration.model import Agents, Limits, Measurement, Settings
from collector.facts.catalogue import check_facts
from collector.ingest.queue import IngestQueue
from collector.leases.run_counts import RunCounts
from collector.measurement.gate import Gate
from collector.measurement.origins import Origins
from collector.measurement.point import Point
from collector.readiness.domain.location import Location
from collector.readiness.domain.model import Room, School
from collector.store.store import Store
from collector.store.watermark import Watermark
from tests.support.stored import SCHOOL, opened

SETTINGS = Settings(
    authority="Testkommun", profile="p", agents=Agents(plans=[]), public_url="https://provklar.example/"
)
_SCHOOL = School(SCHOOL, "Ekskolan", [Room("A1", 30), Room("B2", 30, "Lilla salen")], [])
SECRET = b"a secret that these tests share."


def anywhere(_school: str, _address: str | None) -> Location:
    """Where devices are whose schools have not said which networks are theirs."""
    return "not_told"


def present() -> datetime:
    """The real time."""
    return datetime.now(UTC)


class IngestApp:
    """Routes over a store. `settings` may be exchanged while it runs; `stored` collects the schools that changed."""

    def __init__(
        self, store: Store, *, clock: Clock = present, limits: Limits | None = None, bounds: Measurement | None = None
    ) -> None:
        """Nothing runs before the server starts."""
        self.store = store
        self.settings = SETTINGS
        self.stored: list[set[str]] = []
        limits = limits or Limits(requests_per_minute=100_000)
        bounds = bounds or Measurement()
        self.ingest = IngestQueue(
            store,
            clock,
            limits.queued_reports,
            self.stored.append,
            check_facts=check_facts,
            retention=timedelta(days=400),
        )
        gate = Gate(SECRET, bounds, clock)
        self.point_url: str | None = None
        self.run_counts = RunCounts(
            store, gate.tally, lambda: self.point_url, SECRET, Watermark(clock), on_stored=self.stored.append
        )
        resources: list[Resource] = [
            EnrolmentsResource(store, clock, lambda: {SCHOOL: _SCHOOL}, limits),
            PolicyResource(store.device_for_token, lambda: self.settings, SECRET, clock),
            ReportsResource(store.device_for_token, self.ingest, limits, anywhere),
            MeasurementResource(Point(gate, Origins(bounds.allowed_origins))),
        ]
        routes = [route for resource in resources for route in resource.routes()]
        self.asgi = Starlette(routes=routes, lifespan=self._life)

    @asynccontextmanager
    async def _life(self, _app: Starlette) -> AsyncIterator[None]:
        self.ingest.start()
        self.run_counts.start()
        try:
            yield
        finally:
            await self.run_counts.stop()
            await self.ingest.stop()


def main() -> None:
    """Serves the store in a folder until killed."""
    folder, port = sys.argv[1:]
    serve(Path(folder), int(port))


def serve(folder: Path, port: int) -> None:
    """The same for a process that is here."""
    app = IngestApp(opened(folder))
    uvicorn.run(app.asgi, port=port, log_level="warning")


if __name__ == "__main__":
    main()

"""The wiring: builds every part of a collector from its configuration and hands the parts to each other.

`build` gives an object that the command line and the tests start and stop alike.
"""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio.to_thread
import msgspec
from apscheduler.schedulers.background import BackgroundScheduler
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from collector.alerting.round import AlertRound
from collector.api.device_verdicts import DeviceVerdictsResource
from collector.api.devices import DevicesResource
from collector.api.enrolments import EnrolmentsResource
from collector.api.health import HealthResource
from collector.api.incidents import IncidentsResource
from collector.api.leases import LeasesResource
from collector.api.measurement import MeasurementResource
from collector.api.metrics import MetricsResource
from collector.api.openapi import DocumentResource
from collector.api.operation import Resource
from collector.api.policy import PolicyResource
from collector.api.reports import ReportsResource
from collector.api.rooms import RoomsResource
from collector.api.sittings import SittingsResource
from collector.channels import open_channels
from collector.clock import Clock
from collector.configuration.environment import overridden
from collector.configuration.files import files_in, fingerprint
from collector.configuration.links import base_url
from collector.configuration.load import load_configuration
from collector.configuration.model import Configuration, Settings
from collector.configuration.problems import ConfigurationErrors
from collector.configuration.structure import read
from collector.facts.catalogue import LOADING_THE_LINE, check_facts
from collector.gear.service import FLUSH_EVERY_S, SECRETS_EVERY_S, GearService
from collector.ingest.queue import IngestQueue
from collector.judgement.devices import judged_devices
from collector.judgement.incidents import LOOK_EVERY_S, IncidentWatch
from collector.judgement.service import JudgementService
from collector.judgement.snapshot import ReadSnapshot
from collector.leases.run_counts import RunCounts
from collector.leases.service import LeaseService
from collector.measurement.gate import Gate
from collector.measurement.origins import Origins
from collector.measurement.point import Point
from collector.measurement.tickets import SAME_CLOCK, secret_from
from collector.readiness.devices.each_device import DeviceReport
from collector.readiness.domain.location import Location, locate
from collector.store.errors import StorageUnavailableError
from collector.store.store import Store
from collector.store.watermark import Watermark
from collector.web import routes as pages
from collector.web import runbooks
from collector.web_probe import pages as web_probe_pages
from collector.web_probe.api import WebDevicesResource

log = logging.getLogger(__name__)

RETENTION_EVERY_H = 24
LATE_REPORTS = timedelta(days=1)
"""What was said is packed when its day has been over for so long: most of what is late has come by then, and incidents
look back no further.
"""
MISFIRE_S = 60


def database_file(settings: Settings) -> Path:
    """The SQLite file of a collector that has no other database."""
    return Path(settings.data_dir) / "provklar.db"


def secret_file(settings: Settings) -> Path:
    """The file with the secret that tickets for the measurement point are signed with."""
    return Path(settings.measurement.secret_file or Path(settings.data_dir) / "measurement.secret")


def measuring_pages(settings: Settings) -> Origins:
    """Whose pages may use the measurement point in this collector: those that are named, else the collector's own."""
    return Origins(settings.measurement.allowed_origins or [base_url(settings)])


def open_store(settings: Settings) -> Store:
    """Opens the configured database, or the SQLite file in the data folder, which is made if need be."""
    if settings.database_url:
        return Store.open(settings.database_url)
    file = database_file(settings)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailableError(f"{file.parent}: {error.strerror}") from error
    return Store.open(f"sqlite:///{file}")


def sittings_seen(folder: Path, environ: Mapping[str, str]) -> set[str]:
    """The sittings that this collector has judged while they were still to come, if it has a store by now."""
    try:
        settings = overridden(read(files_in(folder).settings, Settings).value, environ)
        if not settings.database_url and not database_file(settings).exists():
            return set()
        store = open_store(settings)
    except (ConfigurationErrors, StorageUnavailableError):
        return set()
    try:
        return store.seen_sittings()
    finally:
        store.close()


def read_configuration(folder: Path, now: datetime, environ: Mapping[str, str]) -> Configuration:
    """The configuration in `folder`. A sitting in the past is in order if this collector knew it before."""
    try:
        return load_configuration(folder, now, environ=environ)
    except ConfigurationErrors:
        seen = sittings_seen(folder, environ)
        if not seen:
            raise
        return load_configuration(folder, now, already_seen=seen, environ=environ)


def open_configuration(folder: Path, clock: Clock, environ: Mapping[str, str]) -> tuple[Configuration, Store]:
    """The configuration and its store, for commands that read or change what is stored."""
    configuration = read_configuration(folder, clock(), environ)
    return configuration, open_store(configuration.settings)


class Collector:
    """All parts of one running collector. `asgi` starts and stops them with the server that serves it."""

    def __init__(self, configuration: Configuration, store: Store, clock: Clock, environ: Mapping[str, str]) -> None:
        """Puts the parts together; nothing runs before `start`."""
        settings = configuration.settings
        self.store = store
        self._clock = clock
        self._environ = environ
        self._fingerprint = fingerprint(configuration.folder)
        watermark = Watermark(clock)
        self.judgements = JudgementService(configuration, store, clock, known_until=watermark.known_until)
        self.ingest = IngestQueue(
            store,
            clock,
            settings.limits.queued_reports,
            on_stored=self.judgements.mark_changed,
            on_heard=self.judgements.mark_heard,
            check_facts=check_facts,
            retention=timedelta(days=settings.retention_days),
            watermark=watermark,
        )
        self.incidents = IncidentWatch(store, lambda: self.configuration, clock)
        self._secret = secret_from(secret_file(settings))
        self._gate = Gate(self._secret, settings.measurement, clock, SAME_CLOCK)
        self._run_counts = RunCounts(
            store,
            self._gate.tally,
            lambda: self.configuration.settings.agents.measurement_url,
            self._secret,
            watermark,
            on_stored=self.judgements.mark_changed,
        )
        self._leases = LeaseService(store, lambda: self.configuration, self._secret, clock, random.random)
        judged = self.judgements.snapshot_reader(
            lambda: (dict(self.ingest.outcomes_total), dict(self.ingest.rejected_total))
        )
        self.polling = GearService(store, lambda: self.configuration, clock, random.random)
        self.read_snapshot: ReadSnapshot = lambda: msgspec.structs.replace(
            judged(),
            incidents=self.incidents.current(),
            gear=self.polling.shown(),
            rungs=self.incidents.rungs(),
            leases=self._leases.counts(),
            left_out_total=dict(self.ingest.left_out_total),
        )
        self._channels = open_channels(settings.alerting, settings.alerting.every_s)
        self.alerts = AlertRound(self.read_snapshot, store, self._channels, clock)
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"misfire_grace_time": MISFIRE_S})
        self.resources = self._resources(settings)
        self.asgi = Starlette(routes=self._routes(), exception_handlers=pages.error_handlers(), lifespan=self._life)

    @property
    def configuration(self) -> Configuration:
        """The configuration in use."""
        return self.judgements.configuration

    def _resources(self, settings: Settings) -> list[Resource]:
        """The API, in the order in which its document tells of it: one more resource is one more line here."""
        token, limits = self.store.device_for_token, settings.limits
        return [
            HealthResource(self.read_snapshot, self._clock, self._database_answers),
            MetricsResource(self.read_snapshot, self._clock, lambda: self.alerts.delivery),
            SittingsResource(self.read_snapshot),
            RoomsResource(self.read_snapshot),
            DevicesResource(self.read_snapshot),
            DeviceVerdictsResource(lambda: self.configuration, self._devices_of),
            IncidentsResource(self.read_snapshot),
            DocumentResource(lambda: self.resources),
            EnrolmentsResource(self.store, self._clock, lambda: self.configuration.schools, limits),
            WebDevicesResource(self.store, token, lambda: self.configuration, self._clock),
            PolicyResource(
                token,
                lambda: self.configuration.settings,
                self._secret,
                self._clock,
                lambda: self.configuration.ladder,
            ),
            ReportsResource(token, self.ingest, limits, self._locate),
            LeasesResource(token, self._leases, limits, self._locate),
            MeasurementResource(Point(self._gate, measuring_pages(settings))),
        ]

    def _devices_of(self, school: str) -> list[DeviceReport]:
        return judged_devices(self.configuration, self.store, self._clock(), school)

    def _routes(self) -> list[BaseRoute]:
        return [
            *(route for resource in self.resources for route in resource.routes()),
            *runbooks.routes(),
            *web_probe_pages.routes(lambda: self.configuration, lambda code: self.store.session(code, self._clock())),
            *pages.routes(self.read_snapshot, self._clock),
        ]

    def _locate(self, school: str, address: str | None) -> Location:
        known = self.configuration.schools.get(school)
        return locate(known.networks if known else (), address)

    def _database_answers(self) -> bool:
        try:
            self.store.counts()
        except StorageUnavailableError:
            return False
        return True

    @asynccontextmanager
    async def _life(self, _app: Starlette) -> AsyncIterator[None]:
        self.ingest.start()
        self._run_counts.start()
        self.start()
        try:
            yield
        finally:
            await self._run_counts.stop()
            await self.ingest.stop()
            await anyio.to_thread.run_sync(self.close)

    def start(self) -> None:
        """Starts the judging and the schedules; the writer belongs to the server's event loop and starts with it."""
        settings = self.configuration.settings
        self.judgements.start()
        self.polling.start()
        every = self._scheduler.add_job
        every(self.judgements.mark_all, "interval", seconds=settings.judge_every_s)
        every(self.reload_if_changed, "interval", seconds=settings.reload_every_s)
        every(self.alerts.run, "interval", seconds=settings.alerting.every_s)
        every(self.incidents.run, "interval", seconds=LOOK_EVERY_S, next_run_time=self._clock())
        every(self.polling.flush, "interval", seconds=FLUSH_EVERY_S)
        every(self.polling.reconfigure, "interval", seconds=SECRETS_EVERY_S)
        every(self.forget_old, "interval", hours=RETENTION_EVERY_H, next_run_time=self._clock())
        self._scheduler.start()

    def close(self) -> None:
        """Stops in order: schedules, judging, and then the store. The writer has stopped before."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self.polling.stop()
        self.judgements.stop()
        for channel in self._channels.values():
            channel.close()
        self.store.close()

    def reload_if_changed(self) -> None:
        """Takes a changed configuration into use if all of it is valid; else says why not and keeps the old one."""
        folder = self.configuration.folder
        found = fingerprint(folder)
        if found == self._fingerprint:
            return
        self._fingerprint = found
        try:
            seen = self.store.seen_sittings()
            configuration = load_configuration(folder, self._clock(), already_seen=seen, environ=self._environ)
        except ConfigurationErrors as errors:
            lines = [str(error) for error in errors]
            log.warning("configuration not taken into use, the older one stands:\n%s", "\n".join(lines))
            self.judgements.refuse(lines)
            return
        self.judgements.reconfigure(configuration)
        self.polling.reconfigure()
        log.info("changed configuration taken into use (listen, data_dir, database_url and limits at the next start)")

    def forget_old(self) -> None:
        """Deletes what is older than the retention allows, forgets browsers that are silent, and packs what is over."""
        now, days = self._clock(), self.configuration.settings.web_probe.forget_after_days
        forgotten = self.store.forget_silent_web_devices(now - timedelta(days=days), now)
        if forgotten:
            log.info("%d browsers that were not heard for %d days are devices no more", forgotten, days)
        deleted = self.store.delete_older_than(
            self._clock() - timedelta(days=self.configuration.settings.retention_days)
        )
        if deleted:
            log.info("retention: %d rows older than the configured days deleted", deleted)
        self.store.pack_before(now - LATE_REPORTS, LOADING_THE_LINE)


def build(folder: Path, clock: Clock, environ: Mapping[str, str]) -> Collector:
    """A collector of the configuration in `folder`. Raises ConfigurationErrors and StorageUnavailableError."""
    configuration, store = open_configuration(folder, clock, environ)
    return Collector(configuration, store, clock, environ)

"""Keeps the verdicts current: the edge between the store, the clock and the pure `judge`.

A school is judged again soon after its evidence changed, and every school now and then because time alone turns
evidence stale. All judging happens in one thread, so a verdict is never older than the one it replaces.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Protocol

import msgspec

from collector.clock import Clock
from collector.configuration.model import Configuration
from collector.judgement.drifting import with_drift
from collector.judgement.freshness import as_known_at
from collector.judgement.inventory import as_written_down, with_machines
from collector.judgement.snapshot import Snapshot
from collector.readiness.advice.advise import judge_and_advise
from collector.readiness.domain.calendar_warnings import calendar_warnings
from collector.readiness.domain.model import DeviceSeen, Evidence, Profile, Sitting, Status, Verdict
from collector.readiness.domain.school_days import school_days_of
from collector.readiness.domain.sittings import ends_at, starts_at
from collector.readiness.occasions.occasion import Occasion, occasion_of
from collector.readiness.verdict.laid_out import LaidOut, laid_out
from collector.readiness.verdict.room_reports import SchoolRooms, school_rooms

log = logging.getLogger(__name__)

SETTLE_S = 0.2
"""Reports come in groups: wait this long after the first, so that a group is judged once."""

REST_TIMES = 3
"""After a school, rest this many times as long as its judging took: ingest must not wait for a core. After one that had
nothing new, no longer than until another one has.
"""


NEWEST_MAY_BE_SO_OLD_DAYS = 14
"""The days that evidence goes back are counted from the newest of it, which a break may lie behind."""


class EvidenceStore(Protocol):
    """What judging needs of the store."""

    def evidence(self, school: str, as_of: datetime, since: datetime) -> Evidence: ...
    def devices(self, school: str | None = None) -> list[DeviceSeen]: ...
    def save_verdicts(self, verdicts: list[Verdict], now: datetime) -> None: ...
    def last_ready(self, sitting: str, as_of: datetime) -> tuple[bytes, datetime] | None: ...


def window(profiles: Iterable[Profile]) -> timedelta:
    """How far back evidence can matter to any of these profiles."""
    rules = [profile.evidence for profile in profiles]
    figures = [one for rule in rules for one in (rule.line_days, rule.device_days, rule.background_days) if one]
    return timedelta(days=max((one.value for one in figures), default=0) + NEWEST_MAY_BE_SO_OLD_DAYS)


def judge_sittings(
    configuration: Configuration,
    store: EvidenceStore,
    now: datetime,
    *,
    sittings: Iterable[Sitting],
    profile: Profile | None = None,
    evidence_of: Callable[[str], Evidence | LaidOut] | None = None,
) -> list[Verdict]:
    """Judges `sittings` as things stood at `now`, each by its own profile or all by `profile`.

    Evidence is read and laid out once per school, however many sittings the school has; by `evidence_of` where that was
    done before.
    """
    read = evidence_of or evidence_reader(configuration, store, now, profile)
    lay_out = functools.cache(lambda school: laid_out(read(school), now))
    return [
        judge_and_advise(
            occasion,
            profile or configuration.profile_for(sitting),
            {school.code: lay_out(school.code) for school in occasion.line_schools},
            configuration.releases,
            now,
        )
        for sitting in sittings
        for occasion in [occasion_in(configuration, sitting, now)]
    ]


def occasion_in(configuration: Configuration, sitting: Sitting, now: datetime) -> Occasion:
    """The sitting with all that goes on beside it."""
    known = configuration
    occasion = occasion_of(sitting, known.sittings, known.schools, known.lines, now, breaks=known.breaks)
    inside = configuration.settings.measurement.stands == "inside"
    alone = len(configuration.schools) == 1
    return replace(occasion, point_is_inside=inside, is_only_school=alone)


def evidence_reader(
    configuration: Configuration, store: EvidenceStore, now: datetime, profile: Profile | None = None
) -> Callable[[str], Evidence]:
    """Reads a school's evidence as of `now`, each school's once, with what the operator has written down beside it.
    It goes back to the beginning of a day, so that from one judgement to the next the oldest of it is the same.
    """
    since = now - window([*configuration.profiles.values(), *([profile] if profile else [])])
    since = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

    def read(school: str) -> Evidence:
        known = with_machines(store.evidence(school, now, since), configuration)
        known = msgspec.structs.replace(known, school_days=school_days_of(school, configuration.breaks))
        return with_contract(with_map(known, configuration), configuration)

    return functools.cache(read)


def with_map(evidence: Evidence, configuration: Configuration) -> Evidence:
    """The evidence, with the access points that network.yaml knows by address. Gear tells those known by name."""
    places = [one for one in configuration.access_points if one.school == evidence.school]
    rooms = {one.mac.lower(): one.room for one in places if one.mac is not None and one.room is not None}
    return msgspec.structs.replace(evidence, access_points=rooms) if rooms else evidence


def with_contract(evidence: Evidence, configuration: Configuration) -> Evidence:
    """The evidence, with what the contract says of the line that the school hangs on."""
    shared = (one.line for one in configuration.lines if evidence.school in one.schools)
    line = next(shared, None) or configuration.schools[evidence.school].line
    told = {"down_mbit_s": line.down_mbit_s, "up_mbit_s": line.up_mbit_s} if line is not None else {}
    contract = {fact: rate for fact, rate in told.items() if rate is not None}
    return msgspec.structs.replace(evidence, contract=contract) if contract else evidence


def still_to_come(sitting: Sitting, now: datetime) -> bool:
    """Whether a verdict on this sitting is still of use: it has not ended."""
    return not sitting.held and ends_at(sitting, now) > now


def not_judged_yet(configuration: Configuration, judged: Container[str], now: datetime) -> list[Verdict]:
    """An unknown verdict for each sitting to come that is not among those `judged`: nobody has looked at it since the
    start, or since it was written, and all counts must have it.
    """
    return [
        Verdict(
            sitting=sitting,
            starts_at=starts_at(sitting, now, configuration.breaks),
            school=configuration.schools[sitting.school],
            profile=configuration.profile_for(sitting).id,
            judged_at=configuration.loaded_at,
            status=Status.UNKNOWN,
            headroom=None,
            binding=None,
            next_binding=None,
            findings=[],
            simulated=configuration.schools[sitting.school].simulated,
            warnings=calendar_warnings(sitting, now, configuration.breaks),
        )
        for sitting in configuration.sittings
        if sitting.id not in judged and still_to_come(sitting, now)
    ]


class JudgementService:
    """The newest verdict of every sitting, kept current by a thread of its own."""

    def __init__(
        self, configuration: Configuration, store: EvidenceStore, clock: Clock, *, known_until: Clock | None = None
    ) -> None:
        """Knows nothing until `start` (or `judge_now`); `configuration` can be exchanged while running. Judged is as of
        `known_until`, so that the same can be judged again later; the clock says how old a verdict is.
        """
        self._store = store
        self._clock = clock
        self._known_until = known_until or clock
        self._configuration = configuration
        self._configuration_errors: list[str] = []
        self._verdicts: dict[str, Verdict] = {}
        self._rooms: dict[str, SchoolRooms] = {}
        self._devices: dict[str, list[DeviceSeen]] | None = None
        self._judged_at: datetime | None = None
        self._changed: dict[str, None] = {}
        self._aged: dict[str, None] = {}
        self._wake = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Judges every school soon, and again whenever `mark_changed` says so, until `stop`."""
        self.mark_all()
        self._thread = threading.Thread(target=self._run, name="judging", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the school it is at."""
        self._stopping.set()
        with self._wake:
            self._wake.notify()
        if self._thread:
            self._thread.join(timeout=30)

    def mark_changed(self, schools: Iterable[str]) -> None:
        """Evidence of these schools changed: they, and whoever shares a line with them, come before those that have
        only aged.
        """
        with self._wake:
            self._changed |= {code: None for one in schools for code in self._configuration.schools_on_line(one)}
            self._wake.notify()

    def mark_heard(self, schools: Iterable[str]) -> None:
        """These schools were heard again and said nothing new: they are due as if time had passed, so that whoever has
        something new is judged first, however much comes in.
        """
        with self._wake:
            self._aged |= {code: None for one in schools for code in self._configuration.schools_on_line(one)}
            self._wake.notify()

    def mark_all(self) -> None:
        """Time has passed, or the configuration changed: every school is due."""
        with self._wake:
            self._aged |= dict.fromkeys(self._configuration.schools)
            self._wake.notify()

    def reconfigure(self, configuration: Configuration) -> None:
        """Takes a new, valid configuration into use."""
        with self._wake:
            self._configuration = configuration
            self._configuration_errors = []
            self._devices = None
            known = {sitting.id for sitting in configuration.sittings}
            self._verdicts = {id_: verdict for id_, verdict in self._verdicts.items() if id_ in known}
            self._rooms = {code: rooms for code, rooms in self._rooms.items() if code in configuration.schools}
        self.mark_all()

    def refuse(self, errors: list[str]) -> None:
        """Notes why the files on disk could not be taken into use; the older configuration stands."""
        with self._wake:
            self._configuration_errors = errors

    @property
    def configuration(self) -> Configuration:
        """The configuration in use."""
        return self._configuration

    def judge_now(self, schools: set[str]) -> None:
        """Judges all sittings of `schools` and takes the verdicts into use.

        When the configuration was exchanged meanwhile the verdicts are thrown away: the exchange marked every
        school, so they are judged again at once by the new one.
        """
        now, configuration = self._known_until(), self._configuration
        current = [s for s in configuration.sittings if s.school in schools and still_to_come(s, now)]
        read = evidence_reader(configuration, self._store, now)
        lay_out = functools.cache(lambda school: laid_out(read(school), now))
        verdicts = judge_sittings(configuration, self._store, now, sittings=current, evidence_of=lay_out)
        verdicts = with_drift(configuration, self._store, verdicts, lay_out)
        profile = configuration.profiles[configuration.settings.profile]
        known = [configuration.schools[code] for code in schools if code in configuration.schools]
        rooms = [school_rooms(school, profile, lay_out(school.code), configuration.releases, now) for school in known]
        if self._take(configuration, schools, verdicts, rooms, now):
            self._keep(verdicts, now)

    def _keep(self, verdicts: list[Verdict], now: datetime) -> None:
        try:
            self._store.save_verdicts(verdicts, now)
        except Exception:  # a full disk must not turn fresh verdicts into unknown ones
            log.exception("verdicts could not be written to the history; they are shown all the same")

    def _take(
        self,
        configuration: Configuration,
        schools: set[str],
        verdicts: list[Verdict],
        rooms: list[SchoolRooms],
        now: datetime,
    ) -> bool:
        devices = self._devices_now(configuration, schools)
        with self._wake:
            if configuration is not self._configuration:
                return False
            kept = {id_: v for id_, v in self._verdicts.items() if v.sitting.school not in schools}
            self._verdicts = kept | {verdict.sitting.id: verdict for verdict in verdicts}
            self._rooms |= {one.school: one for one in rooms}
            self._devices = devices
            self._judged_at = now
        return True

    def _devices_now(self, configuration: Configuration, schools: set[str]) -> dict[str, list[DeviceSeen]]:
        """All devices by school; those of the `schools` read anew, and all where none were read yet."""
        known = self._devices
        if known is None:
            by_school: dict[str, list[DeviceSeen]] = {}
            for one in as_written_down(self._store.devices(), configuration):
                by_school.setdefault(one.school, []).append(one)
            return by_school
        return known | {code: as_written_down(self._store.devices(code), configuration) for code in schools}

    def _forget(self, school: str) -> None:
        """What could not be judged is unknown: an older verdict left standing could be a wrong "ready"."""
        with self._wake:
            self._rooms.pop(school, None)
            for id_, verdict in self._verdicts.items():
                if verdict.sitting.school == school:
                    self._verdicts[id_] = msgspec.structs.replace(
                        verdict, status=Status.UNKNOWN, headroom=None, binding=None, next_binding=None, findings=[]
                    )

    def snapshot_reader(self, counts: Callable[[], tuple[dict[str, int], dict[str, int]]]) -> Callable[[], Snapshot]:
        """A reader of snapshots, as known when they are read, with the ingest's counts (outcomes, rejected by code)."""

        def judged() -> Snapshot:
            outcomes, rejected = counts()
            now = self._clock()
            with self._wake:
                verdicts = [*self._verdicts.values(), *not_judged_yet(self._configuration, self._verdicts, now)]
                return Snapshot(
                    judged_at=self._judged_at,
                    configuration=self._configuration,
                    verdicts=sorted(verdicts, key=lambda v: (v.starts_at, v.school.name, v.sitting.id)),
                    devices=list(chain.from_iterable((self._devices or {}).values())),
                    outcomes_total=outcomes,
                    rejected_total=rejected,
                    configuration_errors=self._configuration_errors,
                    rooms=dict(self._rooms),
                )

        return lambda: as_known_at(judged(), self._clock())

    def _run(self) -> None:
        while (due := self._next()) is not None:
            (school, is_new), began_s = due, time.thread_time()
            try:
                self.judge_now({school})
            except Exception:  # a school that cannot be judged must not stop the judging of the others
                log.exception("school %s could not be judged: its sittings are unknown until it can be", school)
                self._forget(school)
            self._rest(REST_TIMES * (time.thread_time() - began_s), until_news=not is_new)

    def _rest(self, seconds: float, *, until_news: bool) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopping.is_set() or (until_news and bool(self._changed)), seconds)

    def _next(self) -> tuple[str, bool] | None:
        """The school that has waited longest since its evidence changed, else since time made it due, and which of the
        two it is; None to stop.
        """
        with self._wake:
            self._wake.wait_for(lambda: self._changed or self._aged or self._stopping.is_set())
            is_new = bool(self._changed)
        if is_new:
            self._stopping.wait(SETTLE_S)
        if self._stopping.is_set():
            return None
        with self._wake:
            is_new = bool(self._changed)
            school = next(iter(self._changed or self._aged))
            self._changed.pop(school, None)
            self._aged.pop(school, None)
            return school, is_new

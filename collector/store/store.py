"""Everything that the collector remembers, behind one object. Any thread may call it.

Every method may raise StorageUnavailableError; then nothing was changed. Times that go in and come out are aware UTC.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.exc import IntegrityError

from agent.protocol.wire import Enrolled, Enrolment
from collector.readiness.alerts.decide import AlertRecord
from collector.readiness.domain.model import CountedRun, DeviceSeen, Evidence, Observation, Rehearsal, Verdict
from collector.readiness.domain.sessions import Seat, SupervisedSession
from collector.readiness.leases.scheduler import LineUse
from collector.store import (
    counted,
    devices,
    documents,
    gear,
    gear_writing,
    history,
    leases,
    packed_weeks,
    rehearsals,
    rejections,
    retention,
    sessions,
    web_devices,
)
from collector.store.contents import Content
from collector.store.database import Database, memory_database, open_database
from collector.store.device_evidence import read_device
from collector.store.devices import Counts, EnrolmentKey
from collector.store.evidence import read_evidence
from collector.store.kept_devices import KeptDevices
from collector.store.lru_cache import LruCache
from collector.store.probe_history import read_probe
from collector.store.reports import ReceiptOutcome, ReceivedReport, RejectedReport
from collector.store.timestamps import DayNumber, day_of, microseconds
from collector.store.writing import Memory, Statements, remember, write_group

TOKEN_REMEMBERED_S = 10.0
"""How long a token is taken as checked: as long, a device revoked by another process can still be heard."""
REMEMBERED_TOKENS = 50_000

_SAID = "alert_said"


class Store:
    """Made by `Store.open`."""

    def __init__(self, database: Database) -> None:
        """Over a database whose tables are up to date."""
        self._database = database
        self._statements = Statements(database)
        self._memory = Memory()
        self._kept = KeptDevices()
        self._one_writer = threading.Lock()
        self._tokens: LruCache[bytes, tuple[DeviceSeen, float]] = LruCache(REMEMBERED_TOKENS)
        self._tokens_lock = threading.Lock()
        self._monotonic_s = time.monotonic

    @classmethod
    def open(cls, url: str, busy_timeout_s: float = 5.0) -> Store:
        """Opens the database at an SQLAlchemy address and brings its tables up to date.

        `busy_timeout_s` is how long to wait for another program's lock. Raises StorageUnavailableError or
        UnreadableStoreError, with what to do.
        """
        return cls(open_database(url, busy_timeout_s))

    @classmethod
    def in_memory(cls) -> Store:
        """An empty store that lasts no longer than this object, for the thread that made it."""
        return cls(memory_database())

    def close(self) -> None:
        """Gives back every connection to the database."""
        self._database.close()

    # --- devices and their keys ---------------------------------------------------------------------------------

    def create_enrolment_key(self, school: str, label: str, now: datetime) -> tuple[str, str]:
        """Makes a key for a school; gives its id and the key, which can not be read again."""
        with self._database.writing() as connection:
            return devices.create_key(connection, school, label, now)

    def revoke_enrolment_key(self, key_id: str, now: datetime) -> bool:
        """Ends a key; devices that enrolled with it stay. False if there is no such key that still worked."""
        with self._database.writing() as connection:
            return devices.revoke_key(connection, key_id, now)

    def enrolment_keys(self) -> list[EnrolmentKey]:
        """All keys, oldest first, without the secrets."""
        with self._database.reading() as connection:
            return devices.read_keys(connection)

    def enrol(self, enrolment: Enrolment, now: datetime) -> Enrolled:
        """Adds a device. Raises EnrolmentRefusedError when the key is not valid for the school."""
        with self._database.writing() as connection:
            return devices.enrol_device(connection, enrolment, now)

    def restore_device(self, device: DeviceSeen, now: datetime) -> bool:
        """Adds a device that enrolled elsewhere, under the id that it has there. False if that id is taken."""
        with self._database.writing() as connection:
            return devices.restore_device(connection, self._database.insert_into, device, now)

    def join_web_device(self, visit: web_devices.Visit, now: datetime, *, most_per_day: int) -> Enrolled:
        """Adds a browser that ran the web probe. Raises EnrolmentRefusedError when the school lets no more in."""
        with self._database.writing() as connection:
            return web_devices.join(connection, self._database.insert_into, visit, now, most_per_day=most_per_day)

    def forget_silent_web_devices(self, since: datetime, now: datetime) -> int:
        """Ends browsers that were not heard since then; gives how many."""
        with self._database.writing() as connection:
            return web_devices.forget_silent(connection, since, now)

    def device_evidence(self, device: DeviceSeen, as_of: datetime, since: datetime) -> Evidence:
        """What one device said from `since` to `as_of`."""
        with self._database.reading() as connection:
            return read_device(connection, device, as_of, since)

    def device_for_token(self, token: str) -> DeviceSeen | None:
        """The device that holds the token; None if there is none or it was revoked (at most ten seconds late)."""
        token_hash = devices.secret_hash(token)
        with self._tokens_lock:
            known = self._tokens.get(token_hash)
        if known is not None and known[1] > self._monotonic_s():
            return known[0]
        with self._database.reading() as connection:
            device = devices.find_by_token(connection, token_hash)
        with self._tokens_lock:
            if device is None:
                self._tokens.forget(token_hash)
            else:
                self._tokens.put(token_hash, (device, self._monotonic_s() + TOKEN_REMEMBERED_S))
        return device

    def revoke_device(self, device_id: str, now: datetime) -> bool:
        """Ends a device's token. False if there is no such device that still had one."""
        with self._database.writing() as connection:
            revoked = devices.revoke(connection, device_id, now)
        with self._tokens_lock:
            self._tokens.clear()
        return revoked

    def devices(self, school: str | None = None) -> list[DeviceSeen]:
        """The devices that are not revoked, of one school or of all, in the order in which they enrolled."""
        with self._database.reading() as connection:
            return devices.read_devices(connection, school)

    def counts(self) -> Counts:
        """How many devices there are and how many reports were ever stored; cheap."""
        with self._database.reading() as connection:
            return devices.read_counts(connection)

    # --- supervised sessions ------------------------------------------------------------------------------------

    def open_session(
        self, school: str, room: str, now: datetime, length: timedelta, *, without_agents: bool = False
    ) -> SupervisedSession:
        """Opens a supervised session in a room; it closes by itself."""
        with self._database.writing() as connection:
            return sessions.open_session(connection, school, room, now, length, without_agents=without_agents)

    def close_session(self, code: str, now: datetime) -> bool:
        """Ends a session early. False if none goes on under that code."""
        with self._database.writing() as connection:
            return sessions.close(connection, code, now)

    def session(self, code: str, now: datetime) -> SupervisedSession | None:
        """The session that goes on under the code that somebody typed."""
        with self._database.reading() as connection:
            return sessions.find(connection, code, now)

    def sessions(self) -> list[tuple[SupervisedSession, int]]:
        """Every session that is kept, the newest first, and how many browsers took part."""
        with self._database.reading() as connection:
            return sessions.read_all(connection)

    def take_part(self, device_id: str, session: SupervisedSession, now: datetime) -> None:
        """Notes that a browser takes part in a session from now on."""
        with self._database.writing() as connection:
            sessions.take_part(connection, self._database.insert_into, device_id, session, now)

    def seats(self, device_ids: Collection[str]) -> dict[str, list[Seat]]:
        """The sessions that each of these devices took part in, the newest first."""
        with self._database.reading() as connection:
            return sessions.seats_of(connection, device_ids)

    # --- reports ------------------------------------------------------------------------------------------------

    def holds(self, device_id: str, content: Content) -> bool:
        """Whether this content is known to be stored as the device's newest, so that it was checked before."""
        return self._memory.holds(device_id, content)

    def write_reports(
        self, received: Sequence[ReceivedReport], refused: Sequence[RejectedReport] = ()
    ) -> list[ReceiptOutcome]:
        """Stores reports, each report id once per device, and keeps refused ones: all or nothing, on disk on return."""
        with self._one_writer:
            try:
                return self._write(received, refused)
            except IntegrityError:
                # Another process removed old content that this one still remembered as stored.
                self._memory.contents.clear()
                return self._write(received, refused)

    def _write(self, received: Sequence[ReceivedReport], refused: Sequence[RejectedReport]) -> list[ReceiptOutcome]:
        with self._database.writing() as connection:
            outcomes, group = write_group(self._statements, connection, received, self._memory)
            rejections.keep(connection, refused)
        remember(self._memory, group)
        return outcomes

    def rejected(self, limit: int) -> list[rejections.Rejection]:
        """The newest refused reports, newest first."""
        with self._database.reading() as connection:
            return rejections.read(connection, limit)

    def save_counted(self, runs: Sequence[CountedRun]) -> set[str]:
        """Writes down what a measurement point counted, each run once; gives the schools with something new."""
        with self._database.writing() as connection:
            return counted.save(connection, self._database.insert_into, runs)

    def save_rehearsals(self, told: Sequence[Rehearsal]) -> set[str]:
        """Writes down what was told of rehearsals, each version once; gives the schools with something new."""
        with self._database.writing() as connection:
            return rehearsals.save(connection, self._database.insert_into, told)

    def evidence(self, school: str, as_of: datetime, since: datetime) -> Evidence:
        """What was known about a school at `as_of`, back to `since`, and the newest of each probe whatever its age."""
        with self._database.reading() as connection:
            return read_evidence(connection, school, as_of, since, self._kept)

    def probe_history(self, probe: str, as_of: datetime, since: datetime) -> dict[str, list[Observation]]:
        """What one probe said at all schools from `since` until `as_of`, by school and oldest first."""
        with self._database.reading() as connection:
            return read_probe(connection, probe, as_of, since)

    def pack_before(self, moment: datetime, loose_probes: Collection[str] = ()) -> int:
        """Packs what was said on UTC days that were over by `moment`, but for these probes; gives how many devices had
        any. A week of a device at a time, so that ingest never waits long.
        """
        with self._database.reading() as connection:
            known = retention.device_ids(connection)
        before = day_of(microseconds(moment))
        return sum(self._pack(number, device_id, before, loose_probes) for number, device_id in known.items())

    def _pack(self, number: int, device_id: str, before: DayNumber, loose_probes: Collection[str]) -> bool:
        """A week at a time."""
        weeks = 0
        while True:
            with self._one_writer:
                with self._database.writing() as connection:
                    gone = packed_weeks.pack(connection, self._database.insert_into, number, before, loose_probes)
                self._memory.forget(device_id, gone or ())
            if gone is None:
                return weeks > 0
            weeks += 1

    def delete_older_than(self, moment: datetime) -> int:
        """Removes raw data from before `moment`; gives how many rows of history, gear and refused reports went."""
        before = microseconds(moment)
        with self._database.reading() as connection:
            numbers = retention.device_numbers(connection)
        gone = 0
        for number in numbers:
            with self._one_writer, self._database.writing() as connection:
                gone += retention.forget_device_before(connection, number, before)
                self._memory.contents.clear()
        with self._database.reading() as connection:
            polled = gear.numbers(connection)
        for number in polled:
            with self._database.writing() as connection:
                gone += gear.forget_before(connection, number, before)
        with self._database.writing() as connection:
            gone += sessions.forget_before(connection, before)
            gone += rehearsals.forget_before(connection, before)
            return gone + retention.forget_rejected_before(connection, before)

    # --- network gear -------------------------------------------------------------------------------------------

    def name_gear(self, named: Mapping[gear.GearKey, bool], now: datetime) -> None:
        """Notes the devices of `network.yaml`, by school and id, and which of them have an uplink."""
        with self._database.writing() as connection:
            gear.keep_only(self._database, connection, named, now)

    def save_gear(self, readings: Sequence[gear.GearReading]) -> None:
        """Writes polls down, all or nothing; each may be given once."""
        with self._database.writing() as connection:
            gear_writing.save(self._database, connection, readings)

    def gear(self) -> list[gear.GearState]:
        """The last poll of every device that is named now."""
        with self._database.reading() as connection:
            return gear.read_states(connection)

    # --- leases of lines ----------------------------------------------------------------------------------------

    def line_use(self, school: str, probe: str, since: datetime, now: datetime, *, strangers: bool = True) -> LineUse:
        """When the school's line was leased for a probe since then, and until when some device holds it. Without
        `strangers`, leases of browsers that nobody supervised are left out.
        """
        with self._database.reading() as connection:
            return leases.read_use(connection, school, probe, since, now, strangers=strangers)

    def grant_lease(self, lease: leases.NewLease, forget_before: datetime) -> bool:
        """Gives the line to a device. False, and nothing changed, if another device was given it meanwhile."""
        try:
            with self._database.writing() as connection:
                leases.grant(connection, lease, forget_before)
        except IntegrityError:
            return False
        return True

    def give_back_lease(self, lease_id: str, device_id: str) -> bool:
        """Frees the line early. False if the device holds no such lease (any more)."""
        with self._database.writing() as connection:
            return leases.give_back(connection, lease_id, device_id)

    # --- conclusions --------------------------------------------------------------------------------------------

    def save_verdicts(self, verdicts: Sequence[Verdict], now: datetime) -> None:
        """Adds a row of history for each verdict that changed, and notes sittings judged while still to come."""
        with self._database.writing() as connection:
            history.save(self._database, connection, verdicts, now)

    def seen_sittings(self) -> set[str]:
        """Ids of sittings that were judged while they were still to come."""
        with self._database.reading() as connection:
            return history.seen_sittings(connection)

    def last_verdicts(self) -> list[history.StoredVerdict]:
        """The newest verdict of every sitting ever judged."""
        with self._database.reading() as connection:
            return history.last_verdicts(connection)

    def last_ready(self, sitting: str, as_of: datetime) -> tuple[bytes, datetime] | None:
        """The last verdict of a sitting that was ready by then, as JSON, and until when; None where none was."""
        with self._database.reading() as connection:
            return history.last_ready(connection, sitting, as_of)

    def documents(self, kind: str) -> dict[str, bytes]:
        """The JSON documents of a kind by key, for example what alerts were said."""
        with self._database.reading() as connection:
            return documents.read(connection, kind)

    def save_documents(self, kind: str, changed: Mapping[str, bytes], removed: Collection[str] = ()) -> None:
        """Writes and removes documents of a kind, all or nothing."""
        with self._database.writing() as connection:
            documents.save(self._database, connection, kind, changed, removed)

    def alerts_said(self) -> list[AlertRecord]:
        """What was said about causes so far, by key."""
        return [msgspec.json.decode(body, type=AlertRecord) for body in self.documents(_SAID).values()]

    def save_said(self, said: Sequence[AlertRecord]) -> None:
        """Remembers what was said, each in place of what its key held before."""
        self.save_documents(_SAID, {one.key: msgspec.json.encode(one) for one in said})

"""Takes what lines bring as the edges of a live collector do: one method for each kind of line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collector.configuration.model import Configuration
from collector.facts.catalogue import check_facts
from collector.ingest.answers import answer_to
from collector.ingest.rehearsals import with_sessions
from collector.ingest.validate import UNREADABLE, Acceptance, check_report, place_and_fault
from collector.readiness.domain.location import locate
from collector.readiness.domain.model import CountedRun, DeviceSeen, Participant, Rehearsal, Text
from collector.readiness.domain.sessions import SupervisedSession
from collector.replay.gear import gear_reading
from collector.replay.lines import (
    EnrolledLine,
    GearLine,
    KnownDevice,
    LineRefusedError,
    MeasuredLine,
    RehearsalLine,
    ReplayLine,
    ReportLine,
    RevokedLine,
    SessionLine,
)
from collector.replay.receipts import Receipts
from collector.replay.rehearsals import rehearsed
from collector.replay.seats import Seats
from collector.replay.supplement import Supplement
from collector.store.gear import GearKey, GearReading
from collector.store.reports import ReceivedReport, RejectedReport
from collector.store.store import Store
from collector.store.timestamps import microseconds

DAY = timedelta(days=1)
WRITTEN_TOGETHER = 1_000
"""Reports and polls gather up to so many before they are written: all that a transaction costs is shared by them."""


class _Sender(msgspec.Struct):
    """What must be read of a report to know whose it is: there is no token here."""

    device_id: str


_sender = msgspec.json.Decoder(_Sender)


class Intake:
    """Writes into `store`, and into `beside` what the store does not keep; counts in `receipts`. What was taken is
    written by `flush` at the latest.
    """

    def __init__(self, configuration: Configuration, store: Store, beside: Supplement, receipts: Receipts) -> None:
        """A collector that has not started yet: see `pass_time`."""
        self._configuration, self._store, self._beside, self._receipts = configuration, store, beside, receipts
        self._began_at: datetime | None = None
        self._tidy_at: datetime | None = None
        self._devices: dict[str, DeviceSeen] = {}
        self._gone: set[str] = set()
        self._good: list[ReceivedReport] = []
        self._bad: list[RejectedReport] = []
        self._polls: list[GearReading] = []
        self._counted: list[CountedRun] = []
        self._rehearsals: list[Rehearsal] = []
        self._gear: dict[GearKey, bool] = {
            (device.school or "", device.id): device.uplink is not None for device in configuration.network
        }
        self._seats = Seats()
        self._retention = timedelta(days=configuration.settings.retention_days)
        self._acceptance = Acceptance(self._retention, check_facts, store.holds)
        self._takers: dict[type[ReplayLine], Callable[[Any], None]] = {
            ReportLine: self._report,
            EnrolledLine: self._enrolled,
            RevokedLine: self._revoked,
            GearLine: self._polled,
            MeasuredLine: self._measured,
            SessionLine: self._session,
            RehearsalLine: self._rehearsal,
        }

    def take(self, line: ReplayLine) -> None:
        """Takes one line. Raises LineRefusedError."""
        self._takers[type(line)](line)
        if len(self._good) + len(self._polls) + len(self._counted) >= WRITTEN_TOGETHER:
            self.flush()

    def pass_time(self, now: datetime) -> None:
        """Does what a collector does at its start and once a day: notes the gear that is named, ends browsers that are
        silent, and forgets what is older than it keeps.
        """
        if self._began_at is None or self._tidy_at is None:
            self._began_at, self._tidy_at = now, now + DAY
            self._store.name_gear(self._gear, now)
        if now >= self._tidy_at:
            at = self._tidy_at + (now - self._tidy_at) // DAY * DAY
            self._tidy_at = at + DAY
            self._tidy(at)

    def flush(self) -> None:
        """Writes down what has gathered."""
        if self._good or self._bad:
            for report, outcome in zip(self._good, self._store.write_reports(self._good, self._bad), strict=True):
                remark = "duplicate" if outcome == "duplicate" else answer_to(0, report, outcome).code
                if remark is not None:
                    self._receipts.remarks[remark] += 1
        if self._polls:
            self._store.save_gear(self._polls)
        if self._counted:
            self._store.save_counted(self._counted)
        if self._rehearsals:
            self._store.save_rehearsals(self._rehearsals)
            self._rehearsals = []
        self._good, self._bad, self._polls, self._counted = [], [], [], []

    def _tidy(self, at: datetime) -> None:
        self.flush()
        silent_since = at - timedelta(days=self._configuration.settings.web_probe.forget_after_days)
        if self._store.forget_silent_web_devices(silent_since, at):
            self._gone |= self._devices.keys() - {device.device_id for device in self._store.devices()}
        if self._began_at is not None and self._began_at < at - self._retention:
            self._store.delete_older_than(at - self._retention)

    # --- what each kind brings ------------------------------------------------------------------------------------

    def _report(self, line: ReportLine) -> None:
        raw = bytes(line.report)
        device = self._heard(_sender_of(raw), line.school, "$.report.device_id")
        where = locate(self._configuration.schools[line.school].networks, line.address)
        seats = self._seats.of(device)
        report = check_report(raw, device, where, microseconds(line.received_at), self._acceptance, seats=seats)
        if isinstance(report, RejectedReport):
            self._bad.append(report)
            why = Text("replay_report_refused", {"code": report.code, "message": report.message})
            raise LineRefusedError(why, _within("$.report", report.place))
        if report.room is not None:
            self._devices[device.device_id] = msgspec.structs.replace(device, room=report.room)
        self._good.append(report)

    def _enrolled(self, line: EnrolledLine) -> None:
        self._check_school(line.school)
        device = _as_enrolled(line.device, line.school, line.received_at)
        if not self._store.restore_device(device, line.received_at):
            raise LineRefusedError(Text("replay_device_twice", {"device": device.device_id}), "$.device.device_id")
        self._beside.enrol(line.device, device)
        self._devices[device.device_id] = device

    def _revoked(self, line: RevokedLine) -> None:
        device = self._heard(line.device_id, None, "$.device_id")
        self._store.revoke_device(device.device_id, line.received_at)
        self._beside.revoke(device.device_id, line.received_at.astimezone(UTC))
        self._gone.add(device.device_id)

    def _polled(self, line: GearLine) -> None:
        if line.school is not None:
            self._check_school(line.school)
        if (line.school or "", line.gear.device) not in self._gear:
            known = ", ".join(sorted(device for _, device in self._gear)) or "–"
            values = {"gear": line.gear.device, "school": line.school or "–", "known": known}
            raise LineRefusedError(Text("replay_unknown_gear", {**values}), "$.gear.device")
        for index, radio in enumerate(line.gear.radios):
            if radio.school is None and line.school is None:
                raise LineRefusedError(Text("replay_radio_of_no_school"), f"$.gear.radios[{index}]")
            if radio.school is not None:
                self._check_school(radio.school, f"$.gear.radios[{index}].school")
        self._polls.append(gear_reading(line))

    def _measured(self, line: MeasuredLine) -> None:
        self._heard(line.run.device_id, line.school, "$.run.device_id")
        told = msgspec.structs.asdict(line.run) | {"at": line.run.at.astimezone(UTC)}
        run = CountedRun(received_at=line.received_at.astimezone(UTC), **told)
        self._counted.append(run)

    def _session(self, line: SessionLine) -> None:
        self._check_school(line.school)
        rooms = self._rooms(line.school)
        if line.session.room not in rooms:
            values = {"room": line.session.room, "school": line.school, "known": ", ".join(rooms) or "–"}
            raise LineRefusedError(Text("replay_unknown_room", {**values}), "$.session.room")
        told = line.session
        here = SupervisedSession(
            told.id, told.id, line.school, told.room, told.begins_at, told.until, told.without_agents
        )
        joining = {self._heard(one, line.school, "$.session.devices").device_id for one in told.devices}
        self._seats.note(here, joining, line.received_at)
        if told.without_agents:
            self._beside.note_without_agent(joining)

    def _rehearsal(self, line: RehearsalLine) -> None:
        self._check_school(line.school)
        sittings = [one.id for one in self._configuration.sittings if one.school == line.school]
        if line.rehearsal.sitting not in sittings:
            values = {"sitting": line.rehearsal.sitting, "school": line.school, "known": ", ".join(sittings) or "–"}
            raise LineRefusedError(Text("replay_unknown_sitting", {**values}), "$.rehearsal.sitting")
        rehearsal = rehearsed(line)
        if rehearsal.ends_at <= rehearsal.begins_at:
            raise LineRefusedError(Text("replay_ends_first"), "$.rehearsal.until")
        known = {one.device_id: self._took_part(one, index, line) for index, one in enumerate(rehearsal.participants)}
        if len(known) < len(rehearsal.participants):
            raise LineRefusedError(Text("replay_takes_part_twice"), "$.rehearsal.participants")
        self._rehearsals.append(with_sessions(rehearsal, lambda device_id: self._seats.of(known[device_id])))

    def _took_part(self, one: Participant, index: int, line: RehearsalLine) -> DeviceSeen:
        """The device of a participant, in a room of the school."""
        place, rooms = f"$.rehearsal.participants[{index}]", self._rooms(line.school)
        if one.room is not None and one.room not in rooms:
            values = {"room": one.room, "school": line.school, "known": ", ".join(rooms) or "–"}
            raise LineRefusedError(Text("replay_unknown_room", {**values}), f"{place}.room")
        return self._heard(one.device_id, line.school, f"{place}.device_id")

    # --- what they share ------------------------------------------------------------------------------------------

    def _rooms(self, school: str) -> list[str]:
        return [room.id for room in self._configuration.schools[school].rooms]

    def _check_school(self, school: str, place: str = "$.school") -> None:
        if school not in self._configuration.schools:
            raise LineRefusedError(Text("replay_unknown_school", {"school": school}), place)

    def _heard(self, device_id: str, school: str | None, place: str) -> DeviceSeen:
        """The device, if it is heard now and of that school."""
        if school is not None:
            self._check_school(school)
        device = self._devices.get(device_id)
        if device is None:
            raise LineRefusedError(Text("replay_unknown_device", {"device": device_id}), place)
        if device_id in self._gone:
            raise LineRefusedError(Text("replay_device_gone", {"device": device_id}), place)
        if school is not None and device.school != school:
            values = {"device": device_id, "school": device.school, "told": school}
            raise LineRefusedError(Text("replay_other_school", {**values}), "$.school")
        return device


def _as_enrolled(told: KnownDevice, school: str, at: datetime) -> DeviceSeen:
    return DeviceSeen(
        device_id=told.device_id,
        school=school,
        room=told.room,
        label=told.label,
        enrolled_at=at.astimezone(UTC),
        last_seen_at=None,
        agent_version=None,
        clock_offset_s=None,
        simulated=told.simulated,
        kind=told.kind,
    )


def _sender_of(raw: bytes) -> str:
    try:
        return _sender.decode(raw).device_id
    except UNREADABLE as error:
        place, fault = place_and_fault(error)
        raise LineRefusedError(Text("replay_malformed", {"fault": fault}), _within("$.report", place)) from None


def _within(outer: str, place: str | None) -> str:
    """A place in a part of the line as a place in the line."""
    return outer + (place or "$").removeprefix("$")

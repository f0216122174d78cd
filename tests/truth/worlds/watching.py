"""What of a world reaches the collector: which machine reports what and when, as lines of a replay."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from tests.truth.worlds import results
from tests.truth.worlds.air import Link, Room
from tests.truth.worlds.days import LESSONS, at
from tests.truth.worlds.line import STRETCH_S, Rates
from tests.truth.worlds.machines import AWAY, Machine, whenever
from tests.truth.worlds.rehearsing import Hold, holds, is_turned_away, seats_of
from tests.truth.worlds.results import Ends, Result, stamp
from tests.truth.worlds.school import Rehearsing, School, Session

Line = dict[str, Any]
Received = tuple[datetime, int, Line]
OUTAGE_STEP = timedelta(minutes=5)
POLLED_HOURS = (7, 17)
BEFORE_REHEARSAL_MIN = 6
"""So long before it begins, people come in."""


def never(_: datetime) -> str | None:
    """No run breaks."""
    return None


@dataclass
class Watch:
    """How a world is watched on its `days`. A run of the line is made in each of `run_hours`, and breaks where `breaks`
    gives a code. A share of the reports comes `twice`.
    """

    days: Sequence[date]
    run_hours: Sequence[int] = LESSONS
    report_hours: Sequence[int] = (8, 12)
    report_span_h: float = 3.95
    breaks: Callable[[datetime], str | None] = never
    tests_internet: bool = False
    twice: float = 0.0
    counts_runs: bool = True
    polled: Callable[[datetime], bool] = whenever


@dataclass
class Watcher:
    """Writes down what reaches the collector of one school; `until` is when it was asked last."""

    rng: random.Random
    school: School
    watch: Watch
    until: datetime
    received: list[Received] = field(default_factory=list)
    _ran: list[tuple[datetime, Rates]] = field(default_factory=list)
    _rehearsed: list[Hold] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def lines(self) -> list[Received]:
        """All of it, in no order."""
        self._enrolments()
        for day in self.watch.days:
            for hour in self.watch.run_hours:
                self._run(at(day, hour + self.rng.uniform(0.03, 0.95)))
            for machine in self.school.machines:
                for hour in self.watch.report_hours:
                    self._report(machine, at(day, hour + self.rng.uniform(0.02, self.watch.report_span_h)))
            self._together(day)
            if self.school.has_counters:
                self._poll_line(day)
            if self.school.has_controller:
                self._poll_air(day)
        return [one for one in self.received if one[0] <= self.until]

    def _together(self, day: date) -> None:
        """Sessions and rehearsals of that day, in their order."""
        held: list[Session | Rehearsing] = [*self.school.sessions, *self.school.rehearsals]
        for one in sorted((one for one in held if one.begins_at.date() == day), key=_begin):
            if isinstance(one, Session):
                self._hold(one)
            else:
                self._rehearse(one)

    def _write(self, moment: datetime, kind: str, **fields: Any) -> None:
        line = {"received_at": stamp(moment), "kind": kind} | fields
        self.received.append((moment, len(self.received), line))

    # --- machines -------------------------------------------------------------------------------------------------

    def _enrolments(self) -> None:
        morning, known = at(self.watch.days[0], 0), set[str]()
        for machine in self.school.machines:
            if machine.id in known or machine.comes_to_session:
                continue
            known.add(machine.id)
            self._enrol(machine, machine.enrolled_at or morning)
            if machine.revoked_at is not None:
                self._write(machine.revoked_at, "revoked", device_id=machine.id)

    def _enrol(self, machine: Machine, moment: datetime) -> None:
        told = {"device_id": machine.id, "kind": machine.kind, "room": machine.room, "label": machine.label}
        told |= {"machine": machine.hardware if machine.tells_machine else None, "role": machine.role}
        self._write(moment, "enrolled", school=self.school.code, device=told)

    def _report(self, machine: Machine, moment: datetime) -> None:
        """What a machine finds beside tests of the line; a browser's page sees less than an agent."""
        if not self._is_heard(machine, moment):
            return
        clock = moment + timedelta(seconds=machine.clock_ahead_s)
        found = [results.browsers(clock, old=machine.old_browser)]
        if machine.kind == "agent":
            own = machine.hardware if machine.tells_machine else None
            found.append(results.device(clock, machine.system, own, small_screen=machine.small_screen))
            found += [results.lockdown(clock, machine.system), *self._network(machine, moment, clock)]
        else:
            found.append(results.page(clock, machine.system, small_screen=machine.small_screen))
        if machine.claims is not None:
            found.append(results.throughput(self.rng, clock, machine.claims))
        self._send(machine, moment, found)

    def _network(self, machine: Machine, moment: datetime, clock: datetime) -> Iterator[Result]:
        line, way = self.school.line, self.school.way
        place, link = self._where(machine)
        yield results.wifi(self.rng, clock, place.radio if place else None, link)
        if line.is_dead(moment):
            yield results.failed("latency", clock, "measurement_point_away")
            yield results.ladder(clock, {}, "reference", "no_answer")
            return
        share = min(1.0, line.load(moment)[0] / max(line.carries(moment)[0], 0.1))
        yield results.latency(self.rng, clock, share, place.radio.busy if place and place.radio else 0.0)
        blocked = self._is_blocked(machine)
        yield results.path(clock, way.service_until, blocked=blocked)
        yield results.ladder(clock, self._ends(), *self._broken(moment, blocked=blocked))

    def _broken(self, moment: datetime, *, blocked: bool) -> tuple[str | None, str | None]:
        way = self.school.way
        if blocked:
            return "tls-test", "no_answer"
        if way.service_until <= moment:
            return "tls-test", "certificate_expired"
        if not way.login_works:
            return "login", "login_error"
        if way.metadata_until <= moment:
            return "login", "metadata_expired"
        return ("login", "idp_certificate_expired") if way.login_until <= moment else (None, None)

    def _ends(self) -> Ends:
        way = self.school.way
        login = {"expires_days": way.login_until, "metadata_expires_days": way.metadata_until}
        return {"tls-test": {"expires_days": way.service_until}, "login": login}

    def _is_blocked(self, machine: Machine) -> bool:
        return random.Random(machine.id).random() < self.school.way.blocked

    def _where(self, machine: Machine) -> tuple[Room | None, Link]:
        """The room that a machine is in, and its link; one that moves is in any of them, on any seat."""
        room = self.school.room(machine.room) or self.rng.choice(self.school.rooms)
        if not room.links:
            return room, Link(-50.0)
        seat = machine.seat if machine.room is not None else self.rng.randrange(len(room.links))
        return room, room.links[seat % len(room.links)]

    def _is_heard(self, machine: Machine, moment: datetime) -> bool:
        came = machine.enrolled_at is None or machine.enrolled_at < moment
        return (
            came
            and not machine.comes_to_session
            and machine.awake(moment)
            and (machine.revoked_at is None or moment < machine.revoked_at)
        )

    def _send(self, machine: Machine, moment: datetime, found: list[Result]) -> None:
        """Writes a report down; on a dead line it waits until that lives again."""
        number = self._numbers[machine.id] = self._numbers.get(machine.id, 0) + 1
        received_at = self._when_it_lives(moment) + timedelta(seconds=self.rng.uniform(2.0, 9.0))
        report = {
            "schema": 1,
            "report_id": f"{machine.id}-{number}",
            "device_id": machine.id,
            "sent_at": stamp(received_at + timedelta(seconds=machine.clock_ahead_s - 1.0)),
            "agent_version": "1.0.0",
            "school": self.school.code,
            "room": machine.room,
            "results": found,
        }
        for _ in range(2 if self.rng.random() < self.watch.twice else 1):
            self._write(received_at, "report", school=self.school.code, address=machine.address, report=report)
            received_at += timedelta(minutes=3)

    def _when_it_lives(self, moment: datetime) -> datetime:
        while self.school.line.is_dead(moment) and moment < self.until + timedelta(days=1):
            moment += OUTAGE_STEP
        return moment

    def _hold(self, session: Session) -> None:
        """The browsers of a room come, measure with the page in sight, and go."""
        name, code = f"{session.room}-{session.begins_at:%d%H%M}", self.school.code
        told: dict[str, object] = {"id": name, "room": session.room, "from": stamp(session.begins_at)}
        told |= {"until": stamp(session.begins_at + timedelta(minutes=session.minutes))}
        told |= {"without_agents": True} if session.without_agents else {}
        self._write(session.begins_at, "session", school=code, session=told)
        standing = [one for one in self.school.machines if one.room == session.room]
        here = [one for one in (standing if session.machines is None else session.machines) if one.kind == "web"]
        for one in here:
            came_at = session.begins_at + timedelta(seconds=self.rng.uniform(30, 240))
            if one.enrolled_at is None:
                one.enrolled_at = came_at
                self._enrol(one, came_at)
            joined = told | {"devices": [one.id]}
            self._write(came_at + timedelta(seconds=1), "session", school=code, session=joined)
            looked_at = came_at + timedelta(seconds=self.rng.uniform(20, 60))
            found = [
                results.page(looked_at, one.system, small_screen=one.small_screen),
                results.browsers(looked_at, old=one.old_browser),
                results.page_latency(self.rng, looked_at),
                results.visit(looked_at, f"page-{one.id}"),
            ]
            self._send(one, looked_at + timedelta(seconds=20), found)
            for minute in (6, 9, 12):
                marked_at = session.begins_at + timedelta(minutes=minute, seconds=self.rng.uniform(0, 40))
                self._send(one, marked_at, [results.visit(marked_at, f"page-{one.id}")])

    def _rehearse(self, plan: Rehearsing) -> None:
        """Browsers take part in a session of their room, agents by themselves."""
        found = list(holds(self.rng, self.school, plan, partial(self._broken_for, plan.begins_at)))
        minutes = sum(hold.minutes for hold in found) + BEFORE_REHEARSAL_MIN + 3
        for room in plan.rooms:
            opened_at = plan.begins_at - timedelta(minutes=BEFORE_REHEARSAL_MIN)
            here = [seat.machine for seat in seats_of(self.school, plan) if seat.room.id == room]
            if any(machine.kind == "web" for machine in here):
                self._hold(Session(room, opened_at, minutes, without_agents=True, machines=here))
        for number, hold in enumerate(found):
            self._rehearsed.append(hold)
            told = hold.told(f"g{plan.begins_at:%d%H%M}-{number}", plan.sitting)
            over_at = hold.begins_at + timedelta(minutes=hold.minutes, seconds=self.rng.uniform(5, 40))
            self._write(over_at, "rehearsal", school=self.school.code, rehearsal=told)

    def _broken_for(self, moment: datetime, machine: Machine) -> tuple[str | None, str | None]:
        """The kind of rung that stops this machine, and why."""
        rung, code = self._broken(moment, blocked=self._is_blocked(machine))
        if rung is None and is_turned_away(machine):
            return "login", "clock_wrong"
        return ("tls" if rung == "tls-test" else rung), code

    # --- the line -------------------------------------------------------------------------------------------------

    def _run(self, moment: datetime) -> None:
        """A test of the line by one of the machines that are on; a dead line gives no lease."""
        able = [one for one in self.school.machines if self._may_measure(one) and self._is_heard(one, moment)]
        if not able or self.school.line.is_dead(moment) or self._rehearses(moment):
            return
        machine = self.rng.choice(able)
        clock = moment + timedelta(seconds=machine.clock_ahead_s)
        code = "down_failed" if self.school.line.breaks(moment) else self.watch.breaks(moment)
        if code is not None:
            self._send(machine, moment, [results.failed("throughput", clock, code)])
            return
        got = self.school.line.run(moment, machine.ceiling)
        run = results.throughput(self.rng, clock, got)
        found = [run]
        if self.watch.tests_internet:
            through = min(got[0], self.school.line.beyond[0]), min(got[1], self.school.line.beyond[1])
            found.append(results.internet(self.rng, clock - timedelta(minutes=2), through))
        self._ran.append((moment, got))
        if self.watch.counts_runs:
            self._count(machine, moment, run["facts"])
        self._send(machine, moment, found)

    def _rehearses(self, moment: datetime) -> bool:
        """Then nobody else is given the line."""
        plans = [plan for plan in self.school.rehearsals if plan.begins_at <= moment]
        return any(moment < plan.begins_at + plan.lasts for plan in plans)

    def _may_measure(self, machine: Machine) -> bool:
        """An agent at the school: nobody else is given the line."""
        return machine.measures and machine.kind == "agent" and machine.address != AWAY

    def _count(self, machine: Machine, moment: datetime, facts: dict[str, Any]) -> None:
        """What the measurement point itself saw of a run."""
        told = {
            "device_id": machine.id,
            "at": stamp(moment),
            "seconds": facts["down_duration_s"] + facts["up_duration_s"],
        }
        told |= {name: facts[name] for name in ("down_bytes", "up_bytes")}
        told |= {name: round(facts[name] * self.rng.uniform(0.995, 1.005), 3) for name in ("down_mbit_s", "up_mbit_s")}
        self._write(moment + timedelta(seconds=6), "measured", school=self.school.code, run=told)

    def _poll_line(self, day: date) -> None:
        """The counters of the school's router, every five minutes of the day."""
        begin, end = at(day, POLLED_HOURS[0]), at(day, POLLED_HOURS[1])
        moment = begin
        while moment < end:
            moment += timedelta(seconds=STRETCH_S)
            if not self.watch.polled(moment):
                continue
            carried = self._carried(moment - timedelta(seconds=STRETCH_S), moment)
            load = {"seconds": STRETCH_S, "down_mbit_s": round(carried[0], 3), "up_mbit_s": round(carried[1], 3)}
            port = {"speed_mbit_s": 1000, "is_up": True, "packets_count": 100_000}
            told = {"device": f"router-{self.school.code}", "load": load, "port": port}
            self._write(moment, "gear", school=self.school.code, gear=told)

    def _carried(self, begin: datetime, end: datetime) -> Rates:
        """What others took, and our own tests, in the mean."""
        line = self.school.line
        load, most = line.load(begin), line.carries(begin)
        runs = [got for moment, got in self._ran if begin <= moment < end]
        own = sum(got[0] for got in runs) * 1.4 / STRETCH_S, sum(got[1] for got in runs) * 1.4 / STRETCH_S
        for hold in self._rehearsed:
            share, got = hold.share_of(begin, end), hold.moved()
            own = own[0] + share * got[0], own[1] + share * got[1]
        return min(most[0], load[0] + own[0]), min(most[1], load[1] + own[1])

    def _poll_air(self, day: date) -> None:
        """What the controller of the access points tells, every hour of lessons."""
        for hour in LESSONS:
            radios = [
                {
                    "access_point": room.radio.access_point,
                    "mac": room.radio.mac,
                    "room": room.id if self.school.maps_air else None,
                    "band": room.radio.band,
                    "channel": room.radio.channel,
                    "clients_count": room.radio.strangers + self.rng.randrange(4),
                    "utilisation_percent": round(100 * room.radio.busy * self.rng.uniform(0.85, 1.1), 1),
                }
                for room in self.school.rooms
                if room.radio is not None
            ]
            told = {"device": f"wlc-{self.school.code}", "radios": radios}
            self._write(at(day, hour + 0.4), "gear", school=self.school.code, gear=told)


def _begin(one: Session | Rehearsing) -> datetime:
    return one.begins_at


def encoded(received: Sequence[Received]) -> list[bytes]:
    """The lines of a replay file, in the order of receipt."""
    return [
        json.dumps(line, separators=(",", ":")).encode() for _, _, line in sorted(received, key=lambda one: one[:2])
    ]

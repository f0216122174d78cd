"""The simulated municipality: schools, lines, rooms, machines and sittings, all drawn from one seed. Pure.

How the spread comes about is told in docs/simulation.md. Rates are in Mbit/s, round trips in ms, signals in dBm.
"""

from __future__ import annotations

import math
import random
from datetime import time

from collector.readiness.domain.model import Line, Releases, Room, School, Sitting, Standing, YearGroup
from collector.simulate.machines import devices_of
from collector.simulate.model import Fleet, SimulatedSchool, Trouble
from collector.simulate.names import room_id, school_code, school_names

TROUBLES: tuple[Trouble, ...] = (
    "none", "thin_line", "none", "old_browsers", "none", "bad_rooms", "none", "too_few_devices", "none",
    "not_measured", "none", "blocked_host",
)  # fmt: skip
"""Dealt out to the schools in this order and shuffled: half have none, and twelve schools show every kind."""

PUPILS_PER_DEVICE: dict[Trouble, tuple[float, float]] = {"too_few_devices": (1.05, 1.4), "old_browsers": (0.75, 0.9)}
_USUAL_PUPILS_PER_DEVICE = (0.5, 0.9)
"""The year group's size, from least to most: most schools have machines for it and to spare."""

LINES_SOLD_MBIT_S = (100, 200, 300, 500, 1000)
THIN_SHARES = (0.4, 0.8)
"""Of what its year group needs in a test, a thin line gives so much."""
NEEDED_MBIT_S = 0.5
"""By each pupil who takes a test, as the profiles say that come with the product."""


def build_fleet(seed: int, *, schools: int, devices: int, releases: Releases) -> Fleet:
    """A municipality with that many schools and, in all, that many machines; `ValueError` if that cannot be.

    Browsers get versions out of `releases`, so that they are as old as they are meant to be.
    """
    if schools < 1 or devices < schools:
        raise ValueError(f"{devices} devices cannot be spread over {schools} schools: each needs at least one")
    rng = random.Random(f"{seed}/municipality")
    troubles = [TROUBLES[index % len(TROUBLES)] for index in range(schools)]
    rng.shuffle(troubles)
    sizes = _shares(devices, [rng.lognormvariate(0, 0.45) for _ in range(schools)])
    names = school_names(schools, rng)
    built: list[SimulatedSchool] = []
    for number, (name, trouble, size) in enumerate(zip(names, troubles, sizes, strict=True), start=1):
        own = random.Random(f"{seed}/school/{number}")
        built.append(_school(own, _configured(own, number, name, trouble, size), trouble, releases))
    return Fleet(seed, built)


def _shares(total: int, weights: list[float]) -> list[int]:
    """Splits `total` in proportion to `weights`, at least one each."""
    spare, whole = total - len(weights), sum(weights)
    exact = [spare * weight / whole for weight in weights]
    shares = [1 + math.floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: math.floor(exact[index]) - exact[index])
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


def _school(rng: random.Random, school: School, trouble: Trouble, releases: Releases) -> SimulatedSchool:
    """What lies behind the configured `school`: its true line, its sittings and its machines."""
    assert school.line is not None
    assert school.devices is not None
    return SimulatedSchool(
        school=school,
        sittings=_sittings(rng, school),
        trouble=trouble,
        down_mbit_s=school.line.down_mbit_s * rng.uniform(0.88, 0.96),
        up_mbit_s=school.line.up_mbit_s * rng.uniform(0.88, 0.96),
        rtt_ms=rng.lognormvariate(math.log(6), 0.5),
        lesson_load=rng.uniform(0.1, 0.35),
        devices=devices_of(school, trouble, school.devices, rng=rng, releases=releases),
    )


def _configured(rng: random.Random, number: int, name: str, trouble: Trouble, devices: int) -> School:
    """A school as an operator would write it down; the last of its year groups is the one that sits tests."""
    pupils = max(1, round(devices * rng.uniform(*PUPILS_PER_DEVICE.get(trouble, _USUAL_PUPILS_PER_DEVICE))))
    *younger, oldest = rng.choice((("7", "8", "9"), ("7", "8", "9"), ("4", "5", "6")))
    groups = [YearGroup(grade, max(1, round(pupils * rng.uniform(0.8, 1.0)))) for grade in younger]
    groups.append(YearGroup(oldest, pupils))
    staff = max(2, pupils * len(groups) // 10)
    people = sum(group.pupils for group in groups) + staff
    return School(
        code=school_code(number),
        name=name,
        rooms=_rooms(rng, pupils),
        year_groups=groups,
        line=_thin_line(rng, pupils) if trouble == "thin_line" else _line(rng, people),
        staff=staff,
        devices=devices,
        simulated=True,
    )


def _rooms(rng: random.Random, pupils: int) -> list[Room]:
    """Rooms until the year group has seats, and one more."""
    rooms: list[Room] = []
    while sum(room.seats for room in rooms[:-1]) < pupils or len(rooms) < 2:
        rooms.append(Room(room_id(len(rooms)), rng.randrange(18, 33, 2)))
    return rooms


def _thin_line(rng: random.Random, pupils: int) -> Line:
    """Too little for the year group that sits tests, however little the others take."""
    down = max(0.2, round(pupils * NEEDED_MBIT_S * rng.choice(THIN_SHARES), 1))
    return Line(down, down / 10)


def _line(rng: random.Random, people: int) -> Line:
    """What the school bought: a sold speed, near a log-normal number of Mbit/s for each of its people."""
    wish = people * rng.lognormvariate(math.log(5.0), 0.5)
    down = min(LINES_SOLD_MBIT_S, key=lambda sold: abs(math.log(sold / wish)))
    return Line(down, down if rng.random() < 0.8 else down // 2)


def _sittings(rng: random.Random, school: School) -> list[Sitting]:
    """Two standing sittings of the oldest year group, where its machines stand: they never go stale, as they always lie
    ahead.
    """
    oldest = school.year_groups[-1]
    rooms = [room.id for room in school.rooms]
    tests = rng.sample(("Engelska", "Matematik", "Svenska", "Svenska som andraspråk"), 2)
    return [
        Sitting(
            id=f"{school.code}-{oldest.grade}-{in_days}d",
            school=school.code,
            test=f"{test} årskurs {oldest.grade}",
            year_group=oldest.grade,
            pupils=oldest.pupils,
            rooms=rooms,
            standing=Standing(in_days, time(rng.choice((8, 9, 10, 13)), 0)),
        )
        for test, in_days in zip(tests, (rng.choice((1, 2, 5, 7)), rng.choice((10, 14, 21, 30))), strict=True)
    ]

"""Of what wavers one reading of each level and hour is kept, and a room is judged as if all had been."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol.facts import Declaration
from agent.protocol.wire import Facts
from collector.configuration.load import load_configuration
from collector.facts.catalogue import DECLARED
from collector.ingest import validate
from collector.readiness.domain.model import Observation, Profile, Status
from tests.support.properties import examples
from tests.support.rooms import AP_A1, NOW, judged
from tests.support.stored import enrolled, measured, observations, opened, report, write

WAVERING = ("room-jitter", "room-loss", "wifi-rate", "wifi-retries", "wifi-signal", "wifi-snr", "latency")
MACHINES = 3
Readings = Sequence[Sequence[Facts]]
"""By machine, one after the other, five minutes apart."""


def every_reading() -> Mapping[str, Declaration]:
    """What probes declare, as if nothing wavered: each reading is kept for itself."""
    return {name: msgspec.structs.replace(one, steady=None) for name, one in DECLARED.items()}


@lru_cache(maxsize=1)
def profile() -> Profile:
    """The mission's profile, with what it asks of what wavers alone."""
    folder = Path(__file__).parents[3] / "config"
    whole = load_configuration(folder, NOW, environ={}).profiles["skoldigiguide-2023"]
    asked = [msgspec.structs.replace(one, depends_on=[]) for one in whole.requirements if one.id in WAVERING]
    return msgspec.structs.replace(whole, requirements=asked)


def kept(readings: Readings, declared: Mapping[str, Declaration]) -> list[Observation]:
    """What the store has of them when they came in one by one."""
    with tempfile.TemporaryDirectory() as folder, patch.object(validate, "DECLARED", declared):
        store = opened(Path(folder))
        for machine in readings:
            device, _ = enrolled(store, room="a1")
            for number, facts in enumerate(machine):
                at = NOW - timedelta(hours=4) + timedelta(minutes=5 * number)
                link = {name: value for name, value in facts.items() if not name.startswith(("gateway", "rtt"))}
                trips = {name: value for name, value in facts.items() if name not in link}
                found = [measured(at, {**link, "bssid": AP_A1}, "wifi"), measured(at, trips, "latency")]
                write(store, device, report(device, found, report_id=f"r{number}", sent_at=at), received_at=at)
        told = observations(store, NOW)
        store.close()
    return told


def statuses(readings: Readings, declared: Mapping[str, Declaration]) -> dict[str, Status]:
    """What each requirement comes to for a class that fills the places."""
    verdict = judged(kept(readings, declared), pupils=MACHINES, by=profile())
    return {one.requirement: one.status for one in verdict.findings}


READING = st.fixed_dictionaries(
    {
        "signal_dbm": st.integers(-76, -60).map(float),
        "snr_db": st.floats(15, 30),
        "tx_rate_mbit_s": st.sampled_from([1.0, 2.0, 6.0, 12.0, 300.0]),
        "retries_ratio": st.sampled_from([0.05, 0.2, 0.21, 0.5, 0.6]),
        "gateway_loss_ratio": st.sampled_from([0.0, 0.0, 0.01, 0.05, 0.1, 0.2]),
        "gateway_jitter_ms": st.floats(80, 320),
        "rtt_p95_ms": st.floats(80, 320),
    }
)


@given(readings=st.lists(st.lists(READING, min_size=1, max_size=24), min_size=MACHINES, max_size=MACHINES))
@settings(max_examples=examples(12))
def test_a_room_is_judged_as_if_every_reading_were_kept(readings: list[list[Facts]]) -> None:
    """Whatever the readings of two hours, and in whatever order they come."""
    assert statuses(readings, DECLARED) == statuses(readings, every_reading())


GOOD: Facts = {
    "signal_dbm": -55.0,
    "snr_db": 40.0,
    "tx_rate_mbit_s": 300.0,
    "retries_ratio": 0.05,
    "gateway_loss_ratio": 0.0,
    "gateway_jitter_ms": 2.0,
    "rtt_p95_ms": 20.0,
}


@pytest.mark.parametrize(
    ("requirement", "bad"),
    [
        ("wifi-rate", {"tx_rate_mbit_s": 1.0}),
        ("wifi-retries", {"retries_ratio": 0.7}),
        ("room-loss", {"gateway_loss_ratio": 0.3}),
        ("room-jitter", {"gateway_jitter_ms": 900.0}),
        ("latency", {"rtt_p95_ms": 900.0}),
    ],
)
def test_what_goes_bad_within_an_hour_is_seen_then_and_so_is_what_gets_better(requirement: str, bad: Facts) -> None:
    """At the same access point: it was seen in the next hour only. These count for no more than at risk."""
    worse = [[GOOD, {**GOOD, **bad}] for _ in range(MACHINES)]
    better = [[{**GOOD, **bad}, GOOD] for _ in range(MACHINES)]
    found = [statuses(readings, DECLARED)[requirement] for readings in (worse, better)]
    assert found == [Status.AT_RISK, Status.READY]


def test_a_signal_that_is_weak_for_a_tenth_of_a_day_is_the_rooms() -> None:
    """By how often it was read, not by how many levels it had: one weak reading of twenty-four is none, three are."""
    weak = {**GOOD, "signal_dbm": -80.0}
    now_and_then = [[*[GOOD] * 23, weak] for _ in range(MACHINES)]
    often = [[*[GOOD] * 21, *[weak] * 3] for _ in range(MACHINES)]
    assert [statuses(one, DECLARED)["wifi-signal"] for one in (now_and_then, often)] == [Status.READY, Status.NOT_READY]

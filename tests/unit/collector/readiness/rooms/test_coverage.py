"""Signal and noise of a room: what nine values of ten reach for certain, and from how much evidence."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from collector.readiness.domain.model import Status, Text
from collector.readiness.domain.verdicts import BADNESS
from tests.support.rooms import NOW, days_of, found, heard, judged, profile
from tests.unit.collector.readiness.cases import observation, step

signals = st.integers(min_value=-95, max_value=-35).map(float)


def test_a_good_room_is_ready() -> None:
    """Three devices on eight days: 24 values, of which the least bounds the tenth percentile."""
    finding = found("wifi-signal", days_of("a1", [-50.0, -55.0, -60.0]))
    assert (finding.status, finding.measured, finding.required, finding.room) == (Status.READY, -60.0, -67, "a1")
    assert (step(finding, "step_devices_told"), step(finding, "step_room_days")) == (3, 8)
    assert (step(finding, "step_room_samples"), step(finding, "step_room_samples_needed")) == (24, 22)
    assert finding.why == Text("why_room_ready", {"room": "Sal A1", "devices": 3, "unknown": 0, "rooms": 1})


def test_bands() -> None:
    """-67 and -72 dBm, both still within."""
    for level, status in ((-67.0, "ready"), (-68.0, "at_risk"), (-72.0, "at_risk"), (-73.0, "not_ready")):
        assert found("wifi-signal", days_of("a1", [level] * 3)).status == status, level
    for level, status in ((25.0, "ready"), (24.0, "at_risk"), (20.0, "at_risk"), (19.0, "at_risk")):
        # What counts only if it is known puts a sitting at risk at most.
        assert found("wifi-snr", days_of("a1", [-50.0] * 3, snr_db=level)).status == status, level


def test_one_device_does_not_make_a_room_measured() -> None:
    """However often and however well it heard."""
    finding = found("wifi-signal", days_of("a1", [-40.0], days=13))
    assert finding.status is Status.UNKNOWN
    assert finding.why == Text("why_room_too_few_devices", {"room": "Sal A1", "devices": 1, "needed": 3})
    assert finding.advice[0] == Text("advice_room_more_devices", {"room": "Sal A1", "devices": 2})
    assert found("wifi-signal", days_of("a1", [-90.0] * 2, days=13)).status is Status.UNKNOWN


def test_too_few_values_are_unknown_and_say_how_many_more() -> None:
    """Three devices on seven days are one value short of an answer."""
    finding = found("wifi-signal", days_of("a1", [-50.0] * 3, days=7))
    assert finding.status is Status.UNKNOWN
    assert finding.why == Text("why_room_too_few_samples", {"room": "Sal A1", "samples": 21, "needed": 22})
    assert finding.advice == [Text("advice_room_keep_measuring", {"room": "Sal A1", "samples": 1})]


def test_a_room_is_known_to_be_bad_before_it_is_known_to_be_good() -> None:
    """No tenth percentile that three devices leave open could still be good enough."""
    assert found("wifi-signal", days_of("a1", [-80.0] * 3, days=1)).status is Status.NOT_READY
    assert found("wifi-signal", days_of("a1", [-50.0] * 3, days=1)).status is Status.UNKNOWN


def test_many_readings_of_one_day_are_one_value() -> None:
    """A device that reports every minute is no more than one device: its bad tenth counts."""
    minutes = [heard("a1-0", "a1", signal_dbm=-50.0 - n, at=NOW - timedelta(minutes=1 + n)) for n in range(20)]
    finding = found("wifi-signal", minutes + days_of("a1", [-50.0] * 3, days=7))
    assert step(finding, "step_room_samples") == 21
    assert step(finding, "step_room_weakest") == -67.0  # the third worst of 21


def test_a_survey_counts_as_a_device() -> None:
    """What it heard of the strongest own access point, beside what the links told."""
    surveyed = observation("tech", "survey", {"signal_p10_dbm": -71}, room="a1", at=NOW - timedelta(hours=2))
    finding = found("wifi-signal", [*days_of("a1", [-50.0] * 3), surveyed])
    assert (finding.status, finding.measured) == (Status.AT_RISK, -71)
    assert step(finding, "step_devices_told") == 4


def test_stale_values_do_not_count() -> None:
    """A fortnight and a day ago."""
    old = [msgspec.structs.replace(one, first_at=one.first_at - timedelta(days=15),
                                   last_at=one.last_at - timedelta(days=15))
           for one in days_of("a1", [-50.0] * 4)]  # fmt: skip
    finding = found("wifi-signal", old)
    assert finding.status is Status.UNKNOWN
    assert Text("advice_missing_stale", {"devices": 4}) in finding.advice


def test_a_room_without_data_is_unknown_and_says_what_to_do() -> None:
    """Beside a good room."""
    finding = found("wifi-signal", days_of("a1", [-50.0] * 3), rooms=("a1", "a2"))
    assert (finding.status, finding.room, finding.measured) == (Status.UNKNOWN, "a2", None)
    assert finding.advice == [Text("advice_rooms_measure", {"rooms": "Sal A2", "count": 1})]


def test_what_is_not_known_of_noise_holds_no_verdict_back() -> None:
    """Windows never tells it: the finding is unknown and shown, the verdict stands on the rest."""
    verdict = judged(days_of("a1", [-50.0] * 3, snr_db=None))
    statuses = {one.requirement: one.status for one in verdict.findings}
    assert statuses == {
        "wifi-signal": Status.READY,
        "wifi-snr": Status.UNKNOWN,
        "wifi-busy": Status.UNKNOWN,
        "wifi-crowd": Status.UNKNOWN,
        "wifi-rate": Status.UNKNOWN,
        "wifi-retries": Status.UNKNOWN,
        "room-loss": Status.UNKNOWN,
        "room-jitter": Status.UNKNOWN,
    }
    assert verdict.status is Status.READY
    noise = next(one for one in verdict.findings if one.requirement == "wifi-snr")
    assert noise.why == Text("why_room_devices_do_not_tell", {"room": "Sal A1", "devices": 3})
    assert noise.advice[0] == Text("advice_room_other_devices", {"room": "Sal A1"})
    assert judged(days_of("a1", [-50.0] * 3, snr_db=10.0)).status is Status.AT_RISK


@given(levels=st.lists(signals, min_size=3, max_size=12), days=st.integers(1, 12), worse=st.integers(0, 20))
def test_a_worse_value_never_improves(levels: list[float], days: int, worse: int) -> None:
    """One more device, no better than the worst: what is measured does not rise, and bad news stays."""
    before = found("wifi-signal", days_of("a1", levels, days=days))
    added = [heard("late", "a1", signal_dbm=min(levels) - worse)]
    after = found("wifi-signal", [*days_of("a1", levels, days=days), *added])
    if before.status is not Status.UNKNOWN:
        assert BADNESS[after.status] >= BADNESS[before.status]
    assert isinstance(before.measured, float)
    assert isinstance(after.measured, float)
    assert after.measured <= before.measured or before.status is Status.UNKNOWN


@given(levels=st.lists(signals, max_size=12), days=st.integers(1, 12))
def test_ready_only_on_enough_evidence(levels: list[float], days: int) -> None:
    """Never from nothing, from fewer devices, or from fewer values than the bound takes."""
    finding = found("wifi-signal", days_of("a1", levels, days=days))
    rule = profile().evidence
    if finding.status is Status.READY:
        assert len(levels) >= rule.room_devices.value
        assert len(levels) * days >= 22
        assert isinstance(finding.measured, float)
        assert finding.measured >= -67


@given(levels=st.lists(signals, min_size=3, max_size=10), days=st.integers(3, 12))
def test_the_bound_is_a_value_with_few_below(levels: list[float], days: int) -> None:
    """It is one of the values, and no more than a tenth of all lie below it."""
    finding = found("wifi-signal", days_of("a1", levels, days=days))
    bound = step(finding, "step_room_bound")
    if bound is not None:
        assert bound in levels
        values = [level for level in levels for _ in range(days)]
        assert isinstance(bound, float)
        assert sum(value < bound for value in values) <= 0.1 * len(values)

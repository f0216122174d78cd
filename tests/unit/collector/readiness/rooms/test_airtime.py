"""The time of a room's channel: what pupils take of it on their links, what others take, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol.wire import Facts, FactValue
from collector.readiness.domain.model import DeviceSeen, Finding, Observation, RadioSeen, Status
from collector.readiness.domain.verdicts import BADNESS
from collector.readiness.rooms.counting import Drawn, may_be_worse
from tests.support.properties import examples
from tests.support.rooms import AP_A1, AP_A2, NOW, USUAL_LINK, found, heard, judged, radio
from tests.unit.collector.readiness.cases import device, observation, step
from tests.unit.collector.readiness.rooms.test_places import browsers, enrolled

HOUR_AGO = NOW - timedelta(hours=1)
CALM = [radio(utilisation=10.0)]
OLD: Facts = {"band": "2.4", "channel": 6, "tx_rate_mbit_s": 1.0, "retries_ratio": 0.9, "phy_type": "b"}
"""A machine at the lowest rate that sends nearly everything again."""


def linked(
    name: str,
    link: Facts | None = None,
    *,
    room: str = "a1",
    bssid: str = AP_A1,
    signal_dbm: float = -50.0,
    **more: FactValue,
) -> Observation:
    """A machine that stands there, by what is different of its link."""
    return heard(name, room, bssid=bssid, signal_dbm=signal_dbm, link=USUAL_LINK | (link or {}) | more)


def links(
    rates: Sequence[float], *, room: str = "a1", signal_dbm: float = -50.0, **more: FactValue
) -> list[Observation]:
    """A machine with each of these rates."""
    return [
        linked(f"{room}-{number}", {"tx_rate_mbit_s": rate, **more}, room=room, signal_dbm=signal_dbm)
        for number, rate in enumerate(rates)
    ]


def airtime(
    observations: Sequence[Observation], radios: Sequence[RadioSeen] = (), *, pupils: int = 8, seats: int = 30
) -> Finding:
    return found("wifi-airtime", observations, radios, pupils=pupils, seats=seats)


def steps(finding: Finding) -> Mapping[str, float]:
    return {one.name: one.value for one in finding.steps if isinstance(one.value, int | float)}


def test_a_small_class_on_one_good_radio_is_ready() -> None:
    """Four pupils, of whom each machine told; with a channel that is read, and with one that nobody reads."""
    for gear in (CALM, []):
        finding = airtime(links([300.0] * 4), gear, pupils=4)
        assert finding.status is Status.READY, finding.why
        assert finding.why.code == "why_air_enough"
    assert judged(links([300.0] * 4), CALM, pupils=4).status is Status.READY


def test_a_full_class_on_an_old_radio_is_not_ready_however_strong_its_signal() -> None:
    """At -45 dBm, with 11 Mbit/s and a third of it repeated: all other requirements on the room would let it pass."""
    slow = links([11.0] * 20, band="2.4", channel=6, phy_type="b", retries_ratio=0.3)
    verdict = judged(slow, pupils=30)
    airtime_of, signal = (
        next(one for one in verdict.findings if one.requirement == name) for name in ("wifi-airtime", "wifi-signal")
    )
    assert (signal.status, airtime_of.status, verdict.status) == (Status.READY, Status.NOT_READY, Status.NOT_READY)
    assert airtime_of.why.code == "why_air_full"
    assert isinstance(airtime_of.measured, float)
    assert airtime_of.measured > 90
    told = {text.code: text.values for text in airtime_of.advice}
    assert "advice_air_to_5_ghz" in told
    assert told["advice_air_repeats"]["percent"] == 30


def test_one_machine_at_the_lowest_rate_takes_the_time_of_all() -> None:
    """-50 dBm is no excuse."""
    finding = airtime([*links([300.0] * 7), linked("old", OLD)], seats=8)
    assert finding.status is Status.NOT_READY
    assert finding.why.values["rate"] == pytest.approx(0.8, abs=0.2)


def test_who_divides_gets_the_same() -> None:
    """Each pupil 0.6 Mbit/s; of 24 places 12 were met, one of them slow."""
    finding = airtime(links([300.0] * 11 + [60.0]), [radio(utilisation=20.0)], pupils=16)
    told = steps(finding)
    carries = 12_000 / (12_000 / 60 + 100) * 0.8 * 0.95
    assert step(finding, "step_air_takes") == pytest.approx(0.6)
    assert told["step_air_link"] == 300.0  # the last of those that are shown
    shown = [one.value for one in finding.steps if one.name == "step_air_carries"]
    assert shown[0] == pytest.approx(carries, abs=1e-5)
    assert len(shown) == 5
    fast = 12_000 / 140 * 0.8 * 0.95
    assert told["step_air_told"] == pytest.approx(100 * 0.6 * (11 / fast + 1 / carries), abs=1e-4)
    assert told["step_air_unmeasured"] == pytest.approx(100 * 0.6 * 3 / carries, abs=1e-4)
    slowest = 12_000 / (1_000 + 100) * 0.8 * 0.95
    assert told["step_air_slowest"] == pytest.approx(100 * 0.6 / slowest, abs=1e-4)
    parts = told["step_air_told"] + told["step_air_unmeasured"] + told["step_air_slowest"]
    assert told["step_air_pupils"] == pytest.approx(parts, abs=1e-4)
    assert told["step_air_worst"] == pytest.approx(told["step_air_pupils"] + told["step_air_busy"], abs=1e-4)
    assert told["step_air_busy"] == 20.0
    assert finding.measured == pytest.approx(told["step_air_worst"], abs=0.051)


@pytest.mark.parametrize(("busy", "status"), [(60.0, "ready"), (80.0, "at_risk"), (95.0, "unknown")])
def test_what_others_take_counts_in_full_and_at_least_by_half(busy: float, status: str) -> None:
    """The most of a fortnight's lessons: in another it may be half, so it makes nothing not ready by itself."""
    assert airtime(links([300.0] * 8), [radio(utilisation=busy)]).status == status


def test_a_channel_that_nobody_reads_may_be_as_busy_as_they_get() -> None:
    """By its band, and as the busier one where that is not known."""
    by_band = {band: airtime(links([300.0] * 8, band=band)) for band in ("5", "6", "2.4")}
    assert [step(one, "step_air_busy_assumed") for one in by_band.values()] == [30, 30, 50]
    hidden = [changed_bssid(one) for one in links([300.0] * 8)]
    assert step(airtime(hidden), "step_air_busy_assumed") == 50


def changed_bssid(one: Observation) -> Observation:
    """As a Mac tells it."""
    return heard(one.device_id, "a1", bssid=None, missing={"bssid": "redacted_by_system"}, link=one_link(one))


def one_link(one: Observation) -> Facts:
    return {name: one.facts[name] for name in USUAL_LINK}


def test_where_nobody_knows_the_radios_nothing_makes_it_not_ready() -> None:
    """The pupils may spread over any number of them; at worst they all come to one."""
    hidden = [changed_bssid(one) for one in links([1.0] * 20, phy_type="b")]
    finding = airtime(hidden, pupils=20)
    assert (finding.status, finding.why.values["least"]) == (Status.UNKNOWN, 0.0)


def test_pupils_spread_over_channels_as_machines_do() -> None:
    """Half on each of two: half of the time of one."""
    one = links([60.0] * 8)
    two = [*one[:4], *(linked(f"b-{n}", tx_rate_mbit_s=60.0, bssid=AP_A2, channel=100) for n in range(4))]
    both = [radio(utilisation=0.0), radio(AP_A2, name="AP-A2", utilisation=0.0)]
    alone, shared = (step(airtime(made, both), "step_air_pupils") for made in (one, two))
    assert isinstance(alone, float)
    assert shared == pytest.approx(alone / 2, rel=0.01)


def test_access_points_on_one_channel_share_its_time() -> None:
    """A second one on the same channel adds nothing."""
    same = [*links([60.0] * 4), *(linked(f"b-{n}", tx_rate_mbit_s=60.0, bssid=AP_A2) for n in range(4))]
    assert step(airtime(same), "step_air_pupils") == step(airtime(links([60.0] * 8)), "step_air_pupils")


def test_a_radio_between_two_rooms_carries_the_pupils_of_both() -> None:
    """Twice as many, twice the time."""
    both = [*links([300.0] * 8), *links([300.0] * 8, room="a2")]
    one = found("wifi-airtime", both, CALM, pupils=8)
    two = found("wifi-airtime", both, CALM, rooms=("a1", "a2"), pupils=16)
    assert step(two, "step_air_pupils") == pytest.approx(2 * float(str(step(one, "step_air_pupils"))))


def test_browsers_in_a_session_are_good_places_whose_rate_is_assumed() -> None:
    """Half of what the slowest machine there talks at that told; where none did, what one at the edge has."""
    laptops = [observation(f"a1-{n}", "device", {"os_name": "windows"}) for n in range(4)]
    told = [*links([300.0] * 4), *laptops, *browsers(4)]
    beside = found("wifi-airtime", told, CALM, pupils=8, devices=enrolled(told))
    assert step(beside, "step_air_untold") == pytest.approx(100 * 4 * 0.6 / (12_000 / 180 * 0.8 * 0.95), abs=1e-3)
    alone = found("wifi-airtime", browsers(4), pupils=4, devices=enrolled(browsers(4)))
    assert alone.status is Status.READY
    edge = 12_000 / (12_000 / 78 + 100) * 0.8 * 0.8
    assert step(alone, "step_air_untold") == pytest.approx(100 * 4 * 0.6 / edge, abs=1e-3)


def test_a_wired_room_has_no_air_to_fill() -> None:
    """Nobody's channel."""
    wired = [
        observation(f"c{n}", "wifi", {}, room="a1", status="unsupported", error_code="no_wifi_interface", at=HOUR_AGO)
        for n in range(8)
    ]
    finding = airtime(wired)
    assert (finding.status, finding.why.code) == (Status.READY, "why_room_wired")
    assert step(finding, "step_air_pupils") == 0


def test_machines_that_move_tell_of_the_links_that_they_met() -> None:
    """Each visit is a place that may be another's: all pupils count as the worst that was met, some as worse."""
    seen, known = visiting(24)
    finding = found("wifi-airtime", seen, [radio(utilisation=10.0, room="a1")], pupils=16, devices=known)
    assert finding.status is Status.READY
    usual, slowest = (0.6 / (12_000 / us * 0.8 * 0.95) for us in (140, 1_100))
    assert step(finding, "step_air_pupils") == pytest.approx(100 * (15 * usual + slowest), abs=1e-3)


def visiting(count: int) -> tuple[list[Observation], list[DeviceSeen]]:
    """So many machines without a room that each heard the room's access point once."""
    seen = [msgspec.structs.replace(linked(f"m{n}"), room=None) for n in range(count)]
    return seen, [device(one.device_id, room=None) for one in seen]


@pytest.mark.parametrize(
    ("met", "pupils", "gear", "advice"),
    [
        ([120.0] * 6, 28, CALM, "advice_air_more_places"),
        ([48.0] * 28, 28, [], "advice_air_read_channel"),
        ([48.0] * 13, 28, [], "advice_air_places_and_channel"),
        ([30.0] * 28, 28, CALM, "advice_air_rehearse"),
    ],
)
def test_what_is_not_known_is_said_with_the_cheapest_that_may_settle_it(
    met: list[float], pupils: int, gear: list[RadioSeen], advice: str
) -> None:
    """Places, then the channel, then both; where even that would not do, a rehearsal."""
    finding = airtime(links(met), gear, pupils=pupils)
    assert finding.status is Status.UNKNOWN, finding.measured
    assert finding.measured is None
    assert finding.why.code == "why_air_between"
    assert finding.advice[0].code == advice


def test_the_machine_that_takes_all_is_named() -> None:
    """Without it there would be time enough: to sit at another is the cheapest, whether or not it is known to fail."""
    for seats, status in ((8, Status.NOT_READY), (30, Status.UNKNOWN)):
        finding = airtime([*links([300.0] * 7), linked("old", OLD | {"channel": 36, "band": "5"})], CALM, seats=seats)
        assert finding.status is status
        [told] = [one.values for one in finding.advice if one.code == "advice_air_slow_machine"]
        assert (told["device"], told["rate"]) == ("old", 1.0)
        assert isinstance(told["percent"], float)
        assert told["percent"] > 100
    two = airtime([*links([300.0] * 6), *(linked(f"old{n}", OLD) for n in range(2))], CALM, seats=8)
    assert "advice_air_slow_machine" not in [one.code for one in two.advice]


def test_too_few_devices_make_no_room_measured() -> None:
    finding = airtime(links([300.0] * 2), CALM)
    assert (finding.status, finding.why.code) == (Status.UNKNOWN, "why_room_too_few_devices")
    assert airtime([], CALM).why.code == "why_room_nothing_told"


def test_what_follows_from_the_air_is_said_once() -> None:
    """A weak signal explains the air, and the air explains slow links and repeats."""
    weak = judged(links([6.0] * 20, signal_dbm=-85.0, retries_ratio=0.6), pupils=20)
    causes = {one.requirement: one.caused_by for one in weak.findings if one.status is not Status.READY}
    assert causes["wifi-signal"] is None
    assert {causes[name] for name in ("wifi-airtime", "wifi-rate", "wifi-retries")} == {"wifi-signal"}
    slow = judged([linked(f"m{n}", OLD) for n in range(20)], pupils=20)
    causes = {one.requirement: one.caused_by for one in slow.findings if one.status is not Status.READY}
    assert causes["wifi-airtime"] is None
    assert {causes[name] for name in ("wifi-rate", "wifi-retries")} == {"wifi-airtime"}


def test_so_many_may_be_worse_than_all_that_were_met() -> None:
    """Of 16 places 11 were met: that both of two worse ones were missed is improbable, that one was is not."""
    assert [may_be_worse(Drawn(fixed, 0), 16, 0.9) for fixed in (0, 3, 11, 14, 15, 16, 20)] == [16, 8, 1, 1, 0, 0, 0]
    assert may_be_worse(Drawn(0, 22), 16, 0.9) == 1
    assert may_be_worse(Drawn(0, 60), 16, 0.9) == 0


RATES = st.lists(st.sampled_from([1.0, 6.0, 24.0, 60.0, 120.0, 300.0, 800.0]), min_size=3, max_size=20)
CLASSES = st.integers(3, 30)
BUSY = st.integers(0, 99)


def is_no_greener(after: Finding, before: Finding) -> bool:
    """What was known to be bad may be left open where less is known; it is never green."""
    return BADNESS[after.status] >= BADNESS[before.status] or after.status is Status.UNKNOWN


def at(rates: Sequence[float], busy: float, pupils: int) -> Finding:
    return airtime(links(rates), [radio(utilisation=float(busy))], pupils=pupils)


@given(rates=RATES, busy=BUSY, pupils=CLASSES)
@settings(max_examples=examples(60))
def test_more_pupils_are_never_greener(rates: list[float], busy: int, pupils: int) -> None:
    """In the same room, by the same links."""
    assert BADNESS[at(rates, busy, pupils).status] <= BADNESS[at(rates, busy, pupils + 1).status]


@given(rates=RATES, busy=BUSY, more=st.integers(0, 60), pupils=CLASSES)
@settings(max_examples=examples(60))
def test_a_busier_channel_is_never_greener(rates: list[float], busy: int, more: int, pupils: int) -> None:
    """And one that nobody reads any longer is no calmer than one that was calm."""
    before = at(rates, busy, pupils)
    assert BADNESS[at(rates, busy + more, pupils).status] >= BADNESS[before.status]
    if busy <= 30:
        assert is_no_greener(airtime(links(rates), pupils=pupils), before)


@given(rates=RATES, pupils=CLASSES, which=st.integers(0, 19), part=st.floats(0.01, 1), repeats=st.floats(0.05, 1))
@settings(max_examples=examples(60))
def test_a_worse_link_is_never_greener(
    rates: list[float], pupils: int, which: int, part: float, repeats: float
) -> None:
    """Slower, or with more that is repeated, at any place."""
    made = links(rates)
    place = which % len(made)
    worse = [*made[:place], linked(f"a1-{place}", tx_rate_mbit_s=max(1.0, rates[place] * part), retries_ratio=repeats)]
    worse += made[place + 1 :]
    before, after = (airtime(one, CALM, pupils=pupils) for one in (made, worse))
    assert BADNESS[after.status] >= BADNESS[before.status]


@given(rates=RATES, pupils=CLASSES, which=st.integers(0, 19))
@settings(max_examples=examples(60))
def test_a_place_taken_away_is_never_greener(rates: list[float], pupils: int, which: int) -> None:
    """Any but the slowest of all: what nobody met counts as the slowest that was."""
    rest = sorted(rates)
    rest.pop(1 + which % (len(rest) - 1))
    before, after = (airtime(links(one), CALM, pupils=pupils) for one in (rates, rest))
    assert is_no_greener(after, before)


@given(rates=RATES, pupils=CLASSES, missing=st.sets(st.integers(0, 19)))
@settings(max_examples=examples(60))
def test_machines_that_tell_less_are_never_greener(rates: list[float], pupils: int, missing: set[int]) -> None:
    """No rate, where another there is no faster; and no repeats, where there were as few as none."""
    kept = min(range(len(rates)), key=rates.__getitem__)
    made = [linked(f"a1-{n}", tx_rate_mbit_s=rate, retries_ratio=0.0) for n, rate in enumerate(rates)]
    less = [
        linked(f"a1-{n}", tx_rate_mbit_s=None if n in missing - {kept} else rate, retries_ratio=None)
        for n, rate in enumerate(rates)
    ]
    before, after = (airtime(one, CALM, pupils=pupils) for one in (made, less))
    assert is_no_greener(after, before)


@given(rates=RATES, others=RATES, busy=BUSY, pupils=CLASSES, seats=st.integers(0, 40), same=st.booleans())
@settings(max_examples=examples(60))
def test_the_kind_end_is_never_beyond_the_unkind_one(
    *, rates: list[float], others: list[float], busy: int, pupils: int, seats: int, same: bool
) -> None:
    """On one radio or two, and where another room's pupils come to it."""
    beside = links(others, room="a2") if same else links(others, room="a1x", bssid=AP_A2, channel=100)
    made = [*links(rates), *(msgspec.structs.replace(one, room="a2" if same else "a1") for one in beside)]
    rooms = ("a1", "a2") if same else ("a1",)
    finding = found("wifi-airtime", made, [radio(utilisation=float(busy))], rooms=rooms, pupils=pupils, seats=seats)
    told = [(one.name, one.value) for one in finding.steps if one.name in {"step_air_worst", "step_air_best"}]
    worst, best = ([value for name, value in told if name == end] for end in ("step_air_worst", "step_air_best"))
    assert worst
    assert all(float(str(low)) <= float(str(high)) + 0.06 for low, high in zip(best, worst, strict=True))

"""The browser's estimator, timeline, stop rule and facts give the agent's numbers, in Chromium, for seeded samples."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from agent.measuring.contract import ProbeFailureError
from agent.measuring.rtt_statistics import facts_of
from agent.protocol.wire import Slice, ThroughputLimits, UploadCount
from agent.throughput.counts import counted_lane
from agent.throughput.estimate import UNSTABLE_RATIO, estimate, half_width_of, warm_up
from agent.throughput.responsiveness import RoundTrip, responsiveness
from agent.throughput.saturation import has_queue, scaled_with_connections
from agent.throughput.stop import StopRule
from agent.throughput.timeline import Timeline, merged
from tests.support.measuring_pages import bare_page, page_app
from tests.support.samples_of_lines import KINDS, Sample, lanes, samples
from tests.support.serving import served
from tests.support.shown_pages import HEADLESS, chromium

pytestmark = pytest.mark.needs(HEADLESS)

RECORDED = Path(__file__).parents[2] / "fixtures" / "web_measuring"
RELATIVE = 1e-9
CASES = 400
TIMELINE = """
const {Timeline} = await import("/modules/timeline.js");
const timelineOf = (one) => {
  const timeline = new Timeline(one.start_s, one.resolution_s);
  for (const [momentS, total] of one.arrivals) timeline.add(momentS, total);
  return timeline;
};
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A bare page in Debian's Chromium. Gone with its module: Playwright occupies the thread's event loop."""
    with served(page_app()) as address, chromium() as browser, bare_page(browser, address) as opened:
        yield opened


def in_browser(page: Page, body: str, cases: list[Any]) -> list[Any]:
    """What `body` returns for each of `cases` (as `one`). Both ways as text: Playwright looks at each number by itself,
    which takes ten times as long as all that is compared.
    """
    each = f"async (cases) => {{ {body} }}".replace("EACH", "return cases.map")
    script = f"async (text) => JSON.stringify(await ({each})(JSON.parse(text)))"
    answers: list[Any] = json.loads(page.evaluate(script, msgspec.json.encode(cases).decode()))
    assert len(answers) == len(cases) > 0
    return answers


def close(found: float | None, wanted: float | None) -> bool:
    """Equal up to the last bits, or both missing."""
    if found is None or wanted is None:
        return found is wanted
    return math.isclose(found, wanted, rel_tol=RELATIVE, abs_tol=1e-12)


def all_close(found: list[float], wanted: list[float]) -> bool:
    """Each as its counterpart."""
    return len(found) == len(wanted) and all(map(close, found, wanted))


def as_objects(cases: list[Sample]) -> list[dict[str, Any]]:
    """With the names that the page reads."""
    return [case._asdict() for case in cases]


def test_timelines(page: Page) -> None:
    """The same marks, and the same rates in any pieces of any span, its end included."""
    cases = list(samples(1, CASES))
    body = (
        TIMELINE
        + """EACH((one) => {
      const timeline = timelineOf(one), untilS = one.to_s ?? timeline.endS;
      const rates = timeline.ratesMbitS(one.start_s, untilS, 17);
      return [timeline.timesS, timeline.totals, rates, timeline.bytesAt(untilS - 0.003)];
    })"""
    )
    for case, (times_s, totals, rates, between) in zip(cases, in_browser(page, body, as_objects(cases)), strict=True):
        timeline = case.timeline()
        until_s = timeline.end_s if case.to_s is None else case.to_s
        assert (times_s, totals) == (timeline.times_s, timeline.totals), case.kind
        assert all_close(rates, timeline.rates_mbit_s(case.start_s, until_s, 17)), case.kind
        assert close(between, timeline.bytes_at(until_s - 0.003)), case.kind


def test_estimates(page: Page) -> None:
    """Rate, interval, where the steady part begins and whether it settled; and when there is none."""
    cases = list(samples(2, CASES))
    body = (
        TIMELINE
        + """const {estimate} = await import("/modules/estimate.js");
    EACH((one) => {
      const found = estimate(timelineOf(one), one.rtt_s, one.to_s ?? undefined);
      return found && [found.mbitS, found.halfWidthMbitS, found.steadyFromS, Number(found.settled)];
    })"""
    )
    known = 0
    for case, found in zip(cases, in_browser(page, body, as_objects(cases)), strict=True):
        wanted = estimate(case.timeline(), case.rtt_s, case.to_s)
        assert (found is None) == (wanted is None), case.kind
        if wanted is not None:
            known += 1
            assert all_close(found, [float(value) for value in wanted]), (case.kind, found, wanted)
    assert CASES / 2 < known < CASES


def test_warm_up_and_half_width(page: Page) -> None:
    """By themselves, from rates that no timeline made."""
    drawn = random.Random(3)
    cases = [[drawn.choice([drawn.gauss(50, 9), 0.0, 50.0]) for _ in range(drawn.randint(4, 12))] for _ in range(CASES)]
    body = """const {halfWidthOf, warmUp} = await import("/modules/estimate.js");
    EACH((one) => [warmUp(one), halfWidthOf(one)])"""
    for rates, (left_out, half_width) in zip(cases, in_browser(page, body, cases), strict=True):
        assert left_out == warm_up(rates)
        assert close(half_width, half_width_of(rates))


def test_when_to_stop(page: Page) -> None:
    """At the same moment, for the same reason, under limits of all sizes."""
    drawn = random.Random(4)
    cases = [
        {
            **sample._asdict(),
            "limits": ThroughputLimits(
                max_seconds=drawn.choice([0.5, 1.0, 4.0]),
                max_bytes=drawn.choice([200_000, 1_000_000_000]),
                precision=drawn.choice([0.01, 0.03, 0.1, 0.5]),
            ),
        }
        for sample in samples(4, CASES)
    ]
    body = (
        TIMELINE
        + """const {StopRule} = await import("/modules/stop.js");
    EACH((one) => {
      const timeline = timelineOf(one), rule = new StopRule(one.limits, one.rtt_s);
      return rule.reason(timeline, timeline.total, one.start_s, one.to_s ?? timeline.endS);
    })"""
    )
    reasons = in_browser(page, body, cases)
    for case, found in zip(cases, reasons, strict=True):
        timeline = Timeline(case["start_s"], case["resolution_s"])
        for moment_s, total in case["arrivals"]:
            timeline.add(moment_s, total)
        now_s = timeline.end_s if case["to_s"] is None else case["to_s"]
        rule = StopRule(case["limits"], case["rtt_s"])
        assert found == rule.reason(timeline, timeline.total, case["start_s"], now_s), case["kind"]
    assert set(reasons) == {None, "steady", "time", "bytes"}


def test_lanes_laid_beside_each_other(page: Page) -> None:
    """To the byte and the moment, with the same resolution; also when they were never together."""
    cases = list(lanes(5, CASES))
    body = """const {merged} = await import("/modules/timeline.js");
    EACH((lanes) => {
      const whole = merged(lanes.map(([startS, marks]) => ({startS, marks})));
      return [whole.startS, whole.resolutionS, whole.endS, whole.timesS, whole.totals];
    })"""
    for case, (start_s, resolution_s, end_s, times_s, totals) in zip(cases, in_browser(page, body, cases), strict=True):
        whole = merged(case)
        assert (start_s, times_s, totals) == (whole.start_s, whole.times_s, whole.totals)
        assert close(resolution_s, whole.resolution_s)
        assert end_s == whole.end_s


def test_lanes_over_a_time_that_is_known(page: Page) -> None:
    """Whatever came when in it, and where a lane had ended before."""
    drawn = random.Random(10)
    cases = [(case, sorted(drawn.uniform(0, 2) for _ in range(2))) for case in lanes(10, CASES)]
    body = """const {merged} = await import("/modules/timeline.js");
    EACH(([lanes, spanS]) => {
      const whole = merged(lanes.map(([startS, marks]) => ({startS, marks})), spanS);
      return [whole.startS, whole.timesS, whole.totals];
    })"""
    for (case, (from_s, to_s)), found in zip(cases, in_browser(page, body, cases), strict=True):
        whole = merged(case, (from_s, to_s))
        assert found == [whole.start_s, whole.times_s, whole.totals]


def counts(seed: int) -> Iterator[tuple[UploadCount, int, float]]:
    """Counts with what was sent and how long it took: many true, some that can't be."""
    drawn = random.Random(seed)
    for _ in range(CASES):
        slices, until_s = [], 0.0
        for _ in range(drawn.randint(0, 30)):
            until_s += drawn.choice([0.01, 0.013, 0.0, -0.02 if drawn.random() < 0.02 else 0.02])
            slices.append(Slice(until_s, drawn.choice([0, 1_448, 262_144, -1 if drawn.random() < 0.02 else 7])))
        total = sum(one.bytes for one in slices)
        said = total + drawn.choice([0] * 9 + [1])
        yield (
            UploadCount(said, drawn.uniform(0, 1e6), slices),
            said - drawn.choice([0] * 9 + [5]),
            drawn.choice([0.0, 1.0]),
        )


def in_agent(body: str, sent: int, took_s: float) -> str | list[Any]:
    """What the agent's reading of a count comes to: a lane, or the code it is refused by."""
    try:
        lane = counted_lane(body.encode(), sent, took_s)
    except ProbeFailureError as refused:
        return refused.code
    return [lane.start_s, [list(mark) for mark in lane.marks]]


def test_counts_of_a_receiver(page: Page) -> None:
    """The same lane, or refused by the same code."""
    cases = [(msgspec.json.encode(count).decode(), sent, took_s) for count, sent, took_s in counts(6)]
    garbled = ["", "[]", "null", '{"bytes": 1}', '{"bytes": 3, "started_s": "x", "slices": []}', "{" * 1_000, "\ufffd"]
    cases += [(body, 300, 1.0) for body in garbled]
    body = """const {countedLane} = await import("/modules/counts.js");
    EACH(([body, sent, tookS]) => {
      try { const lane = countedLane(body, sent, tookS); return [lane.startS, lane.marks]; }
      catch (error) { return error.code; }
    })"""
    answers = in_browser(page, body, cases)
    for case, found in zip(cases, answers, strict=True):
        assert found == in_agent(*case), case
    refusals = {answer for answer in answers if isinstance(answer, str)}
    assert refusals == {"up_impossible_count", "up_garbled_count"}
    assert len(refusals) < len(answers)


def test_how_a_line_feels(page: Page) -> None:
    """Round trips per minute and added delay, and when too few were answered."""
    drawn = random.Random(7)
    cases: list[dict[str, Any]] = [
        {
            "idle": [RoundTrip(0.0, drawn.uniform(0.001, 0.05)) for _ in range(drawn.randint(0, 10))],
            "loaded": [RoundTrip(drawn.uniform(1, 3), drawn.expovariate(10)) for _ in range(drawn.randint(0, 90))],
            "from_s": drawn.uniform(0.9, 2),
        }
        for _ in range(CASES)
    ]
    body = """const {responsiveness} = await import("/modules/responsiveness.js");
    const trips = (list) => list.map(([sentS, tookS]) => ({sentS, tookS}));
    EACH((one) => {
      const felt = responsiveness(trips(one.idle), trips(one.loaded), one.from_s);
      return felt && [felt.rpm, felt.addedP95Ms];
    })"""
    answers = in_browser(page, body, cases)
    for case, found in zip(cases, answers, strict=True):
        wanted = responsiveness(case["idle"], case["loaded"], case["from_s"])
        assert (found is None) == (wanted is None)
        if wanted is not None:
            assert all_close(found, list(wanted))
    assert {answer is None for answer in answers} == {True, False}


def test_whether_a_line_is_full(page: Page) -> None:
    """By a queue that is felt, and by what more connections carry."""
    drawn = random.Random(9)
    cases: list[dict[str, Any]] = [
        {
            "idle_s": drawn.choice([0.0, 0.002, 0.1]),
            "trips": [RoundTrip(0.0, drawn.choice([0.004, 0.05, 0.13])) for _ in range(drawn.randint(0, 7))],
            "before": drawn.uniform(0, 100),
            "now": drawn.uniform(0, 100),
        }
        for _ in range(CASES)
    ]
    body = """const {grew, queueFelt} = await import("/modules/filling.js");
    EACH((one) => [
      queueFelt(one.idle_s, one.trips.map(([sentS, tookS]) => ({sentS, tookS}))), grew(one.before, one.now),
    ])"""
    answers = in_browser(page, body, cases)
    for case, found in zip(cases, answers, strict=True):
        assert found == [has_queue(case["idle_s"], case["trips"]), scaled_with_connections(case["before"], case["now"])]
    constants = in_browser(
        page, 'const {UNSTABLE_RATIO} = await import("/modules/estimate.js"); EACH(() => UNSTABLE_RATIO)', [0]
    )
    assert constants == [UNSTABLE_RATIO]
    assert {felt for felt, _ in answers} == {None, True, False}


def test_facts_of_round_trips(page: Page) -> None:
    """Percentiles, jitter and loss, and why one of them is missing."""
    drawn = random.Random(8)
    cases = [
        [None if drawn.random() < lost else drawn.expovariate(20) for _ in range(drawn.randint(1, 120))]
        for lost in (0.0, 0.1, 0.97)
        for _ in range(CASES // 4)
    ]
    body = """const {latencyFacts} = await import("/modules/latency_facts.js");
    EACH((one) => latencyFacts(one))"""
    for case, found in zip(cases, in_browser(page, body, cases), strict=True):
        wanted = facts_of(case)
        assert found["missing"] == wanted.missing
        assert found["facts"].keys() == wanted.facts.keys()
        for name, value in wanted.facts.items():
            assert isinstance(value, float | int | None)
            assert close(found["facts"][name], value), name


def recorded(name: str) -> Any:
    """A run in the lab; see the README beside it."""
    return json.loads((RECORDED / f"{name}.json").read_text())


RECORDINGS = ["50-down-50-up", "5-down-5-up", "20-down-20-up-40-ms"]


def test_recorded_downloads(page: Page) -> None:
    """What came down real lines: the same estimate after every tenth of a second, and the same moment to stop."""
    for name in RECORDINGS:
        run = recorded(name)
        sample = Sample(name, run["down"]["start_s"], run["down"]["resolution_s"], run["down"]["arrivals"], 0.0, None)
        moments = [sample.start_s + step / 10 for step in range(1, 25)]
        body = (
            TIMELINE
            + """const {StopRule} = await import("/modules/stop.js");
            EACH(([one, rttS, nowS]) => {
              const timeline = timelineOf({...one, arrivals: one.arrivals.filter(([momentS]) => momentS <= nowS)});
              const rule = new StopRule({max_bytes: 1e9, max_seconds: 2, precision: 0.03}, rttS);
              const found = rule.estimate(timeline, nowS);
              return [found && [found.mbitS, found.halfWidthMbitS], rule.reason(timeline, 0, one.start_s, nowS)];
            })"""
        )
        cases = [(sample._asdict(), run["idle_rtt_s"], moment_s) for moment_s in moments]
        rule = StopRule(ThroughputLimits(max_seconds=2), run["idle_rtt_s"])
        reasons = set()
        for moment_s, (found, reason) in zip(moments, in_browser(page, body, cases), strict=True):
            timeline = sample._replace(arrivals=[one for one in sample.arrivals if one[0] <= moment_s]).timeline()
            wanted = rule.estimate(timeline, moment_s)
            assert (found is None) == (wanted is None)
            assert wanted is None or all_close(found, [wanted.mbit_s, wanted.half_width_mbit_s])
            assert reason == rule.reason(timeline, 0, sample.start_s, moment_s)
            reasons.add(reason)
        assert {None, "steady", "time"} >= reasons > {None}


def test_recorded_uploads(page: Page) -> None:
    """What a real receiver counted: read and merged alike, every piece as if it were a connection of its own."""
    for name in RECORDINGS:
        pieces = recorded(name)["up"]
        body = """const {countedLane} = await import("/modules/counts.js");
        const {merged} = await import("/modules/timeline.js");
        const lanes = cases.map(([size, count]) => countedLane(count, size, 60));
        EACH((_, n) => { const whole = merged(lanes.slice(n, n + 4)); return [whole.timesS, whole.totals]; })"""
        cases = [(piece["bytes"], json.dumps(piece["count"])) for piece in pieces]
        own = [counted_lane(count.encode(), size, 60) for size, count in cases]
        for place, (times_s, totals) in enumerate(in_browser(page, body, cases)):
            whole = merged(own[place : place + 4])
            assert (times_s, totals) == (whole.times_s, whole.totals)


def test_every_kind_of_line_is_tried() -> None:
    """No kind is left out of the samples."""
    assert {sample.kind for sample in samples(1, CASES)} == set(KINDS)

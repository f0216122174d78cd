"""The simulated municipality through a real collector process: every report kept once, every trouble found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from collector.simulate.identities import Identities
from collector.simulate.model import Trouble
from collector.simulate.send import SendTotals, send
from tests.bench.benchmark import wait_for
from tests.bench.measured_collector import MeasuredCollector, bench_fleet, measured_collector

DAYS = 30
DEVICES = 144

BINDING: dict[Trouble, set[str]] = {
    "thin_line": {"line-down", "line-up", "line-start-burst"},
    "old_browsers": {"devices-enough", "browser-current"},
    "bad_rooms": {"wifi-signal"},
    "too_few_devices": {"devices-enough"},
    "blocked_host": {"rung-tls"},
}
"""What each trouble makes a school fail on."""


class Sent:
    """A collector that got the whole history, twice."""

    def __init__(self, collector: MeasuredCollector) -> None:
        self.collector = collector
        self._identities = Identities()
        self.first, self.again = self._send(), self._send()

    def _send(self) -> SendTotals:
        sending = send(
            self.collector.url,
            self.collector.fleet,
            datetime.now(UTC).replace(hour=3),
            lambda school: self.collector.keys[school],
            days=DAYS,
            progress=lambda _done, _reports: None,
            identities=self._identities,
        )
        return asyncio.run(asyncio.wait_for(sending, 100))

    def sittings(self, trouble: Trouble) -> list[dict[str, Any]]:
        """What the API says about the schools with that trouble."""
        codes = {school.school.code for school in self.collector.fleet.schools if school.trouble == trouble}
        answer = httpx.get(f"{self.collector.url}/api/v1/sittings", trust_env=False)
        found: list[dict[str, Any]] = [one for one in answer.json() if one["school"]["code"] in codes]
        return found

    def is_judged(self) -> bool:
        """Whether the newest evidence has come through to the sittings of every troubled school."""
        return all([one["status"] for one in self.sittings(trouble)] == ["not_ready"] * 2 for trouble in BINDING)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    folder = tmp_path_factory.mktemp("collector")
    with measured_collector(folder, bench_fleet(schools=12, devices=DEVICES)) as collector:
        done = Sent(collector)
        wait_for(done.is_judged, "the judgement of what was sent", 60)
        yield done


def test_every_report_is_kept_once(sent: Sent) -> None:
    """Nothing is rejected: also not what machines with a wrong clock measured."""
    assert (sent.first.devices, sent.first.duplicate, sent.first.rejected) == (DEVICES, 0, 0)
    assert sent.first.accepted > 20 * DEVICES * 0.8
    assert (sent.again.accepted, sent.again.duplicate) == (0, sent.first.accepted)
    assert sent.collector.stored_reports() == sent.first.accepted


@pytest.mark.parametrize(("trouble", "binding"), BINDING.items())
def test_each_trouble_binds(sent: Sent, trouble: Trouble, binding: set[str]) -> None:
    """What was done to a school is what its sittings are not ready for."""
    found = sent.sittings(trouble)
    assert [one["status"] for one in found] == ["not_ready", "not_ready"]
    assert {one["binding"] for one in found} <= binding


def test_a_school_that_fell_silent_is_unknown(sent: Sent) -> None:
    """Never green, and no headroom beside it."""
    assert [(one["status"], one["headroom"]) for one in sent.sittings("not_measured")] == [("unknown", None)] * 2


def test_some_school_without_trouble_is_ready(sent: Sent) -> None:
    """A municipality where nothing is ready would teach nobody anything."""
    assert "ready" in {one["status"] for one in sent.sittings("none")}


def test_all_is_marked_as_simulated(sent: Sent) -> None:
    """Wherever a simulated school shows, so does that it is."""
    for trouble in ("none", "thin_line"):
        assert all(one["simulated"] for one in sent.sittings(trouble))

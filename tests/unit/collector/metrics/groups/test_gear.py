"""What the metrics say about network gear: ages and loads that are true, and nothing for what is not known."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from collector.metrics.groups.gear import METRICS
from collector.metrics.groups.gear import samples as gear_samples
from collector.metrics.metric import Scrape
from tests.support.metrics_server import eventful_snapshot
from tests.support.verdicts import NOW

ROUTER = ("10000001", "ek-router")


def samples(later: timedelta = timedelta()) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample of the eventful snapshot's gear."""
    return {
        (name, labels): value for name, labels, value in gear_samples(Scrape(eventful_snapshot(), None, NOW + later))
    }


def test_a_router_that_answers() -> None:
    """In base units: 80 Mbit/s are 10 Mbyte/s."""
    found = samples()
    assert found["provklar_gear_answers", ROUTER] == 1
    assert found["provklar_gear_poll_age_seconds", ROUTER] == 300
    assert found["provklar_gear_poll_failures_total", (*ROUTER, "timeout")] == 3
    assert found["provklar_uplink_load_bytes_per_second", (*ROUTER, "down")] == 10_000_000
    assert found["provklar_uplink_load_bytes_per_second", (*ROUTER, "up")] == 1_000_000
    assert found["provklar_uplink_speed_bytes_per_second", ROUTER] == 125_000_000


def test_one_that_never_answered_has_no_age() -> None:
    """It fails, and nothing about it looks healthy; one that was not asked yet says nothing at all."""
    found = samples()
    assert found["provklar_gear_answers", ("", "wlc")] == 0
    assert ("provklar_gear_poll_age_seconds", ("", "wlc")) not in found
    assert [key for key in found if "alm-router" in key[1]] == []


def test_an_old_load_is_not_that_of_now() -> None:
    """The mean of a minute is shown for four; the speed of a port lasts."""
    assert ("provklar_uplink_load_bytes_per_second", (*ROUTER, "down")) in samples(timedelta(minutes=4))
    late = samples(timedelta(minutes=4, seconds=1))
    assert ("provklar_uplink_load_bytes_per_second", (*ROUTER, "down")) not in late
    assert late["provklar_uplink_speed_bytes_per_second", ROUTER] == 125_000_000


def test_labels_fit_the_catalogue() -> None:
    """As many values as names; no label holds an address."""
    labels = {metric.name: metric.labels for metric in METRICS}
    assert all(len(values) == len(labels[name]) for name, values in samples())
    assert {name for name, _ in samples()} == labels.keys()
    assert msgspec.json.encode(eventful_snapshot().gear).count(b"192.0.2") == 0

"""The metrics of network gear: how old its polls are, how they fail, and how full lines are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from collector.metrics.metric import BYTES_PER_MBIT, Metric, MetricGroup, NamedSample, Scrape

LOAD_IS_NEW = 4
"""A load is that of now for so many times the stretch that it is the mean of."""

DEVICE = ("school", "device")

METRICS = [
    Metric(
        "provklar_gear_answers",
        "gauge",
        "",
        "1 when the last poll of the device brought something, 0 when it failed. Absent until the first poll. "
        "school is empty for a device of several schools.",
        DEVICE,
    ),
    Metric(
        "provklar_gear_poll_age_seconds",
        "gauge",
        "seconds",
        "Time since the device last answered. Absent when it never did.",
        DEVICE,
    ),
    Metric(
        "provklar_gear_poll_failures_total",
        "counter",
        "",
        "Polls that failed since the start, by the reason's code.",
        (*DEVICE, "code"),
    ),
    Metric(
        "provklar_uplink_load_bytes_per_second",
        "gauge",
        "bytes_per_second",
        "What the school's line carried between the last two polls. Absent when it is not known or no longer new.",
        (*DEVICE, "direction"),
    ),
    Metric(
        "provklar_uplink_speed_bytes_per_second",
        "gauge",
        "bytes_per_second",
        "The speed of the port that the school's line hangs on. Absent when it is not told.",
        DEVICE,
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """What is known of each device."""
    now = scrape.now
    for one in scrape.snapshot.gear:
        key = (one.school, one.device)
        if one.polled:
            yield "provklar_gear_answers", key, one.error_code is None
        if one.answered_at is not None:
            yield "provklar_gear_poll_age_seconds", key, max(0.0, (now - one.answered_at).total_seconds())
        for code, count in sorted(one.failures.items()):
            yield "provklar_gear_poll_failures_total", (*key, code), count
        if one.speed_mbit_s is not None:
            yield "provklar_uplink_speed_bytes_per_second", key, one.speed_mbit_s * BYTES_PER_MBIT
        load = one.load
        if load is not None and now - load.at <= timedelta(seconds=load.seconds * LOAD_IS_NEW):
            for direction, rate in (("down", load.down_mbit_s), ("up", load.up_mbit_s)):
                yield "provklar_uplink_load_bytes_per_second", (*key, direction), rate * BYTES_PER_MBIT


GROUP = MetricGroup(90, METRICS, samples)

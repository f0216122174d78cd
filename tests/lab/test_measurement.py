"""The lab's measurement point is the real one: it serves holders of a ticket, through the shaped line."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.lab.box import SchoolBox, goodput_mbit_s
from tests.lab.carried import LineMeter
from tests.lab.measurement import MeasurementPoint, start_measurement_point
from tests.lab.pressure import measures


@pytest.fixture(scope="module")
def box() -> Iterator[SchoolBox]:
    with SchoolBox(50, 20) as box:
        box.start_services()
        yield box


@pytest.fixture(scope="module", params=[False, True], ids=["http", "https"])
def point(box: SchoolBox, request: pytest.FixtureRequest) -> MeasurementPoint:
    return start_measurement_point(box, tls=request.param)


def asked(box: SchoolBox, point: MeasurementPoint, path: str, ticket: str, *shown: str) -> str:
    """What curl says of one question, by the names in `shown`."""
    wanted = " ".join(f"%{{{name}}}" for name in shown)
    command = ["curl", "-sS", "-o", "/dev/null", "-w", wanted, "-H", f"Authorization: Bearer {ticket}"]
    return box.run(box.clients[0], [*command, f"{point.url}{path}"]).stdout


def test_a_ticket_opens_it(box: SchoolBox, point: MeasurementPoint) -> None:
    assert asked(box, point, "/ping", point.ticket("round_trips"), "http_code") == "204"
    assert asked(box, point, "/down?bytes=1000", point.ticket("round_trips"), "http_code") == "403"
    assert asked(box, point, "/ping", "not-a-ticket", "http_code") == "401"
    assert asked(box, point, "/ping", point.ticket(minutes=-5), "http_code") == "401"


@measures
def test_a_download_comes_at_the_speed_of_the_line(box: SchoolBox, point: MeasurementPoint) -> None:
    started_s = time.monotonic()
    with LineMeter(box) as meter:
        shown = asked(box, point, "/down?bytes=10000000", point.ticket(), "size_download", "speed_download").split()
    assert time.monotonic() - started_s > 10_000_000 * 8 / (goodput_mbit_s(50) * 1e6) * 0.95
    assert shown[0] == "10000000"
    mbit_s = int(shown[1]) * 8 / 1e6
    carried_mbit_s = meter.goodput_mbit_s("down", meter.busiest("down", 10_000_000 * 8 / 1e6 / mbit_s))
    assert 0.9 < mbit_s / carried_mbit_s < 1.01  # one cold connection; the shaper's bucket is a hundredth of it

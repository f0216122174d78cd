"""The line is as fast, as far and as lossy as it was asked to be: what every later measurement is held against."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.lab.box import SchoolBox, goodput_mbit_s
from tests.lab.capture import Capture, typical
from tests.lab.carried import LineMeter, Way
from tests.lab.pressure import measures

SECONDS = 2
PINGS = 1_500


def received_mbit_s(box: SchoolBox, *, down: bool, seconds: float = SECONDS, connections: int = 1) -> float:
    """TCP goodput as iperf3's receiver counted it, after one second of warming up."""
    server = box.popen(box.internet, ["iperf3", "--server", "--one-off"])
    box.wait_for_listener(box.internet, 5201)
    client = ["iperf3", "--client", box.internet.address, "--time", str(seconds), "--omit", "1", "--json"]
    client += ["--parallel", str(connections)]
    answer = box.run(box.clients[0], [*client, "--reverse"] if down else client)
    server.wait(timeout=10)
    return float(json.loads(answer.stdout)["end"]["sum_received"]["bits_per_second"]) / 1e6


def assert_carries(
    box: SchoolBox, rate_mbit_s: float, *, down: bool, within: float = 0.03, connections: int = 1, alone: bool = True
) -> None:
    """Never more than the rate allows, and as much once in three: a busy machine makes iperf3 slow, but never fast.

    What the receiver gets is what the line's own counters say, where it is `alone` on the line.
    """
    truth = goodput_mbit_s(rate_mbit_s)
    way: Way = "down" if down else "up"
    found: list[float] = []
    for _ in range(3):
        with LineMeter(box) as meter:
            found.append(received_mbit_s(box, down=down, connections=connections))
        carried = meter.goodput_mbit_s(way, meter.busiest(way, SECONDS))
        assert found[-1] <= min(truth, carried) * (1 + within)
        if found[-1] >= truth * (1 - within):
            assert found[-1] == pytest.approx(carried, rel=within) or not alone
            return
    raise AssertionError(f"{found} Mbit/s, not {truth}")


def pinged(box: SchoolBox, count: int, interval_s: float = 0.02) -> str:
    """What ping from the first client to the internet says at its end."""
    command = ["ping", "-q", "-c", str(count), "-i", str(interval_s), box.internet.address]
    return box.run(box.clients[0], command, check=False).stdout


def median_rtt_ms(box: SchoolBox, count: int = 25) -> float:
    """The median of single round trips, as the packets took them."""
    with Capture(box, "icmp") as capture:
        box.run(box.clients[0], ["ping", "-c", str(count), "-i", "0.02", box.internet.address])
    return typical(capture.echoes_ms(box.internet.address))


@pytest.mark.parametrize(("down", "up"), [(5, 50), (50, 5), (500, 50), (50, 500)])
@measures
def test_goodput_is_what_the_rate_allows_each_way(down: float, up: float) -> None:
    """By several connections: one alone does not always fill 500 Mbit/s on a machine of two cores (96 % seen). One line
    at a time: beside another one, 50 Mbit/s were seen to carry 46.
    """
    with SchoolBox(down, up) as box:
        assert_carries(box, down, down=True, connections=4)
        assert_carries(box, up, down=False, connections=4)


@measures
def test_goodput_is_kept_over_a_long_way() -> None:
    """By several connections: a single one takes many round trips to fill such a line again after each drop."""
    with SchoolBox(100, 50, delay_ms=60) as box:
        assert_carries(box, 100, down=True, connections=4)
        assert_carries(box, 50, down=False, connections=4)


@pytest.mark.parametrize("delay_ms", [0, 20, 60])
@measures
def test_delay_is_added_to_each_round_trip(delay_ms: float) -> None:
    with SchoolBox(100, 100, delay_ms=delay_ms) as box:
        assert median_rtt_ms(box) == pytest.approx(delay_ms + 0.5, abs=1.5)


@measures
def test_packets_are_lost_each_way() -> None:
    """None, or one of twenty each way, within four and a half standard deviations; side by side."""

    def received(loss: float) -> int:
        with SchoolBox(100, 100, loss=loss) as box:
            found = re.search(r"(\d+) received", pinged(box, PINGS, 0.002))
        assert found
        return int(found[1])

    losses = (0.0, 0.05)
    with ThreadPoolExecutor(len(losses)) as side_by_side:
        for loss, count in zip(losses, side_by_side.map(received, losses), strict=True):
            expected = (1 - loss) ** 2 * PINGS
            assert count == pytest.approx(expected, abs=4.5 * (expected * (1 - (1 - loss) ** 2)) ** 0.5)


@measures
def test_a_lossy_line_loses_single_frames_not_bundles() -> None:
    """TCP with BBR fills a line that loses a little; had whole bundles gone, it could not."""
    with SchoolBox(20, 20, delay_ms=20, loss=0.005, congestion="bbr") as box:
        assert received_mbit_s(box, down=True, seconds=3) == pytest.approx(goodput_mbit_s(20) * 0.995, rel=0.05)


@measures
def test_background_traffic_takes_its_share_each_way() -> None:
    with SchoolBox(50, 50, clients=2) as box, box.background(down_mbit_s=30, up_mbit_s=10):
        assert_carries(box, 20, down=True, within=0.08, alone=False)
        assert_carries(box, 40, down=False, within=0.08, alone=False)

"""Every process that collects the tests collects the same: their ids hold nothing of the moment or of the process."""

from __future__ import annotations

import re

import pytest

from tests.support.processes import PORTS

OF_THE_KERNEL = range(32_768, 61_000)
OF_THE_PROCESS = re.compile(r"\bat 0x[0-9a-f]{6,}|/pytest-of-|/pytest-\d+/|/tmp/\w")
BYTE = r"(?:\\x[0-9a-f]{2}|\\.|[^\\])"
GZIPPED_NOW = re.compile(rf"\\x1f\\x8b\\x08\\x00(?!(?:\\x00){{4}}){BYTE}{{4}}\\x0[024]\\x(?:ff|03)")
A_PORT = re.compile(r"(?:127\.0\.0\.1|localhost|\[?::1\]?):(\d+)")


def of_the_moment(test_id: str) -> bool:
    """Whether another process, or this one a second later, would have made another id."""
    ports = [int(port) for port in A_PORT.findall(test_id)]
    held = any(port in PORTS or port in OF_THE_KERNEL for port in ports)
    return held or bool(OF_THE_PROCESS.search(test_id) or GZIPPED_NOW.search(test_id))


def test_ids_are_the_same_in_every_process(request: pytest.FixtureRequest) -> None:
    """A parallel run refuses to start otherwise; this names the test, in any run. It looks at what was collected."""
    assert [item.nodeid for item in request.session.items if of_the_moment(item.nodeid)] == []


@pytest.mark.parametrize(
    "spoilt",
    [
        "http://127.0.0.1:{kernel}",
        "localhost:{ours}",
        "<object object {address}>",
        "{folder}-0/test_x0",
        r"gzip-\x1f\x8b\x08\x00\xd0\xf7\x07k\x02\xff\xabV",
    ],
)
def test_what_is_of_the_moment_is_found(spoilt: str) -> None:
    made = spoilt.format(kernel=38_819, ours=PORTS[0], address="at 0x7f12ab34cd56", folder="/tmp/pytest-of-root/pytest")
    assert of_the_moment(made)


@pytest.mark.parametrize(
    "steady",
    ["http://127.0.0.1:9093", r"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff", r"\x1f\x8b\x08\x00 packed", "(0x80070426)"],
)
def test_what_is_written_is_left_alone(steady: str) -> None:
    assert not of_the_moment(steady)

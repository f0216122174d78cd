"""The measurement point over real sockets: right counts, bounds on everything."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise

import httpx
import msgspec
import pytest

from agent.wire import UploadCount
from collector.routes import measurement

PATH = "/measure/v1"


def test_ping(client: httpx.Client) -> None:
    """An answer without content."""
    response = client.get(f"{PATH}/ping")
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("size", [1, 262_144, 262_145, 3_000_001])
def test_down(client: httpx.Client, size: int) -> None:
    """Exactly so many bytes."""
    response = client.get(f"{PATH}/down", params={"bytes": size})
    assert response.status_code == 200
    assert response.headers["content-length"] == str(size)
    assert len(response.content) == size


def test_what_comes_down_can_not_be_compressed(client: httpx.Client) -> None:
    """So that nothing on the way can make a line look faster than it is."""
    content = client.get(f"{PATH}/down", params={"bytes": 200_000}).content
    assert len(zlib.compress(content, 9)) >= len(content)


def test_down_is_capped(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked for."""
    monkeypatch.setattr(measurement, "LARGEST_BYTES", 500_000)
    assert len(client.get(f"{PATH}/down", params={"bytes": 10**18}).content) == 500_000


@pytest.mark.parametrize("wanted", ["", "0", "-1", "1e6", "many", "٣", "9" * 30])
def test_down_of_no_number(client: httpx.Client, wanted: str) -> None:
    """Says what to send."""
    response = client.get(f"{PATH}/down", params={"bytes": wanted})
    assert (response.status_code, response.json()["code"], response.json()["place"]) == (400, "malformed", "bytes")


def test_up(client: httpx.Client) -> None:
    """Counted as it arrives, in slices that add up, on the receiver's clock."""

    def slowly() -> Iterator[bytes]:
        for _ in range(6):
            yield b"x" * 100_000
            time.sleep(0.06)

    before_s = time.monotonic()
    response = client.post(f"{PATH}/up", content=slowly())
    after_s = time.monotonic()
    count = msgspec.json.decode(response.content, type=UploadCount)
    assert count.bytes == 600_000
    assert sum(piece.bytes for piece in count.slices) == 600_000
    assert before_s <= count.started_s <= after_s
    ends_s = [0.0, *(piece.until_s for piece in count.slices)]
    assert len(ends_s) >= 3
    assert all(later - earlier >= measurement.SLICE_S for earlier, later in pairwise(ends_s[:-1]))
    assert ends_s == sorted(ends_s)
    assert count.started_s + ends_s[-1] <= after_s


def test_up_of_nothing(client: httpx.Client) -> None:
    """Is nothing, and no error."""
    count = msgspec.json.decode(client.post(f"{PATH}/up", content=b"").content, type=UploadCount)
    assert (count.bytes, count.slices) == (0, [])


def test_up_is_capped(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """More is refused, not counted."""
    monkeypatch.setattr(measurement, "LARGEST_BYTES", 100_000)
    response = client.post(f"{PATH}/up", content=b"x" * 100_001)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_up_has_a_deadline(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload that never ends is ended."""
    monkeypatch.setattr(measurement, "REQUEST_DEADLINE_S", 0.2)

    def slowly() -> Iterator[bytes]:
        for _ in range(10):
            yield b"x"
            time.sleep(0.1)

    response = client.post(f"{PATH}/up", content=slowly())
    assert (response.status_code, response.json()["code"]) == (408, "too_slow")


def test_down_has_a_deadline(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that does not read is not waited for, and its place is free again."""
    monkeypatch.setattr(measurement, "REQUEST_DEADLINE_S", 0.2)
    monkeypatch.setattr(measurement, "CONNECTIONS_PER_DEVICE", 1)
    with client.stream("GET", f"{PATH}/down", params={"bytes": 500_000_000}) as response:
        time.sleep(0.5)
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()
    assert client.get(f"{PATH}/down", params={"bytes": 5}).status_code == 200


def test_connections_of_one_device(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many at a time; one that ends makes room."""
    monkeypatch.setattr(measurement, "CONNECTIONS_PER_DEVICE", 2)
    with ExitStack() as open_streams:
        for _ in range(2):
            open_streams.enter_context(client.stream("GET", f"{PATH}/down", params={"bytes": 100_000_000}))
        for refused in (client.get(f"{PATH}/down", params={"bytes": 5}), client.post(f"{PATH}/up", content=b"x")):
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_connections")
            assert refused.headers["retry-after"] == "1"
    deadline_s = time.monotonic() + 10
    while client.post(f"{PATH}/up", content=b"x").status_code != 200:
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


@pytest.mark.parametrize(("method", "path"), [("GET", "ping"), ("GET", "down?bytes=5"), ("POST", "up")])
def test_only_devices_measure(address: str, method: str, path: str) -> None:
    """Nobody else can use the line for it."""
    response = httpx.request(method, f"{address}{PATH}/{path}", trust_env=False)
    assert (response.status_code, response.json()["code"]) == (401, "token_missing")

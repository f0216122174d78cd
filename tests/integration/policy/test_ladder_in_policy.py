"""The ladder reaches devices: from `ladder.yaml`, through a real collector's policy, anew when the file changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from agent.protocol.wire import Enrolled, Enrolment, Policy, Rung
from collector.configuration.load import load_configuration
from tests.support.collectors import ROOM, SCHOOL, Place, place_in, serving, until


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A collector of the sample configuration."""
    made = place_in(tmp_path)
    with serving(made):
        yield made


@pytest.fixture
def device(place: Place) -> Iterator[httpx.Client]:
    """An enrolled device, as it speaks."""
    wish = msgspec.json.encode(Enrolment(SCHOOL, place.key(), ROOM))
    answer = httpx.post(f"{place.url}/api/v1/enrolments", content=wish, timeout=10, trust_env=False)
    token = msgspec.json.decode(answer.content, type=Enrolled).token
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=place.url, headers=headers, timeout=10, trust_env=False) as client:
        yield client


def fetched(device: httpx.Client) -> tuple[Policy, str]:
    """The policy over HTTP, and its ETag."""
    answer = device.get("/api/v1/policy")
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Policy), answer.headers["etag"]


def test_the_policy_carries_the_ladder_of_the_file(place: Place, device: httpx.Client) -> None:
    """Every rung with all that is written about it, in order."""
    written = load_configuration(place.config, datetime.now(UTC), environ={}).ladder
    policy, _ = fetched(device)
    assert policy.ladder == written
    assert Rung("gateway", "gateway", slow_ms=100) in policy.ladder
    assert {rung.kind for rung in policy.ladder} >= {"link", "gateway", "dns", "internet", "tls", "proxy", "service"}


def test_a_rung_that_is_switched_on_reaches_devices(place: Place, device: httpx.Client) -> None:
    """Without a restart: the ETag changes, so that those who have the old ladder fetch the new one."""
    before, etag = fetched(device)
    unchanged = device.get("/api/v1/policy", headers={"if-none-match": etag})
    assert unchanged.status_code == 304
    place.replace("ladder.yaml", "  # - {id: login,", "  - {id: login,")

    def has_changed() -> bool:
        return device.get("/api/v1/policy", headers={"if-none-match": etag}).status_code == 200

    until(has_changed)
    after, _ = fetched(device)
    (login,) = [rung for rung in after.ladder if rung not in before.ladder]
    assert (login.id, login.kind, login.expect) == ("login", "login", {"scope": "exempelby.example"})


def test_a_mistake_in_the_ladder_reaches_nobody(place: Place, device: httpx.Client) -> None:
    """The older one stands."""
    before, _ = fetched(device)
    place.replace("ladder.yaml", "{id: link, kind: link}", "{id: link, kind: tls}")
    until(lambda: bool(place.get("/healthz")["configuration_errors"]))
    assert fetched(device)[0].ladder == before.ladder

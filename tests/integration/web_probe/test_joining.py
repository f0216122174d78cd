"""Joining from a browser and asking for a verdict, over real sockets on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from agent.protocol.wire import Enrolled, Facts, ProbeResult
from collector.configuration.model import Configuration, WebProbe
from collector.readiness.domain.model import Profile, Status
from collector.store.store import Store
from collector.store.web_devices import key_id
from collector.web_probe.answers import DeviceVerdictAnswer
from collector.web_probe.api import REFUSALS_PER_MINUTE, WebDevicesResource, profile_of_school
from tests.support.serving import served
from tests.support.stored import enrolled, opened, report, write
from tests.support.verdicts import configuration, school, sitting
from tests.unit.collector.readiness.cases import profile, requirement

EK = school()
ROOM = {"school": EK.code, "room": "a1"}
SCREEN = requirement("device.screen_width_px", value=1366, named="screen", unit="px")


class Collector:
    """The routes over a store; `known` and the bounds may be exchanged while it runs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = datetime.now(UTC)
        self.known: Configuration = judged_by(profile(SCREEN))
        self.bounds(WebProbe())

    def bounds(self, bounds: WebProbe) -> None:
        settings = msgspec.structs.replace(self.known.settings, web_probe=bounds)
        self.known = msgspec.structs.replace(self.known, settings=settings)

    def app(self) -> Starlette:
        api = WebDevicesResource(self.store, self.store.device_for_token, lambda: self.known, lambda: self.now)
        return Starlette(routes=api.routes())


def judged_by(default: Profile, *others: Profile) -> Configuration:
    """One school, these profiles."""
    made = configuration(EK)
    settings = msgspec.structs.replace(made.settings, profile=default.id)
    profiles = {one.id: one for one in (default, *others)}
    return msgspec.structs.replace(made, settings=settings, profiles=profiles)


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    store = opened(tmp_path)
    yield Collector(store)
    store.close()


@pytest.fixture
def client(collector: Collector) -> Iterator[httpx.Client]:
    with (
        served(collector.app(), lifespan="off") as address,
        httpx.Client(base_url=address, trust_env=False, timeout=20) as made,
    ):
        yield made


def join(client: httpx.Client, **fields: Any) -> httpx.Response:
    """Asks to join room a1."""
    return client.post("/api/v1/web-devices", json=ROOM | fields)


def joined(client: httpx.Client, **fields: Any) -> Enrolled:
    """Joins."""
    response = join(client, **fields)
    assert response.status_code == 201, response.text
    return msgspec.json.decode(response.content, type=Enrolled)


def verdict(client: httpx.Client, token: str, language: str = "sv") -> DeviceVerdictAnswer:
    """What the device is told."""
    headers = {"authorization": f"Bearer {token}"}
    response = client.get("/api/v1/web-devices/verdict", params={"lang": language}, headers=headers)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    return msgspec.json.decode(response.content, type=DeviceVerdictAnswer)


def test_a_browser_gets_a_token_of_its_own(client: httpx.Client, collector: Collector) -> None:
    """And is a device of its school and room, under the room's own id; no cache on the way may keep the token."""
    response = join(client, room=" SAL A1", kept=True)
    assert response.headers["cache-control"] == "no-store"
    made = msgspec.json.decode(response.content, type=Enrolled)
    device = collector.store.device_for_token(made.token)
    assert device is not None
    assert (device.device_id, device.school, device.room, device.kind) == (made.device_id, EK.code, "a1", "web")


def test_one_that_keeps_nothing(client: httpx.Client, collector: Collector) -> None:
    """Is told apart; so is one that does not say."""
    for fields in ({"kept": False}, {}):
        device = collector.store.device_for_token(joined(client, **fields).token)
        assert device is not None
        assert device.kind == "web_once"


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [({"school": "12345678"}, "unknown_school", "$.school"), ({"room": "z9"}, "unknown_room", "$.room")],
)
def test_wrong_codes(client: httpx.Client, collector: Collector, fields: dict[str, str], code: str, place: str) -> None:
    """Are told in words, with the place."""
    response = join(client, **fields)
    assert (response.status_code, response.json()["code"], response.json()["place"]) == (404, code, place)
    assert collector.store.devices() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"school": 1}',
        b'{"school": "10000001"}',
        b'{"room": "a1"}',
        b'{"school": "x", "room": "a"}',
    ],
)
def test_malformed_bodies(client: httpx.Client, body: bytes) -> None:
    """Are refused as such."""
    response = client.post("/api/v1/web-devices", content=body)
    assert (response.status_code, response.json()["code"]) == (400, "malformed")


def test_a_large_body(client: httpx.Client) -> None:
    """Nobody unknown may send much."""
    assert join(client, room="a" * 10_000).status_code == 413


def test_so_many_a_day(client: httpx.Client, collector: Collector) -> None:
    """Then no more until tomorrow, and the answer says what to do."""
    collector.bounds(WebProbe(devices_per_school_and_day=2))
    assert [join(client).status_code for _ in range(3)] == [201, 201, 429]
    response = join(client)
    assert response.json()["code"] == "too_many_web_devices"
    assert "web_probe.devices_per_school_and_day" in response.json()["message"]
    collector.now += timedelta(days=1)
    assert join(client).status_code == 201


def test_so_many_a_minute_from_one_address(tmp_path: Path) -> None:
    """With when to come again."""
    store = opened(tmp_path)
    collector = Collector(store)
    collector.bounds(WebProbe(joins_per_address_and_minute=3))
    try:
        with (
            served(collector.app(), lifespan="off") as address,
            httpx.Client(base_url=address, trust_env=False) as client,
        ):
            assert [join(client).status_code for _ in range(4)] == [201, 201, 201, 429]
            refused = join(client)
            assert refused.json()["code"] == "too_many_requests"
            assert 1 <= int(refused.headers["retry-after"]) <= 20
    finally:
        store.close()


def test_guessing_codes(client: httpx.Client, collector: Collector) -> None:
    """After many wrong ones not even a right one is heard for a while."""
    statuses = {join(client, room="z9").status_code for _ in range(REFUSALS_PER_MINUTE)}
    assert statuses == {404}
    assert join(client).status_code == 429
    assert collector.store.devices() == []


def test_closed(client: httpx.Client, collector: Collector) -> None:
    """For all by the setting, taken over while running; for one school by its key."""
    collector.bounds(WebProbe(enabled=False))
    assert (join(client).status_code, join(client).json()["code"]) == (403, "web_probe_closed")
    collector.bounds(WebProbe())
    first = joined(client)
    assert collector.store.revoke_enrolment_key(key_id(EK.code), collector.now)
    assert (join(client).status_code, join(client).json()["code"]) == (403, "web_probe_closed")
    assert verdict(client, first.token).status is Status.UNKNOWN


def measure(collector: Collector, token: str, facts: Facts) -> None:
    """The device reports itself."""
    device = collector.store.device_for_token(token)
    assert device is not None
    found = ProbeResult("device", 1, "ok", collector.now, 0.1, facts)
    write(collector.store, device, report(device, [found], sent_at=collector.now), received_at=collector.now)
    collector.now += timedelta(milliseconds=1)  # what came in is known from the next whole millisecond on


@pytest.mark.parametrize(
    ("facts", "status", "headline"),
    [
        ({"screen_width_px": 1920}, Status.READY, "Den här datorn är redo"),
        ({"screen_width_px": 1024}, Status.NOT_READY, "Den här datorn är inte redo"),
        ({"screen_width_px": None}, Status.UNKNOWN, "Vet inte än om den här datorn är redo"),
    ],
)
def test_the_verdict(client: httpx.Client, collector: Collector, facts: Facts, status: Status, headline: str) -> None:
    """By what this device said, in words."""
    mine, other = joined(client), joined(client)
    measure(collector, mine.token, facts)
    answer = verdict(client, mine.token)
    assert (answer.device_id, answer.status, answer.headline) == (mine.device_id, status, headline)
    assert (answer.profile, answer.judged_at) == ("test-profile", collector.now)
    assert verdict(client, other.token).status is Status.UNKNOWN
    assert verdict(client, mine.token, "en").headline != headline


def test_old_facts_make_no_verdict(client: httpx.Client, collector: Collector) -> None:
    """As the profile's device_days say."""
    mine = joined(client)
    measure(collector, mine.token, {"screen_width_px": 1920})
    collector.now += timedelta(days=7, minutes=1)
    assert verdict(client, mine.token).status is Status.UNKNOWN


def test_the_verdict_needs_a_token(client: httpx.Client) -> None:
    """Of a device."""
    assert client.get("/api/v1/web-devices/verdict").status_code == 401
    headers = {"authorization": "Bearer guessed"}
    assert client.get("/api/v1/web-devices/verdict", headers=headers).json()["code"] == "token_refused"


def test_the_next_sittings_profile_judges(collector: Collector) -> None:
    """Not that of one in the past, nor of another school's; without any, the collector's own."""
    hard = msgspec.structs.replace(profile(requirement(value=16_384)), id="hard")
    easy = profile(SCREEN)
    known, now = judged_by(easy, hard), collector.now

    def by(days: float, profile_id: str | None, code: str = EK.code) -> Any:
        made = sitting(f"s{days}", starts_at=now + timedelta(days=days))
        return msgspec.structs.replace(made, profile=profile_id, school=code)

    def chosen(*sittings: Any) -> str:
        return profile_of_school(msgspec.structs.replace(known, sittings=list(sittings)), EK.code, now).id

    assert chosen() == "test-profile"
    assert chosen(by(3, "hard")) == "hard"
    assert chosen(by(5, "hard"), by(3, None)) == "test-profile"
    assert chosen(by(-3, "hard"), by(3, None)) == "test-profile"
    assert chosen(by(3, "hard", "10000009")) == "test-profile"


def test_surroundings_are_told_to_anybody(client: httpx.Client, collector: Collector) -> None:
    """The time, and what the request's headers show."""
    answer = client.get("/api/v1/web-devices/surroundings", headers={"user-agent": "Mozilla/5.0 SEB/3.9"})
    told = answer.json()
    assert datetime.fromisoformat(told["now"]) == collector.now
    assert (told["safe_exam_browser"], told["safe_exam_browser_version"]) == (True, "3.9")


# --- supervised sessions

HOUR = timedelta(hours=1)


def test_a_session_says_where(client: httpx.Client, collector: Collector) -> None:
    """By its code alone, as somebody types it; whatever else the browser claims."""
    session = collector.store.open_session(EK.code, "a2", collector.now, HOUR)
    body = {"session": session.code.lower(), "school": "99999999", "room": "a1", "kept": True}
    response = client.post("/api/v1/web-devices", json=body)
    assert response.status_code == 201, response.text
    made = msgspec.json.decode(response.content, type=Enrolled)
    device = collector.store.device_for_token(made.token)
    assert device is not None
    assert (device.school, device.room) == (EK.code, "a2")
    [seat] = collector.store.seats([made.device_id])[made.device_id]
    assert seat.session == session


def test_no_session_goes_on_under_that_code(client: httpx.Client, collector: Collector) -> None:
    """A wrong one, and one that has ended; after many nobody there is heard for a while: guessing is hopeless."""
    session = collector.store.open_session(EK.code, "a2", collector.now, HOUR)
    response = client.post("/api/v1/web-devices", json={"session": "XXXXXX"})
    assert (response.status_code, response.json()["code"], response.json()["place"]) == (
        *(404, "no_such_session", "$.session"),
    )
    collector.now += HOUR
    assert client.post("/api/v1/web-devices", json={"session": session.code}).status_code == 404
    for _ in range(REFUSALS_PER_MINUTE):
        client.post("/api/v1/web-devices", json={"session": "XXXXXX"})
    assert client.post("/api/v1/web-devices", json={"session": session.code}).status_code == 429
    assert collector.store.devices() == []


def takes_part(client: httpx.Client, token: str, code: str) -> httpx.Response:
    """A browser that joined before."""
    headers = {"authorization": f"Bearer {token}"}
    return client.post("/api/v1/web-devices/session", json={"session": code}, headers=headers)


def test_one_that_is_known_takes_part(client: httpx.Client, collector: Collector) -> None:
    """Under the number that it has."""
    mine = joined(client, kept=True)
    session = collector.store.open_session(EK.code, "a2", collector.now, HOUR)
    response = takes_part(client, mine.token, session.code)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert response.json()["room"] == "a2"
    assert datetime.fromisoformat(response.json()["ends_at"]) == session.ends_at
    assert mine.device_id in collector.store.seats([mine.device_id])


def test_who_does_not_take_part(client: httpx.Client, collector: Collector) -> None:
    """A browser of another school, an agent, and who shows no token."""
    mine, elsewhere = joined(client), collector.store.open_session("10000009", "a2", collector.now, HOUR)
    refused = takes_part(client, mine.token, elsewhere.code)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_of_the_session")
    here = collector.store.open_session(EK.code, "a2", collector.now, HOUR)
    _, token = enrolled(collector.store, EK.code)
    assert takes_part(client, token, here.code).json()["code"] == "not_of_the_session"
    assert client.post("/api/v1/web-devices/session", json={"session": here.code}).status_code == 401
    assert takes_part(client, mine.token, "XXXXXX").json()["code"] == "no_such_session"
    assert collector.store.seats([mine.device_id]) == {}

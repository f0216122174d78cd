"""Enrolling and the policy, over real sockets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from agent.protocol.wire import SCHEMA, Enrolled, Host, Policy, ProbePlan
from collector.api.enrolments import REFUSALS_PER_MINUTE
from collector.api.policy import round_trips_until
from collector.measurement.tickets import verify
from collector.readiness.domain.model import DeviceSeen
from collector.store.store import Store
from tests.support.ingest_app import SECRET, SETTINGS, IngestApp, present
from tests.support.stored import NOW, OTHER_SCHOOL, SCHOOL

PATH = "/api/v1/enrolments"


def ask(address: str, **fields: Any) -> httpx.Response:
    """Asks to be enrolled."""
    return httpx.post(address + PATH, content=msgspec.json.encode(fields), trust_env=False)


def test_a_machine_gets_a_token_of_its_own(address: str, store: Store) -> None:
    """With which it is known; no cache on the way may keep it."""
    _, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    response = ask(address, school=SCHOOL, key=key, room="B2", label="cart 1", simulated=True)
    assert (response.status_code, response.headers["cache-control"]) == (201, "no-store")
    answer = msgspec.json.decode(response.content, type=Enrolled)
    device = store.device_for_token(answer.token)
    assert device is not None
    assert (device.device_id, device.room, device.label, device.simulated) == (answer.device_id, "B2", "cart 1", True)


def test_a_wrong_key(address: str) -> None:
    """Is refused with what to do."""
    response = ask(address, school=SCHOOL, key="wrong")
    assert (response.status_code, response.json()["code"]) == (403, "enrolment_refused")
    assert "Ask whoever runs the collector for a key made for this school" in response.json()["message"]


def test_a_revoked_key(address: str, store: Store) -> None:
    """Is refused alike."""
    key_id, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    store.revoke_enrolment_key(key_id, NOW)
    assert ask(address, school=SCHOOL, key=key).status_code == 403


def test_a_school_that_is_not_there(address: str) -> None:
    """Says which, and where to look."""
    response = ask(address, school=OTHER_SCHOOL, key="any")
    assert (response.status_code, response.json()["code"], response.json()["place"]) == (
        404,
        "unknown_school",
        "$.school",
    )
    assert OTHER_SCHOOL in response.json()["message"]


@pytest.mark.parametrize(
    ("room", "says"),
    [("C3", "Its rooms in the collector's schools.yaml are: A1, B2"), ("b2", "Did you mean B2?"), ("Lilla", "A1, B2")],
)
def test_a_room_that_is_not_there(address: str, store: Store, room: str, says: str) -> None:
    """Is refused with the list of rooms, and nothing is enrolled; however often, it is no guess at a key."""
    _, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    for _ in range(REFUSALS_PER_MINUTE + 1):
        response = ask(address, school=SCHOOL, key=key, room=room)
        answer = response.json()
        assert (response.status_code, answer["code"], answer["place"]) == (404, "unknown_room", "$.room")
        assert says in answer["message"]
    assert store.devices() == []
    assert ask(address, school=SCHOOL, key=key, room="B2").status_code == 201


@pytest.mark.parametrize(
    ("fields", "place"),
    [({"school": SCHOOL}, None), ({"school": "1", "key": "k"}, "$.school"), ({"school": SCHOOL, "key": ""}, "$.key")],
)
def test_a_malformed_enrolment(address: str, fields: dict[str, str], place: str | None) -> None:
    """Names the place."""
    response = ask(address, **fields)
    assert (response.status_code, response.json()["code"], response.json().get("place")) == (400, "malformed", place)


def test_a_large_enrolment(address: str) -> None:
    """Nobody unknown may send much."""
    assert ask(address, school=SCHOOL, key="k" * 20_000).status_code == 413


def test_guessing(address: str, store: Store) -> None:
    """After a few wrong keys not even the right one is heard for a while."""
    _, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    statuses = [ask(address, school=SCHOOL, key=f"guess {n}").status_code for n in range(REFUSALS_PER_MINUTE)]
    assert statuses == [403] * REFUSALS_PER_MINUTE
    response = ask(address, school=SCHOOL, key=key)
    assert (response.status_code, response.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert store.devices() == []


def test_enrolling_many_is_no_guessing(address: str, store: Store) -> None:
    """A whole school behind one address can enrol at once."""
    _, key = store.create_enrolment_key(SCHOOL, "autumn", NOW)
    assert {ask(address, school=SCHOOL, key=key).status_code for _ in range(3 * REFUSALS_PER_MINUTE)} == {201}


def test_the_policy(client: httpx.Client, app: IngestApp) -> None:
    """Is that of the settings in use; an unchanged one is not sent again."""
    first = client.get("/api/v1/policy")
    policy = msgspec.json.decode(first.content, type=Policy)
    assert (policy.schema, policy.measurement_url) == (SCHEMA, "https://provklar.example/measure/v1")
    etag = first.headers["etag"]
    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = client.get("/api/v1/policy", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    agents = msgspec.structs.replace(
        SETTINGS.agents,
        plans=[ProbePlan("device", 600)],
        hosts=[Host("a.example")],
        measurement_url="http://near.example/m",
        upload_every_s=7,
    )
    app.settings = msgspec.structs.replace(SETTINGS, agents=agents)
    changed = client.get("/api/v1/policy", headers={"if-none-match": etag})
    assert changed.status_code == 200
    policy = msgspec.json.decode(changed.content, type=Policy)
    assert (policy.plans, policy.hosts) == ([ProbePlan("device", 600)], [Host("a.example")])
    assert (policy.measurement_url, policy.upload_every_s) == ("http://near.example/m", 7)
    assert changed.headers["etag"] != etag


def test_the_policy_opens_the_measurement_point_for_round_trips(
    client: httpx.Client, enrolment: tuple[DeviceSeen, str]
) -> None:
    """With a ticket of the device's own, good for a day at least."""
    policy = msgspec.json.decode(client.get("/api/v1/policy").content, type=Policy)
    now = present()
    ticket = verify(SECRET, policy.ticket, now)
    device = enrolment[0]
    assert (ticket.device_id, ticket.school, ticket.purpose) == (device.device_id, device.school, "round_trips")
    assert timedelta(days=1) <= ticket.expires_at - now <= timedelta(days=2)
    headers = {"authorization": f"Bearer {policy.ticket}"}
    assert client.get("/measure/v1/ping", headers=headers).status_code == 204
    assert client.get("/measure/v1/down?bytes=5", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "now",
    ["2027-05-12T00:00:00Z", "2027-05-12T13:00:00+02:00", "2027-05-12T23:59:59.999999Z", "2027-05-13T01:00:00+02:00"],
)
def test_the_ticket_of_the_policy_is_the_same_all_day(now: str) -> None:
    """So that the policy changes once a day and not at every fetch."""
    assert round_trips_until(datetime.fromisoformat(now)) == datetime(2027, 5, 14, tzinfo=UTC)


def test_the_policy_is_for_devices(address: str) -> None:
    """Nobody else learns what is measured."""
    response = httpx.get(f"{address}/api/v1/policy", trust_env=False)
    assert (response.status_code, response.json()["code"]) == (401, "token_missing")

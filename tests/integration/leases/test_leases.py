"""Leases over real HTTP: one device of a school at a time, on a store that several collectors may share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from agent.protocol.wire import Lease, ProbeError, ProbePlan, ProbeResult
from collector.api.leases import LeasesResource
from collector.configuration.load import load_configuration
from collector.configuration.model import Agents, Configuration, Limits
from collector.leases.service import LeaseService, NotPlannedError, lease_length
from collector.measurement.tickets import Ticket, verify
from collector.readiness.domain.model import DeviceSeen, Sitting
from collector.readiness.domain.school_days import SCHOOL_TIME
from collector.readiness.leases.counts import LeaseCounts
from collector.readiness.leases.scheduler import FIRST_TESTS, RETRY_FIRST_S, RETRY_SPREAD, LineTest
from collector.store.leases import NewLease
from collector.store.store import Store
from collector.store.web_devices import Visit
from tests.support.ingest_app import anywhere
from tests.support.serving import served
from tests.support.stored import OTHER_SCHOOL, SCHOOL, enrolled, measured, opened, report, write

SECRET = b"s" * 32
SAMPLE = Path(__file__).parents[3] / "config"
MORNING = datetime(2027, 3, 8, 9, 55, tzinfo=SCHOOL_TIME).astimezone(UTC)
"""A Monday; the lots of all hours have fallen by then."""

LENGTH = timedelta(seconds=28)


class Office:
    """Collectors on one store, at a time that tests set."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.now = MORNING
        self.sittings: list[Sitting] = []
        self.chance = 0.5
        self._folder = folder
        self._stack = stack
        self._sample = load_configuration(SAMPLE, datetime(2026, 11, 21, tzinfo=UTC), environ={})
        self.store = self.another_store()

    def configuration(self) -> Configuration:
        return msgspec.structs.replace(self._sample, sittings=self.sittings)

    def another_store(self) -> Store:
        """As another process opens it."""
        store = opened(self._folder)
        self._stack.callback(store.close)
        return store

    def keeper(self, store: Store) -> LeaseService:
        return LeaseService(store, self.configuration, SECRET, lambda: self.now, lambda: self.chance)

    def collector(self, store: Store, limits: Limits | None = None) -> str:
        """The address of a collector that gives leases."""
        leases = LeasesResource(store.device_for_token, self.keeper(store), limits or Limits(), anywhere)
        return self._stack.enter_context(served(Starlette(routes=leases.routes()), lifespan="off"))

    def device(self, address: str, school: str = SCHOOL) -> tuple[DeviceSeen, httpx.Client]:
        """A new device of a school, and how it speaks."""
        seen, token = enrolled(self.store, school)
        headers = {"authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False)
        return seen, self._stack.enter_context(client)

    def first_tests(self, school: str = SCHOOL) -> None:
        """The school had those that may come at any hour."""
        for day in range(1, FIRST_TESTS + 1):
            at = self.now - timedelta(days=day, hours=12)
            assert self.store.grant_lease(NewLease(f"{school}-{day}", school, "d", "throughput", at, at), at)

    def reported(self, device: DeviceSeen, result: ProbeResult, report_id: str) -> None:
        """The device's result is on disk."""
        sent = report(device, [result], report_id=report_id, sent_at=self.now)
        assert write(self.store, device, sent, received_at=self.now) == ["accepted"]

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(tmp_path, stack)


def ask(client: httpx.Client, probe: str = "throughput") -> httpx.Response:
    """Asks for a lease."""
    return client.post("/api/v1/leases", json={"probe": probe})


def granted(answer: httpx.Response) -> Lease:
    """The lease in an answer that must be one."""
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Lease)


def refusal(answer: httpx.Response) -> tuple[str, int]:
    """Code and Retry-After of an answer that must be a refusal."""
    assert answer.status_code == 409, answer.text
    return answer.json()["code"], int(answer.headers["retry-after"])


def test_a_lease_opens_the_measurement_point_until_it_ends(office: Office) -> None:
    """Its ticket is this device's, for this lease."""
    device, client = office.device(office.collector(office.store))
    lease = granted(ask(client))
    assert (lease.expires_at, lease.valid_s) == (office.now + LENGTH, 28.0)
    ticket = verify(SECRET, lease.ticket, office.now)
    assert ticket == Ticket(device.device_id, SCHOOL, "throughput", lease.expires_at, lease.lease_id, 28.0)


def test_one_at_a_time_in_a_school(office: Office) -> None:
    """Other schools have lines of their own; what is given back is free, for whom the hour has something left."""
    office.first_tests()
    address = office.collector(office.store)
    _, first = office.device(address)
    _, second = office.device(address)
    _, elsewhere = office.device(address, OTHER_SCHOOL)
    lease = granted(ask(first))
    assert refusal(ask(second)) == ("line_busy", 10)
    granted(ask(elsewhere))
    assert first.delete(f"/api/v1/leases/{lease.lease_id}").status_code == 204
    assert refusal(ask(second))[0] == "enough_for_now"
    office.later(hours=1)
    granted(ask(second))


def test_a_lease_dies_with_its_deadline(office: Office) -> None:
    """A device that was killed keeps nobody out for longer: then only its hour has had its test."""
    office.first_tests()
    address = office.collector(office.store)
    _, killed = office.device(address)
    _, other = office.device(address)
    granted(ask(killed))
    office.later(seconds=27)
    assert refusal(ask(other))[0] == "line_busy"
    office.later(seconds=1)
    assert refusal(ask(other))[0] != "line_busy"
    office.later(minutes=59)
    granted(ask(other))


def test_a_test_that_failed_is_tried_again_in_its_hour(office: Office) -> None:
    """Only a good result that is on disk is the hour's sample: neither the lease alone nor a failure is."""
    office.now -= timedelta(minutes=35)  # 09:20, so that there is time for another try
    office.first_tests()
    address = office.collector(office.store)
    first, first_client = office.device(address)
    second, second_client = office.device(address)
    _, third_client = office.device(address)
    office.chance = 0.0
    office.later(seconds=refusal(ask(first_client))[1])
    lease = granted(ask(first_client))
    failure = ProbeResult("throughput", 2, "failed", office.now, 3.0, error=ProbeError("down_stalled", "nothing came"))
    first_client.delete(f"/api/v1/leases/{lease.lease_id}")
    office.reported(first, failure, "r1")
    code, wait_s = refusal(ask(second_client))
    assert code == "tried_lately"
    assert wait_s <= RETRY_FIRST_S * (1 + RETRY_SPREAD)
    office.later(seconds=wait_s)
    granted(ask(second_client))
    office.reported(second, measured(office.now, {"down_mbit_s": 94.0}, "throughput"), "r2")
    office.later(minutes=1)
    assert refusal(ask(third_client))[0] == "enough_for_now"


def test_whose_result_counts(office: Office) -> None:
    """The holder's, of that probe, of about that time."""
    device, client = office.device(office.collector(office.store))
    other, _ = enrolled(office.store)
    granted(ask(client))
    at = office.now
    office.later(minutes=20)
    office.reported(other, measured(at, {"down_mbit_s": 1.0}, "throughput"), "r1")
    office.reported(device, measured(at, {"rtt_min_ms": 1.0}, "latency"), "r2")
    office.reported(device, measured(office.now, {"down_mbit_s": 1.0}, "throughput"), "r3")
    assert known_of(office) == [LineTest(at, False)]
    office.reported(device, measured(at + timedelta(seconds=9), {"down_mbit_s": 1.0}, "throughput"), "r4")
    assert known_of(office) == [LineTest(at, True)]


def known_of(office: Office) -> list[LineTest]:
    """What the store knows of the line."""
    return list(office.store.line_use(SCHOOL, "throughput", office.now - timedelta(days=1), office.now).tests)


def test_it_survives_a_restart(office: Office) -> None:
    """And is given back to the next process."""
    device, client = office.device(office.collector(office.store))
    lease = granted(ask(client))
    afterwards = office.keeper(office.another_store())
    other, _ = enrolled(office.store)
    answer = afterwards.ask(other, "throughput", "not_told")
    assert not isinstance(answer, Lease)
    assert answer.code == "line_busy"
    assert afterwards.give_back(device, lease.lease_id)
    assert not afterwards.give_back(device, lease.lease_id)


def test_only_the_holder_gives_back(office: Office) -> None:
    """Another device's lease is none of its business."""
    address = office.collector(office.store)
    _, holder = office.device(address)
    _, other = office.device(address)
    lease = granted(ask(holder))
    refused = other.delete(f"/api/v1/leases/{lease.lease_id}")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_lease")
    assert refusal(ask(other))[0] == "line_busy"


def test_two_collectors_give_a_line_once(office: Office) -> None:
    """Many devices ask both at the same moment, again and again."""
    addresses = [office.collector(office.store), office.collector(office.another_store())]
    clients = [office.device(addresses[number % 2])[1] for number in range(8)]
    for _ in range(5):
        with ThreadPoolExecutor(len(clients)) as threads:
            answers = list(threads.map(ask, clients))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"line_busy"}
        office.later(hours=1)


def test_a_sitting_at_the_school_has_the_line(office: Office) -> None:
    """From the calendar in use; elsewhere nobody needs to wait."""
    address = office.collector(office.store)
    _, client = office.device(address)
    _, elsewhere = office.device(address, OTHER_SCHOOL)
    office.sittings = [Sitting("s", SCHOOL, "Engelska", "6", 9, ["A1"], starts_at=office.now + timedelta(minutes=10))]
    code, wait_s = refusal(ask(client))
    assert code == "sitting_in_progress"
    assert wait_s >= 70 * 60
    granted(ask(elsewhere))


def test_a_clock_that_was_set_back_frees_the_line(office: Office) -> None:
    """Else it would be busy until the clock has caught up."""
    _, client = office.device(office.collector(office.store))
    granted(ask(client))
    office.later(days=-3)
    granted(ask(client))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [(b'{"probe": "weather"}', 409, "probe_not_planned"), (b"{}", 400, "malformed"), (b"[", 400, "malformed")],
)
def test_what_is_no_wish_is_refused(office: Office, body: bytes, status: int, code: str) -> None:
    """A probe that the configuration does not plan would be a way around the plan."""
    _, client = office.device(office.collector(office.store))
    answer = client.post("/api/v1/leases", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_strangers_get_nothing(office: Office) -> None:
    """Nor can they free a line."""
    address = office.collector(office.store)
    with httpx.Client(base_url=address, headers={"authorization": "Bearer x"}, trust_env=False) as stranger:
        assert ask(stranger).status_code == 401
        assert stranger.delete("/api/v1/leases/1").status_code == 401


def test_who_asks_without_end_is_slowed_down(office: Office) -> None:
    """By the same setting as for reports."""
    _, client = office.device(office.collector(office.store, Limits(requests_per_minute=2)))
    assert [ask(client).status_code for _ in range(3)] == [200, 409, 429]


def test_looking_takes_nothing(office: Office) -> None:
    """Whether there would be a lease, and why not, with the same codes."""
    address = office.collector(office.store)
    _, first = office.device(address)
    _, second = office.device(address)
    for _ in range(FIRST_TESTS + 1):
        assert first.get("/api/v1/leases").status_code == 204
    granted(ask(first))
    assert refusal(second.get("/api/v1/leases", params={"probe": "throughput"})) == ("line_busy", 10)
    assert second.get("/api/v1/leases?probe=weather").json()["code"] == "probe_not_planned"


def test_leases_are_counted_for_the_metrics(office: Office) -> None:
    """Given, refused by code, held now."""
    office.first_tests()
    keeper = office.keeper(office.store)
    first, second = (enrolled(office.store)[0] for _ in range(2))
    lease = keeper.ask(first, "throughput", "not_told")
    assert isinstance(lease, Lease)
    keeper.ask(second, "throughput", "not_told")
    assert keeper.counts() == LeaseCounts(1, {"line_busy": 1}, 1)
    assert keeper.give_back(first, lease.lease_id)
    assert keeper.counts() == LeaseCounts(1, {"line_busy": 1}, 0)


def test_old_leases_are_forgotten(office: Office) -> None:
    """After four weeks they count no more, so the school may begin at any hour again."""
    device, _ = enrolled(office.store)
    keeper = office.keeper(office.store)
    assert isinstance(keeper.ask(device, "throughput", "not_told"), Lease)
    office.later(days=40, hours=12)
    assert isinstance(keeper.ask(device, "throughput", "not_told"), Lease)
    assert office.store.line_use(SCHOOL, "throughput", MORNING, office.now).tests == [LineTest(office.now, False)]


def test_how_long_a_lease_lasts() -> None:
    """As long as a run needs by its bounds, and never longer than the plan gives the probe."""
    agents = Agents([ProbePlan("throughput", 3_600, deadline_s=60), ProbePlan("internet", 3_600, deadline_s=90)])
    assert lease_length(agents, "throughput") == timedelta(seconds=28)
    assert lease_length(agents, "internet") == timedelta(seconds=90)
    short = Agents([ProbePlan("throughput", 3_600, deadline_s=15)])
    assert lease_length(short, "throughput") == timedelta(seconds=15)
    with pytest.raises(NotPlannedError):
        lease_length(short, "internet")


# --- browsers


def browser(office: Office, address: str, *, in_session: bool = False) -> httpx.Client:
    """One that joined, and how it speaks."""
    session = office.store.open_session(SCHOOL, "A1", office.now, timedelta(hours=1)) if in_session else None
    made = office.store.join_web_device(Visit(SCHOOL, "A1", True, session), office.now, most_per_day=50)
    headers = {"authorization": f"Bearer {made.token}"}
    client = httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False)
    return office._stack.enter_context(client)


def test_what_strangers_measure_keeps_nobody_from_measuring(office: Office) -> None:
    """An hour that browsers outside a session have used up is still there for those whose word counts."""
    office.first_tests()
    address = office.collector(office.store)
    stranger, (_, agent) = browser(office, address), office.device(address)
    lease = granted(ask(stranger))
    stranger.delete(f"/api/v1/leases/{lease.lease_id}")
    office.later(minutes=1)
    assert refusal(ask(browser(office, address)))[0] in {"enough_for_now", "tried_lately"}
    lease = granted(ask(agent))
    agent.delete(f"/api/v1/leases/{lease.lease_id}")
    assert refusal(ask(browser(office, address, in_session=True)))[0] in {"enough_for_now", "tried_lately"}


def test_a_ticket_names_the_session(office: Office) -> None:
    """Of a browser that takes part in one now; so the measurement point tells it with what it counts."""
    address = office.collector(office.store)
    lease = granted(ask(browser(office, address, in_session=True)))
    [(session, _)] = office.store.sessions()
    assert verify(SECRET, lease.ticket, office.now).session == session.session_id
    office.later(minutes=5)
    assert verify(SECRET, granted(ask(browser(office, address))).ticket, office.now).session == ""

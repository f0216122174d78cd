"""Leave to fill the line, against a stub of the collector."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.i18n.errors import AgentError, LeaseRefusedError
from agent.i18n.messages import Messages
from agent.protocol.command_line import LANGUAGES
from agent.protocol.wire import ProbeResult, Problem, ResultStatus
from agent.runtime.collector_client import CollectorClient
from agent.runtime.data_folder import PUT_OFF_AT_MOST_S, DataFolder, Identity
from agent.runtime.lease import PATIENCE_S, RETRY_S, Leave, SchoolLine
from agent.runtime.settings import Settings
from tests.support.recorded_system import RecordedSystem
from tests.support.stub_collector import (
    LEASE_S,
    SCHOOL,
    TICKET,
    TOKEN,
    Handler,
    Misbehaviour,
    StubCollector,
    in_turn,
    respond,
    stub_collector,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


class _Machine(RecordedSystem):
    """Its waits take no time, and its clock stands still."""

    def __init__(self) -> None:
        super().__init__("linux-sv-laptop")
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def now(self) -> datetime:
        return NOW


class Scene:
    """A device that wants to measure."""

    def __init__(self, stub: StubCollector, folder: Path) -> None:
        stub.tokens.add(TOKEN)
        self.stub = stub
        self.data = DataFolder(folder)
        self.system = _Machine()
        self.told: list[str] = []
        self.leaves: list[Leave] = []

    def line(self, patience_s: float = 0.0) -> SchoolLine:
        uplink = CollectorClient(Settings(self.stub.url, SCHOOL, "A101", str(self.data.path)))
        identity = Identity("device-1", TOKEN, SCHOOL)
        return SchoolLine(
            self.data,
            uplink,
            identity,
            self.system,
            lambda code, /, **_: self.told.append(code),
            patience_s=patience_s,
        )

    def measure(self, leave: Leave, status: ResultStatus = "ok") -> ProbeResult:
        """Notes the lease, and that it is held meanwhile."""
        assert leave.lease.lease_id in self.stub.leases
        self.leaves.append(leave)
        return ProbeResult("throughput", 2, status, NOW, 1.0)

    def answers(self, *refusals: Misbehaviour) -> None:
        """The first wishes are answered so, later ones with a lease."""
        self.stub.misbehave["/api/v1/leases"] = in_turn(refusals, Handler.give_lease)


def refusal(code: str, retry_after_s: int | None = 7) -> Misbehaviour:
    """No leave now."""
    headers = {} if retry_after_s is None else {"Retry_After": str(retry_after_s)}
    return respond(409, Problem(code, "not now"), **headers)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with stub_collector() as stub:
        yield Scene(stub, tmp_path / "agent")


def test_a_lease_is_held_while_the_probe_runs_and_given_back(scene: Scene) -> None:
    """With its ticket, and how long it lasts by this machine's own clock."""
    result = scene.line().fill("throughput", scene.measure)
    assert result is not None
    assert result.status == "ok"
    (leave,) = scene.leaves
    assert leave.lease.ticket == TICKET
    assert LEASE_S - 10 < leave.left_s <= LEASE_S
    assert scene.stub.leases == []
    assert scene.told == []


def test_a_probe_that_did_not_end_keeps_its_lease(scene: Scene) -> None:
    """Its thread may still be filling the line; the lease runs out by itself."""
    scene.line().fill("throughput", lambda leave: scene.measure(leave, "timeout"))
    assert len(scene.stub.leases) == 1


def test_a_refused_probe_is_put_off(scene: Scene) -> None:
    """No result; the reason is told, and when to ask again is kept."""
    scene.answers(refusal("quiet_hours", 1_800))
    assert scene.line(PATIENCE_S).fill("throughput", scene.measure) is None
    assert scene.leaves == []
    assert scene.told == ["lease_quiet_hours", "lease_put_off"]
    assert scene.data.put_off(NOW) == {"throughput": NOW + timedelta(seconds=1_800)}
    assert scene.system.slept == []


def test_only_a_busy_line_is_waited_for(scene: Scene) -> None:
    """By somebody in front of the screen, as long as the collector says."""
    scene.answers(refusal("line_busy", 9), refusal("line_busy", 4))
    assert scene.line(PATIENCE_S).fill("throughput", scene.measure) is not None
    assert scene.system.slept == [9.0, 4.0]
    assert scene.told == ["lease_waiting", "lease_waiting"]


def test_patience_ends(scene: Scene) -> None:
    """The line may be busy for ever."""
    scene.answers(*[refusal("line_busy", 25)] * 9)
    assert scene.line(PATIENCE_S).fill("throughput", scene.measure) is None
    assert scene.system.slept == [25.0, 25.0]
    assert scene.told[-2:] == ["lease_line_busy", "lease_put_off"]


def test_the_resident_agent_does_not_wait(scene: Scene) -> None:
    """Its schedule comes back."""
    scene.answers(refusal("line_busy", 9))
    assert scene.line().fill("throughput", scene.measure) is None
    assert scene.system.slept == []
    assert scene.data.put_off(NOW) == {"throughput": NOW + timedelta(seconds=9)}


@pytest.mark.parametrize(
    "answer", [respond(500), respond(404, Problem("not_found", "nothing here")), refusal("enough_for_now", None)]
)
def test_without_a_time_it_is_asked_again_after_a_while(scene: Scene, answer: Misbehaviour) -> None:
    """A collector that is away, that is too old, or that does not say when."""
    scene.answers(answer)
    assert scene.line().fill("throughput", scene.measure) is None
    (until,) = scene.data.put_off(NOW).values()
    assert RETRY_S / 2 <= (until - NOW).total_seconds() <= RETRY_S
    assert scene.told[-1] == "lease_put_off"


def test_asking_for_one_probe_alone_raises(scene: Scene) -> None:
    """`provklar-agent probe throughput` keeps nothing, also not that it was put off."""
    scene.answers(refusal("sitting_in_progress", 600))
    with pytest.raises(LeaseRefusedError, match="lease_sitting_in_progress") as refused:
        scene.line(PATIENCE_S).ask("throughput")
    assert refused.value.retry_after_s == 600
    assert scene.data.put_off(NOW) == {}


def test_giving_back_in_vain_costs_no_result(scene: Scene) -> None:
    """The lease runs out by itself."""

    def cut_off(leave: Leave) -> ProbeResult:
        scene.stub.misbehave[f"/api/v1/leases/{leave.lease.lease_id}"] = respond(503)
        return scene.measure(leave)

    assert scene.line().fill("throughput", cut_off) is not None
    assert scene.told == ["collector_busy"]


def test_a_lease_that_has_run_out_is_given_back_in_vain_too(scene: Scene) -> None:
    """The collector says 404, and that is in order."""

    def forgotten(leave: Leave) -> ProbeResult:
        result = scene.measure(leave)
        scene.stub.leases.clear()
        return result

    assert scene.line().fill("throughput", forgotten) is not None
    assert scene.told == []


def test_what_is_put_off_is_kept_by_probe(scene: Scene) -> None:
    """Until its time; and a clock that was wrong puts nothing off for ever."""
    data, hour = scene.data, timedelta(hours=1)
    data.put_off_until("throughput", NOW + hour, NOW)
    data.put_off_until("internet", NOW + 2 * hour, NOW)
    assert DataFolder(data.path).put_off(NOW) == {"throughput": NOW + hour, "internet": NOW + 2 * hour}
    assert data.put_off(NOW + hour) == {"internet": NOW + 2 * hour}
    assert data.put_off(NOW - timedelta(seconds=PUT_OFF_AT_MOST_S)) == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*sorted(LeaseRefusedError.SENTENCES), "as_yet_unknown"])
def test_every_refusal_has_its_sentence(language: str, code: str) -> None:
    """A refusal that a newer collector gives is told in the collector's words."""
    error = LeaseRefusedError(code, "why not", None)
    assert isinstance(error, AgentError)
    said = Messages(language).say(error.code, **error.values)  # type: ignore[arg-type]  # one of the two
    assert ("why not" in said) == (code == "as_yet_unknown")

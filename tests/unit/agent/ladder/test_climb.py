"""The ladder as a whole: what is tried, what is not reached, and what the probe makes of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from agent.ladder import climb as climbing
from agent.ladder.climb import RungRow, climb, may_try, settled
from agent.ladder.outcome import RungFailedError, RungOutcome
from agent.measuring.contract import Task
from agent.probes.ladder import PROBE, read, summary
from agent.protocol.wire import Rung, RungKind
from agent.system.machine import System

ALL: list[RungKind] = ["link", "gateway", "dns", "internet", "tls", "proxy", "login", "service", "websocket"]
TARGETS: Mapping[RungKind, str] = {
    "dns": "prov.example.se",
    "internet": "ref.example.se",
    "tls": "prov.example.se",
    "proxy": "http://ref.example.se/",
    "login": "https://idp.example.se/metadata",
    "service": "https://prov.example.se/",
    "websocket": "wss://prov.example.se/live",
}
LADDER = [Rung(kind, kind, TARGETS.get(kind)) for kind in ALL]


def climbed(
    monkeypatch: pytest.MonkeyPatch,
    failing: Mapping[str, str],
    rungs: list[Rung] = LADDER,
    *,
    took_s: Mapping[str, float] | None = None,
    deadline_s: float = 20.0,
    system: System | None = None,
) -> dict[str, RungRow]:
    """The rows by rung when these rungs fail with these codes."""

    def reader(system: System, rung: Rung, _until_s: float) -> RungOutcome:
        system.sleep((took_s or {}).get(rung.id, 0.0))
        if rung.id in failing:
            raise RungFailedError(failing[rung.id])
        return RungOutcome()

    monkeypatch.setattr(climbing, "READERS", dict.fromkeys(ALL, reader))
    return {row.rung.id: row for row in climb(system or System(), rungs, deadline_s)}


class Timeless(System):
    """A machine whose time passes only when somebody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0

    def monotonic_s(self) -> float:
        return self.passed_s

    def sleep(self, seconds: float) -> None:
        self.passed_s += seconds


@pytest.mark.parametrize(
    ("broken", "not_reached"),
    [
        ("link", ALL[1:]),
        ("gateway", ALL[2:]),
        ("dns", ALL[3:]),
        ("internet", ALL[4:]),
        ("tls", ["service", "websocket"]),
        ("proxy", []),
        ("login", []),
        ("service", ["websocket"]),
        ("websocket", []),
    ],
)
def test_what_stands_on_a_broken_rung(broken: str, not_reached: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Is not reached; all else is tried."""
    rows = climbed(monkeypatch, {broken: "some_code"})
    assert [name for name, row in rows.items() if row.status == "failed"] == [broken]
    assert [name for name, row in rows.items() if row.status == "not_reached"] == not_reached
    assert all(rows[name].time_ms is None for name in not_reached)
    facts = summary(list(rows.values())).facts
    assert (facts["first_failed_rung"], facts["first_failed_kind"]) == (broken, broken)
    assert (facts["first_failed_code"], facts["ladder_ok"]) == ("some_code", False)


def test_all_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the ladder, however they were written."""
    rows = climbed(monkeypatch, {}, LADDER[::-1])
    assert list(rows) == ALL
    reading = summary(list(rows.values()))
    assert reading.facts["ladder_ok"] is True
    assert reading.facts["rungs_count"] == 9
    assert reading.missing["first_failed_rung"] == "none_failed"
    assert reading.rows[0]["status"] == "ok"


def test_one_of_two_references_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference has bad days too."""
    second = Rung("second", "internet", "192.0.2.1")
    assert climbed(monkeypatch, {"internet": "no_answer"}, [*LADDER, second])["service"].status == "ok"
    both = climbed(monkeypatch, {"internet": "no_answer", "second": "no_answer"}, [*LADDER, second])
    assert both["service"].status == "not_reached"


def test_an_address_needs_no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that dead DNS can be told from a dead line."""
    rungs = [*LADDER, Rung("by-address", "internet", "192.0.2.1")]
    rows = climbed(monkeypatch, {"dns": "dns_silent"}, rungs)
    assert (rows["internet"].status, rows["by-address"].status) == ("not_reached", "ok")
    assert rows["tls"].status == "not_reached"


def test_silent_names_on_a_dead_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """No address outside answers either: it is the line, and nothing is known of the resolvers."""
    rungs = [*LADDER, Rung("by-address", "internet", "192.0.2.1")]
    dead = climbed(monkeypatch, {"dns": "dns_silent", "by-address": "no_answer"}, rungs)
    assert (dead["dns"].status, dead["by-address"].status) == ("not_reached", "failed")
    assert summary(list(dead.values())).facts["first_failed_rung"] == "by-address"
    lying = climbed(monkeypatch, {"dns": "dns_lies", "by-address": "no_answer"}, rungs)
    assert summary(list(lying.values())).facts["first_failed_rung"] == "dns"


def test_a_silent_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does its work if anything beyond answers; else it is where the ladder breaks."""
    forwards = climbed(monkeypatch, {"gateway": "gateway_silent", "login": "scope_differs"})
    assert (forwards["gateway"].status, forwards["gateway"].code) == ("ok", "gateway_silent")
    assert summary(list(forwards.values())).facts["first_failed_rung"] == "login"
    gone = climbed(monkeypatch, {"gateway": "gateway_silent", "dns": "dns_silent", "internet": "no_answer"})
    assert gone["gateway"].status == "failed"
    assert {gone[name].status for name in ALL[2:]} == {"not_reached"}


def test_slow_and_out_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slower than the rung allows is slow; a rung that hangs does not hold up the report."""
    monkeypatch.setattr(climbing, "STEP_S", 0.6)
    hasty = [Rung("link", "link", slow_ms=20), Rung("dns", "dns", "x.se"), Rung("internet", "internet", "y.se")]
    rows = climbed(monkeypatch, {}, hasty, took_s={"link": 0.05, "dns": 5.0})
    assert (rows["link"].status, rows["link"].code) == ("slow", "slow")
    assert (rows["link"].time_ms or 0) >= 50
    assert (rows["dns"].status, rows["dns"].code, rows["dns"].time_ms) == ("failed", "no_answer", None)
    assert rows["internet"].status == "not_reached"


def test_no_time_left_is_no_fault_of_the_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not reached, and so the ladder is not in order either."""
    monkeypatch.setattr(climbing, "LEAST_S", 5.0)
    rows = climbed(monkeypatch, {}, LADDER[:2], took_s={"link": 6.0}, deadline_s=10.0, system=Timeless())
    assert rows["link"].code == "slow"
    assert (rows["gateway"].status, rows["gateway"].code) == ("not_reached", "no_time_left")
    facts = summary(list(rows.values())).facts
    assert (facts["ladder_ok"], facts["first_failed_rung"]) == (False, None)


def test_whether_somebody_looks_into_tls() -> None:
    """Only a handshake can tell; without one it is not known."""
    one = Rung("tls", "tls", "prov.example.se")
    for row, inspected in (
        (RungRow(one, "ok", 5.0), False),
        (RungRow(one, "failed", 5.0, "tls_inspected", {"issuer": "Skolfilter AB"}), True),
        (RungRow(one, "failed", 5.0, "tls_failed"), None),
        (RungRow(one, "not_reached"), None),
    ):
        reading = summary([row])
        assert reading.facts["tls_inspected"] is inspected
        assert ("tls_inspected" in reading.missing) == (inspected is None)


def test_rows_are_flat_and_carry_codes() -> None:
    """What the collector needs to find words, and nothing to show as it is."""
    row = RungRow(Rung("tls", "tls", "prov.example.se"), "failed", 5.0, "tls_inspected", {"issuer": "Skolfilter AB"})
    assert summary([row]).rows == [
        {
            "rung": "tls",
            "kind": "tls",
            "target": "prov.example.se",
            "status": "failed",
            "up_to_ms": 500.0,
            "error_code": "tls_inspected",
            "issuer": "Skolfilter AB",
        }
    ]


def test_without_a_ladder_nothing_is_known() -> None:
    """An older collector sends none."""
    reading = read(System(), Task())
    assert reading.facts["ladder_ok"] is None
    assert reading.missing["ladder_ok"] == "no_rungs"
    assert set(reading.facts) == {spec.name for spec in PROBE.facts}


def test_the_pure_parts_agree_without_a_gateway_rung() -> None:
    """A ladder need not have every kind."""
    assert may_try(Rung("service", "service", "https://prov.example.se/"), [])
    assert settled([]) == []

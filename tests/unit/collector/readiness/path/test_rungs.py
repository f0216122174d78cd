"""Where a machine stands on a kind of rung: by the newest that it found there itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.protocol.wire import Facts, RungKind
from collector.readiness.domain.model import DeviceKind, Observation
from collector.readiness.evidence.compliance import Fulfilment
from collector.readiness.evidence.index import index_evidence
from collector.readiness.path.rungs import KINDS, Climbs, kind_of, rung_fact
from tests.unit.collector.readiness.cases import FRESH, NOW, device, evidence, figure, observation, supervised

Row = tuple[str, RungKind, str, str | None]
"""Rung, kind, status, code."""


def climb(*rows: Row, at_h: float = 1, of: int = 1, status: str = "ok") -> Observation:
    """What a machine found so many hours ago."""
    told: list[Facts] = [
        {"rung": rung, "kind": kind, "status": found, "error_code": code} for rung, kind, found, code in rows
    ]
    return observation(of, "ladder", rows=told, at=NOW - timedelta(hours=at_h), status=status)


def stands(
    kind: RungKind, *climbs: Observation, device_kind: DeviceKind = "agent", days: float = 14
) -> tuple[Fulfilment, str]:
    """What machine 1 comes to, and why; a browser has been in a session."""
    enrolled = [msgspec.structs.replace(device(1), kind=device_kind)]
    here = supervised(observation(1, "visit")) if device_kind != "agent" else []
    observed = index_evidence(evidence([*climbs, *here], enrolled), NOW)
    answer = Climbs(observed, figure(days, "days")).answers(kind)["1"]
    return answer.outcome, answer.reason


OK: Row = ("login", "login", "ok", None)
FAILED: Row = ("login", "login", "failed", "login_error")
SLOW: Row = ("login", "login", "slow", "slow")
NOT_REACHED: Row = ("login", "login", "not_reached", None)
GATEWAY_GONE: Row = ("gateway", "gateway", "failed", "gateway_gone")


@pytest.mark.parametrize(
    ("row", "outcome", "reason"),
    [
        (OK, Fulfilment.OK, ""),
        (SLOW, Fulfilment.RISKY, "slow"),
        (FAILED, Fulfilment.FAILED, "login_error"),
        (("login", "login", "ok", "scope_misplaced"), Fulfilment.RISKY, "scope_misplaced"),
        (("login", "login", "ok", "proxy_in_use"), Fulfilment.OK, ""),
        (NOT_REACHED, Fulfilment.UNKNOWN, "rung_not_reached"),
        (("login", "login", "not_reached", "pac_not_evaluated"), Fulfilment.UNKNOWN, "pac_not_evaluated"),
        (("login", "login", "failed", None), Fulfilment.FAILED, "unknown"),
        (GATEWAY_GONE, Fulfilment.UNKNOWN, "rung_not_set_up"),
    ],
)
def test_one_climb(row: Row, outcome: Fulfilment, reason: str) -> None:
    """As it was found, or that this machine does not know such a rung."""
    assert stands("login", climb(row)) == (outcome, reason)


@pytest.mark.parametrize("days", [0, 1, 13, 15, 400])
def test_waiting_mends_nothing(days: int) -> None:
    """Law 3: a machine that was blocked stays so, however long ago it was."""
    assert stands("login", climb(FAILED, at_h=24 * days))[0] is Fulfilment.FAILED


def test_only_a_newer_climb_of_its_own_mends_it() -> None:
    """Found whole after it was broken; not the other way round."""
    assert stands("login", climb(FAILED, at_h=30), climb(OK)) == (Fulfilment.OK, "")
    assert stands("login", climb(OK, at_h=30), climb(FAILED))[0] is Fulfilment.FAILED


def test_a_climb_that_does_not_get_there_mends_nothing_either() -> None:
    """Stopped below, timed out, or ended early."""
    assert stands("login", climb(FAILED, at_h=30), climb(GATEWAY_GONE, NOT_REACHED))[0] is Fulfilment.FAILED
    assert stands("login", climb(FAILED, at_h=30), climb(status="timeout"))[0] is Fulfilment.FAILED


def test_what_held_before_is_not_known_once_a_climb_stops_below() -> None:
    """Yesterday's login says nothing of today's, when today nobody got there."""
    stopped = climb(GATEWAY_GONE, NOT_REACHED)
    assert stands("login", climb(OK, at_h=30), stopped) == (Fulfilment.UNKNOWN, "rung_not_reached")
    assert stands("login", climb(OK, at_h=30), climb(status="failed")) == (Fulfilment.UNKNOWN, "probe_failed")


def test_what_holds_gets_stale() -> None:
    """To the second."""
    assert stands("login", climb(OK, at_h=14 * 24)) == (Fulfilment.OK, "")
    assert stands("login", climb(OK, at_h=14 * 24 + 0.01)) == (Fulfilment.UNKNOWN, "stale")


def test_a_rung_that_is_climbed_no_longer_is_forgotten() -> None:
    """Else a name that was taken out of ladder.yaml would hold the school back for ever."""
    renamed: Row = ("new-login", "login", "ok", None)
    assert stands("login", climb(FAILED, at_h=30), climb(renamed)) == (Fulfilment.OK, "")


@pytest.mark.parametrize(("kind", "outcome"), [("internet", Fulfilment.OK), ("tls", Fulfilment.FAILED)])
def test_one_of_two_references_is_enough_and_one_of_two_hosts_is_not(kind: RungKind, outcome: Fulfilment) -> None:
    """A reference stands for the internet; a host of the test stands for itself."""
    assert stands(kind, climb(("one", kind, "ok", None), ("other", kind, "failed", "no_answer")))[0] is outcome


def test_who_never_climbed() -> None:
    """An agent could have; a browser can not, so nothing is asked of it."""
    assert stands("login") == (Fulfilment.UNKNOWN, "never_measured")
    assert stands("login", device_kind="web") == (Fulfilment.OK, "not_concerned")


def test_which_kinds_are_set_up() -> None:
    """By the ladder that was climbed last, by anybody."""

    def climbs(*some: Observation) -> Climbs:
        return Climbs(index_evidence(evidence(some), NOW), figure(14, "days"))

    both = climbs(climb(OK, of=1), climb(GATEWAY_GONE, of=2))
    assert [kind for kind in KINDS if both.is_set_up(kind)] == ["gateway", "login"]
    assert not climbs(climb(OK, at_h=3), climb(GATEWAY_GONE)).is_set_up("login")
    assert both.have_been
    assert not climbs(climb(status="timeout")).have_been


def test_the_name_of_a_fact_says_which_kind() -> None:
    """There and back."""
    assert [kind_of(rung_fact(kind)) for kind in KINDS] == list(KINDS)
    assert kind_of("path.reached_ratio") is None


STATUSES = st.sampled_from(["ok", "slow", "failed", "not_reached"])


@given(st.lists(STATUSES, min_size=1, max_size=5), st.integers(1, 400))
def test_waiting_never_makes_any_history_better(history: Sequence[str], days: int) -> None:
    """Law 3, whatever was found before."""
    climbs = [climb(("login", "login", status, "no_answer"), at_h=9 - n) for n, status in enumerate(history)]
    later = [
        msgspec.structs.replace(one, last_at=one.last_at - timedelta(days=days), first_at=FRESH - timedelta(days=days))
        for one in climbs
    ]
    assert stands("login", *later)[0] <= stands("login", *climbs)[0]

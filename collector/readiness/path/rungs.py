"""Where each machine stands on one kind of rung, by its climbs. Pure.

Of two references one that answers is enough; of every other kind all rungs must hold, since each is another host that
the test needs. A rung that the machine no longer climbs is forgotten with the ladder that had it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from agent.protocol.wire import Facts, RungKind
from collector.readiness.domain.model import Figure, Observation
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment
from collector.readiness.evidence.index import STALE, EvidenceIndex, is_fresh
from collector.readiness.path.machines import Answers, by_device, unknown, without_climb, without_result

PROBE = "ladder"
NOT_SET_UP = "rung_not_set_up"
"""The reason of a machine whose ladder has no rung of the kind."""
NOT_REACHED = "rung_not_reached"
"""The reason of a rung that stands on one that does not hold."""

KINDS: Sequence[RungKind] = get_args(RungKind)
_ONE_IS_ENOUGH = frozenset({"internet"})
_STANDS: dict[object, Fulfilment] = {"ok": Fulfilment.OK, "slow": Fulfilment.RISKY, "failed": Fulfilment.FAILED}
_SLOW = "slow"
_HOLD_UP = frozenset({"signed_requests_wanted", "scope_misplaced", "assurance_misplaced"})
"""What is remarked on a rung that holds, and may hold up a login all the same."""


def rung_fact(kind: RungKind) -> str:
    """The derived fact about rungs of a kind."""
    return f"rungs.{kind}_ratio"


def kind_of(fact: str) -> RungKind | None:
    """The kind of rung that a derived fact is about, if it is about one."""
    return next((kind for kind in KINDS if rung_fact(kind) == fact), None)


class Climbs:
    """What the machines of a school found on their ladders, by results not older than `days`."""

    def __init__(self, observed: EvidenceIndex, days: Figure) -> None:
        """Sorts the climbs by machine, once for all kinds."""
        self._observed, self._days = observed, days
        self._by_device = by_device(observed, PROBE)
        self._answers: dict[RungKind, Answers] = {}

    def is_set_up(self, kind: RungKind) -> bool:
        """Whether any machine has such a rung in the ladder that it climbed last."""
        climbs = (_climbed(ones) for ones in self._by_device.values())
        return any(row.get("kind") == kind for one in climbs if one is not None for row in one.rows)

    @property
    def have_been(self) -> bool:
        """Whether any machine has ever climbed."""
        return any(_climbed(ones) is not None for ones in self._by_device.values())

    def answers(self, kind: RungKind) -> Answers:
        """What each machine comes to on rungs of that kind; `value` is the rung that decides, `reason` its code."""
        if kind not in self._answers:
            self._answers[kind] = {device: self._answer(kind, device, ones) for device, ones in self._by_device.items()}
        return self._answers[kind]

    def _answer(self, kind: RungKind, device: str, ones: Sequence[Observation]) -> DeviceCompliance:
        fact, climbed = f"{PROBE}.{kind}", _climbed(ones)
        if not ones:
            return without_climb(self._observed, device, fact)
        if climbed is None:
            return without_result(fact, ones[0])
        rungs = [str(row.get("rung")) for row in climbed.rows if row.get("kind") == kind]
        if not rungs:
            return unknown(fact, NOT_SET_UP, climbed)
        answers = [self._on_rung(fact, rung, ones) for rung in rungs]
        choose = max if kind in _ONE_IS_ENOUGH else min
        return choose(answers, key=lambda answer: answer.outcome)

    def _on_rung(self, fact: str, rung: str, ones: Sequence[Observation]) -> DeviceCompliance:
        newest = ones[0]
        for one in ones:
            row = _row(one, rung)
            stands = _STANDS.get(row.get("status"))
            if stands is Fulfilment.FAILED:
                return DeviceCompliance(stands, fact, rung, _code(row), one)
            if stands is not None and one is newest and is_fresh(one, self._observed.now, self._days):
                return _holds(stands, fact, rung, one)
            if stands is not None:
                return self._no_longer(fact, rung, newest, one)
        return self._no_longer(fact, rung, newest, newest)

    def _no_longer(self, fact: str, rung: str, newest: Observation, held: Observation) -> DeviceCompliance:
        """It held once, or was never tried, and the newest climb does not say."""
        if newest.status != "ok":
            return without_result(fact, newest)
        if held is newest and _STANDS.get(_row(newest, rung).get("status")) is not None:
            return unknown(fact, STALE, newest)
        code = _row(newest, rung).get("error_code")
        return unknown(fact, code if isinstance(code, str) else NOT_REACHED, newest)


def _climbed(ones: Sequence[Observation]) -> Observation | None:
    """The newest climb that came to anything."""
    return next((one for one in ones if one.status == "ok"), None)


def _row(climb: Observation, rung: str) -> Facts:
    return next((row for row in climb.rows if row.get("rung") == rung), {})


def _holds(stands: Fulfilment, fact: str, rung: str, climb: Observation) -> DeviceCompliance:
    """Well, slowly, or with a remark that may hold somebody up."""
    code = _row(climb, rung).get("error_code")
    if isinstance(code, str) and code in _HOLD_UP:
        return DeviceCompliance(Fulfilment.RISKY, fact, rung, code, climb)
    return DeviceCompliance(stands, fact, rung, _SLOW if stands is Fulfilment.RISKY else "", climb)


def _code(row: Facts) -> str:
    code = row.get("error_code")
    return code if isinstance(code, str) else "unknown"

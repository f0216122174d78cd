"""Root cause first, by the shipped profile: the first rung that breaks explains what follows from it."""

from __future__ import annotations

from functools import lru_cache

import pytest

from agent.protocol.wire import Facts
from collector.configuration.load import load_configuration
from collector.readiness.domain.model import Observation, Profile, Status, Verdict
from collector.readiness.domain.order import deciding, roots
from tests.support.judging import judge_alone
from tests.unit.collector.configuration.test_sample import NOW as SAMPLE_NOW
from tests.unit.collector.configuration.test_sample import SAMPLE
from tests.unit.collector.readiness.cases import NOW, RELEASES, evidence, lesson_hours, observation, school, sitting

RUNGS = ("link", "gateway", "dns", "internet", "tls", "login", "service")


@lru_cache
def shipped() -> Profile:
    return load_configuration(SAMPLE, SAMPLE_NOW, environ={}).profiles["skoldigiguide-2023"]


def climbed(broken: str) -> list[Facts]:
    """A ladder that holds up to that rung, and no further."""
    place = RUNGS.index(broken)
    said = ["ok"] * place + ["failed"] + ["not_reached"] * (len(RUNGS) - place - 1)
    return [
        {"rung": kind, "kind": kind, "target": "x.example", "status": status, "error_code": code}
        for kind, status in zip(RUNGS, said, strict=True)
        for code in ["no_answer" if status == "failed" else None]
    ]


def verdict(broken: str) -> Verdict:
    """Twelve machines that come so far in every hour of lessons, and runs that broke in all of them."""
    hours = lesson_hours(40)
    seen: list[Observation] = [
        observation(n, "ladder", rows=climbed(broken), at=hours[0], first_at=hours[-1]) for n in range(12)
    ]
    seen += [observation(n % 12, "throughput", status="failed", error_code="no_answer", at=at)
             for n, at in enumerate(hours)]  # fmt: skip
    return judge_alone(sitting(), school(devices=12), shipped(), evidence(seen), RELEASES, NOW)


@pytest.mark.parametrize("broken", ["link", "gateway", "internet"])
def test_the_first_rung_that_breaks_explains_the_line(broken: str) -> None:
    """No faster line is ordered where nobody gets out: what is told first is that rung, and the rest is under it."""
    judged = verdict(broken)
    folded = {root.requirement: {one.requirement for one in below} for root, below in roots(judged.findings)}
    assert judged.binding == f"rung-{broken}"
    cause = deciding(judged)
    assert cause is not None
    assert cause.requirement == f"rung-{broken}"
    assert {"line-down", "line-up", "start-burst"} <= folded[f"rung-{broken}"]
    assert judged.status is Status.NOT_READY


def test_a_line_that_is_bad_by_itself_stands_by_itself() -> None:
    """The ladder holds as far as the internet, and the login does not: that has nothing to do with the line."""
    folded = {root.requirement: {one.requirement for one in below} for root, below in roots(verdict("login").findings)}
    assert "line-down" in folded
    assert not {"line-down", "line-up"} & folded["rung-login"]

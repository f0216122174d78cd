"""From findings to one verdict: the worst, what binds, what causes what."""

from __future__ import annotations

import msgspec
import pytest

from collector.readiness.domain.model import Finding, Requirement, Severity, Status
from collector.readiness.domain.verdicts import by_constraint, soften_recommended, with_causes, worst
from tests.support.verdicts import finding
from tests.unit.collector.readiness.cases import found, memory, requirement

READY, AT_RISK, NOT_READY, UNKNOWN = Status.READY, Status.AT_RISK, Status.NOT_READY, Status.UNKNOWN


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], UNKNOWN),
        ([READY], READY),
        ([READY, AT_RISK], AT_RISK),
        ([AT_RISK, UNKNOWN], UNKNOWN),
        ([READY, UNKNOWN], UNKNOWN),
        ([UNKNOWN, NOT_READY, AT_RISK], NOT_READY),
    ],
)
def test_worst(statuses: list[Status], expected: Status) -> None:
    """Not ready, else unknown, else at risk, else ready; nothing is unknown."""
    assert worst([finding(str(number), status) for number, status in enumerate(statuses)]) is expected


@pytest.mark.parametrize(
    ("severity", "status", "expected"),
    [
        ("required", NOT_READY, NOT_READY),
        ("recommended", NOT_READY, AT_RISK),
        ("recommended", AT_RISK, AT_RISK),
        ("recommended", UNKNOWN, UNKNOWN),
        ("recommended", READY, READY),
    ],
)
def test_recommended_is_at_risk_at_most(severity: Severity, status: Status, expected: Status) -> None:
    """Unknown stays unknown."""
    assert soften_recommended(finding("one", status, severity=severity)).status is expected


def order(*findings: Finding) -> list[str]:
    """The requirements by how much they bind."""
    return [one.requirement for one in by_constraint(findings)]


def test_least_headroom_binds() -> None:
    """Within the worst status."""
    assert order(finding("wide", READY, headroom=3.0), finding("narrow", READY, headroom=1.4)) == ["narrow", "wide"]


def test_status_goes_before_headroom() -> None:
    """A number that is ready does not bind before one that is not; the next constraint may be of another status."""
    made = [finding("ready", READY, headroom=1.1), finding("risk", AT_RISK, headroom=1.2), finding("dark", UNKNOWN)]
    assert order(*made, finding("bad", NOT_READY, headroom=2.0)) == ["bad", "dark", "risk", "ready"]


def test_without_headroom_after_those_with_it_in_the_profiles_order() -> None:
    """Of two that have none, the first one of the profile."""
    made = [finding("a", NOT_READY), finding("b", NOT_READY), finding("c", NOT_READY, headroom=0.9)]
    assert order(*made) == ["c", "a", "b"]


def test_causes_bind_before_what_they_explain() -> None:
    """Even where the effect looks worse."""
    effect = finding("effect", NOT_READY, headroom=0.1, caused_by="cause")
    assert order(effect, finding("cause", NOT_READY)) == ["cause", "effect"]


def test_ready_without_headroom_holds_nobody_back() -> None:
    """It is not a constraint."""
    assert order(finding("fine", READY), finding("line", READY, headroom=2.0)) == ["line"]


def causes(rules: list[Requirement], *findings: Finding) -> list[str | None]:
    """What each finding is caused by."""
    return [one.caused_by for one in with_causes(findings, rules)]


def test_cause_is_the_root_of_the_chain() -> None:
    """c depends on b, b on a: both are explained by a."""
    rules = [requirement(named="a"), requirement(named="b", depends_on=["a"]), requirement(named="c", depends_on=["b"])]
    made = [finding("a", NOT_READY), finding("b", NOT_READY), finding("c", NOT_READY)]
    assert causes(rules, *made) == [None, "a", "a"]


def test_chain_ends_where_a_link_is_ready() -> None:
    """b is fine, so a explains nothing of c."""
    rules = [requirement(named="a"), requirement(named="b", depends_on=["a"]), requirement(named="c", depends_on=["b"])]
    assert causes(rules, finding("a", NOT_READY), finding("b", READY), finding("c", NOT_READY)) == [None, None, None]


@pytest.mark.parametrize(
    ("root", "effect", "explained"),
    [
        (NOT_READY, UNKNOWN, True),
        (UNKNOWN, UNKNOWN, True),
        (UNKNOWN, NOT_READY, False),
        (AT_RISK, NOT_READY, False),
        (AT_RISK, UNKNOWN, False),
        (NOT_READY, READY, False),
    ],
)
def test_nothing_graver_hides_behind_something_milder(root: Status, effect: Status, explained: bool) -> None:
    """A cause is at least as bad as what it explains."""
    rules = [requirement(named="a"), requirement(named="b", depends_on=["a"])]
    assert causes(rules, finding("a", root), finding("b", effect)) == [None, "a" if explained else None]


def test_first_failing_dependency_is_the_cause() -> None:
    """In the order that the profile names them; one that the profile does not have is passed over."""
    rules = [requirement(named="a"), requirement(named="b"), requirement(named="c", depends_on=["x", "a", "b"])]
    assert causes(rules, finding("a", READY), finding("b", NOT_READY), finding("c", NOT_READY)) == [None, None, "b"]


def test_requirements_that_blame_each_other_are_all_shown() -> None:
    """A circle has no root, so nothing is hidden."""
    rules = [requirement(named="a", depends_on=["b"]), requirement(named="b", depends_on=["a"])]
    assert causes(rules, finding("a", NOT_READY), finding("b", NOT_READY)) == [None, None]


def test_the_finding_is_kept_as_it_was() -> None:
    """Only its cause is added."""
    rules = [requirement(named="a"), requirement(named="b", depends_on=["a"])]
    before = finding("b", NOT_READY, headroom=0.4)
    after = with_causes([finding("a", NOT_READY), before], rules)[1]
    assert (after.headroom, after.why, after.caused_by) == (0.4, before.why, "a")


def test_what_does_not_count_explains_nothing_that_does() -> None:
    """Else a finding that puts the sitting at risk would hide behind one that the verdict does not rest on."""
    asked = [requirement(named="light", severity="if_known"), requirement(named="heavy", depends_on=["light"])]
    dark = finding("light", UNKNOWN, severity="if_known")
    assert with_causes([dark, finding("heavy", AT_RISK)], asked)[1].caused_by is None
    also_dark = finding("heavy", UNKNOWN, severity="if_known")
    assert with_causes([dark, also_dark], asked)[1].caused_by == "light"


def test_what_does_not_hold_is_not_called_as_if_it_did() -> None:
    """At risk and not ready go by the other title; what is not known goes by neither side's, so by its own."""
    one = requirement()
    titles = [found(one, [memory(n, mib) for n in range(11)]).heading.en for mib in (8192, 512, None)]
    assert titles == ["Requirement memory", "Requirement memory fails", "Requirement memory"]
    softer = msgspec.structs.replace(one, at_risk_value=1)
    assert found(softer, [memory(n, 512) for n in range(11)]).heading.en == "Requirement memory fails"

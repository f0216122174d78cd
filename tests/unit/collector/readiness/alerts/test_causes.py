"""Which findings are warned about, and that a verdict that is not ready always has something to warn about."""

from __future__ import annotations

from collector.readiness.alerts.causes import WHOLE_VERDICT, causes, state_of, worst
from collector.readiness.domain.model import Finding, Status
from tests.support.verdicts import finding, verdict

BAD = Status.NOT_READY


def names(*findings: Finding) -> list[str]:
    """The causes of a verdict of these findings."""
    return list(causes(verdict(*findings)))


def test_ready_findings_are_silent() -> None:
    """A verdict that is ready has no cause."""
    assert names(finding("a"), finding("b")) == []


def test_worst_first() -> None:
    """Not ready, then unknown, then at risk."""
    found = names(finding("a", Status.AT_RISK), finding("b", Status.UNKNOWN), finding("c", BAD))
    assert found == ["c", "b", "a"]


def test_an_explained_finding_is_silent() -> None:
    """The broken line is said, and what it breaks is not."""
    assert names(finding("line", BAD), finding("path", BAD, caused_by="line")) == ["line"]


def test_a_cause_that_is_well_explains_nothing() -> None:
    """A finding whose cause is ready, or not among the findings, is said on its own."""
    assert names(finding("line"), finding("path", BAD, caused_by="line")) == ["path"]
    assert names(finding("path", BAD, caused_by="gone")) == ["path"]


def test_a_lesser_cause_does_not_hide_a_worse_finding() -> None:
    """A line at risk does not silence a path that is not ready."""
    assert names(finding("line", Status.AT_RISK), finding("path", BAD, caused_by="line")) == ["path", "line"]


def test_findings_that_explain_each_other_are_all_said() -> None:
    """Nothing may fall silent in a circle."""
    assert names(finding("a", BAD, caused_by="b"), finding("b", BAD, caused_by="a")) == ["a", "b"]


def test_rooms_of_one_requirement_are_one_cause() -> None:
    """One alert for a requirement, however many rooms fail it; the worst room first."""
    found = causes(verdict(finding("wifi", Status.AT_RISK, room="a1"), finding("wifi", BAD, room="a2")))
    assert [(f.room, f.status) for f in found["wifi"]] == [("a2", BAD), ("a1", Status.AT_RISK)]


def test_one_unexplained_room_is_enough() -> None:
    """Only when every room's finding is explained is the requirement silent."""
    line = finding("line", BAD)
    a1, a2 = finding("wifi", BAD, room="a1", caused_by="line"), finding("wifi", BAD, room="a2")
    assert names(line, a1, a2) == ["line", "wifi"]
    assert names(line, a1) == ["line"]


def test_a_verdict_that_nothing_explains_is_a_cause_itself() -> None:
    """A school that could not be judged is unknown, and that is said."""
    assert causes(verdict()) == {WHOLE_VERDICT: []}


def test_how_a_cause_stands() -> None:
    """The worst of its findings; None when it is not asked for; as the verdict when nothing was found out."""
    judged = verdict(finding("wifi", room="a1"), finding("wifi", Status.UNKNOWN, room="a2"), finding("line"))
    assert state_of(judged, "wifi") is Status.UNKNOWN
    assert state_of(judged, "line") is Status.READY
    assert state_of(judged, "gone") is None
    assert state_of(judged, WHOLE_VERDICT) is Status.UNKNOWN
    assert state_of(verdict(), "line") is Status.UNKNOWN


def test_the_worst_of_none_is_none() -> None:
    """No finding is not a good finding."""
    assert worst([]) is None

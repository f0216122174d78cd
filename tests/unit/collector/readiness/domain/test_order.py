"""Which finding comes first, which decides, and which is a consequence of which."""

from __future__ import annotations

from collector.readiness.domain.model import Finding, Status
from collector.readiness.domain.order import deciding, rank, roots
from tests.support.verdicts import finding, verdict


def names(findings: list[Finding]) -> list[str]:
    """The requirements, in order."""
    return [one.requirement for one in findings]


def test_worst_first() -> None:
    """Status, then required before recommended, then headroom (none last), then name and room."""
    findings = [
        finding("ready", Status.READY, headroom=0.1),
        finding("risk", Status.AT_RISK),
        finding("unknown", Status.UNKNOWN),
        finding("advised", Status.NOT_READY, headroom=0.1, severity="recommended"),
        finding("bare", Status.NOT_READY),
        finding("tight", Status.NOT_READY, headroom=0.9),
        finding("tightest", Status.NOT_READY, headroom=0.4),
    ]
    expected = ["tightest", "tight", "bare", "advised", "unknown", "risk", "ready"]
    assert names(sorted(findings, key=rank)) == expected


def test_the_binding_requirement_decides() -> None:
    """Also when another finding has less headroom; its worst room speaks for it."""
    good, bad = finding("wifi", Status.READY, room="a1"), finding("wifi", Status.NOT_READY, room="a2")
    made = verdict(good, bad, finding("line", Status.NOT_READY, headroom=0.1), binding="wifi")
    assert deciding(made) is bad


def test_without_a_binding_requirement_the_worst_decides() -> None:
    """A binding requirement that is not among the findings is as good as none."""
    worst = finding("line", Status.UNKNOWN)
    assert deciding(verdict(finding("wifi"), worst, binding="gone")) is worst
    assert deciding(verdict()) is None


def test_consequences_are_folded_beneath_their_root() -> None:
    """Also those that are caused through another."""
    line = finding("line", Status.NOT_READY)
    start = finding("start", Status.NOT_READY, caused_by="line")
    login = finding("login", Status.UNKNOWN, caused_by="start")
    [(top, below)] = roots([login, start, line])
    assert (top, names(below)) == (line, ["start", "login"])


def test_a_cause_in_the_same_room_explains() -> None:
    """Bad Wi-Fi in one room does not explain what fails in another that has bad Wi-Fi too."""
    here, there = finding("wifi", Status.NOT_READY, room="a1"), finding("wifi", Status.NOT_READY, room="a2")
    slow = finding("latency", Status.NOT_READY, room="a2", caused_by="wifi")
    folded = {top.room: names(below) for top, below in roots([slow, here, there])}
    assert folded == {"a1": [], "a2": ["latency"]}


def test_nothing_vanishes() -> None:
    """A cause that is absent or fine explains nothing, and a circle leaves all at the top."""
    absent = finding("a", Status.NOT_READY, caused_by="gone")
    fine = finding("b", Status.READY)
    blaming = finding("c", Status.NOT_READY, caused_by="b")
    one, other = finding("d", Status.UNKNOWN, caused_by="e"), finding("e", Status.UNKNOWN, caused_by="d")
    itself = finding("f", Status.AT_RISK, caused_by="f")
    shown = roots([absent, fine, blaming, one, other, itself])
    assert names([top for top, _ in shown]) == ["a", "c", "d", "e", "f", "b"]
    assert all(not below for _, below in shown)


def test_what_hangs_on_a_circle_is_still_shown() -> None:
    """A finding caused by one of two that cause each other appears exactly once."""
    circle = [finding("d", Status.UNKNOWN, caused_by="e"), finding("e", Status.UNKNOWN, caused_by="d")]
    hanging = finding("g", Status.UNKNOWN, caused_by="d")
    shown = roots([*circle, hanging])
    everything = [top for top, _ in shown] + [one for _, below in shown for one in below]
    assert sorted(names(everything)) == ["d", "e", "g"]

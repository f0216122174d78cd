"""Old news can be bad news, but never good news."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.configuration.model import Settings
from collector.judgement.freshness import as_known, judging_stopped, patience
from collector.readiness.domain.model import Status
from tests.support.verdicts import NOW, configuration, finding, snapshot, verdict

SETTINGS = configuration().settings
STALE = NOW - timedelta(minutes=10, seconds=1)


def test_ten_missed_rounds_are_too_many() -> None:
    """With a short interval ten minutes are waited, with a long one ten rounds."""
    slow: Settings = msgspec.structs.replace(SETTINGS, judge_every_s=300)
    assert patience(SETTINGS) == timedelta(minutes=10)
    assert patience(slow) == timedelta(minutes=50)


def test_a_fresh_verdict_is_left_alone() -> None:
    """Ten minutes to the second are still fresh."""
    made = verdict(finding(headroom=1.8), judged_at=NOW - timedelta(minutes=10))
    assert as_known(made, SETTINGS, NOW) is made


@pytest.mark.parametrize(
    ("judged", "known"),
    [
        (Status.READY, Status.UNKNOWN),
        (Status.AT_RISK, Status.UNKNOWN),
        (Status.UNKNOWN, Status.UNKNOWN),
        (Status.NOT_READY, Status.NOT_READY),
    ],
)
def test_an_old_verdict_is_never_good_news(judged: Status, known: Status) -> None:
    """What was ready is unknown once judging has stopped; what was not ready still is."""
    seen = as_known(verdict(finding(status=judged, headroom=1.2), judged_at=STALE), SETTINGS, NOW)
    assert seen.status is known
    assert seen.findings[0].status is known


def test_no_number_stays_beside_an_old_ready() -> None:
    """A healthy headroom beside an unknown would look green, and the reason says what happened."""
    made = verdict(finding(headroom=1.8), judged_at=STALE, next_binding="line_up")
    seen = as_known(made, SETTINGS, NOW)
    assert (seen.headroom, seen.next_binding) == (None, None)
    assert (seen.findings[0].headroom, seen.findings[0].why.code) == (None, "page_why_judging_stopped")
    assert seen.findings[0].why.values == {"judged_at": STALE}


def test_each_verdict_ages_by_itself() -> None:
    """One school that could not be judged does not make the others unknown."""
    old, new = verdict(finding(headroom=1.8), judged_at=STALE), verdict(finding(headroom=1.8))
    statuses = [seen.status for seen in snapshot(old, new, now=NOW).verdicts]
    assert statuses == [Status.UNKNOWN, Status.READY]


def test_judging_that_goes_on_has_not_stopped() -> None:
    """Judged just now, or just started and not judged yet."""
    started = msgspec.structs.replace(configuration(), loaded_at=NOW - timedelta(minutes=1))
    assert not judging_stopped(snapshot(), NOW)
    assert not judging_stopped(msgspec.structs.replace(snapshot(judged_at=None), configuration=started), NOW)


def test_judging_stops() -> None:
    """Nothing judged for longer than ten rounds, or never since the start."""
    assert judging_stopped(snapshot(judged_at=STALE), NOW)
    assert judging_stopped(snapshot(judged_at=None), NOW)


def test_without_schools_there_is_nothing_to_stop() -> None:
    """A collector without schools judges nothing and is well."""
    empty = msgspec.structs.replace(configuration(), schools={})
    assert not judging_stopped(msgspec.structs.replace(snapshot(judged_at=None), configuration=empty), NOW)

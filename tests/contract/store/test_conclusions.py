"""Verdicts and warnings that are remembered, refused reports, and how long raw data stays."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.readiness.alerts.decide import AlertRecord
from collector.readiness.domain.model import Bilingual, Status
from collector.store import rejections
from collector.store.reports import RejectedReport
from collector.store.store import Store
from collector.store.timestamps import microseconds
from tests.support.stored import NOW, Place, enrolled, measured, observations, report, write
from tests.support.verdicts import NOW as JUDGED_AT
from tests.support.verdicts import changed, finding, sitting, verdict

DAY = timedelta(days=1)


def history_rows(place: Place) -> list[object]:
    """The statuses in the history, oldest first."""
    return [status for (status,) in place.run("SELECT status FROM verdicts ORDER BY number")]


def test_only_changes_make_history(store: Store, place: Place) -> None:
    """Judging the same again adds nothing; a finding, the headroom or the status does."""
    ready = verdict(finding(headroom=1.801))
    store.save_verdicts([ready], JUDGED_AT)
    store.save_verdicts([changed(ready, judged_at=JUDGED_AT + DAY)], JUDGED_AT)
    store.save_verdicts([verdict(finding(headroom=1.802))], JUDGED_AT)
    assert history_rows(place) == ["ready"]
    store.save_verdicts([verdict(finding(headroom=1.9))], JUDGED_AT)
    assert history_rows(place) == ["ready", "ready"]
    store.save_verdicts([verdict(finding(status=Status.NOT_READY))], JUDGED_AT)
    store.save_verdicts([ready], JUDGED_AT)
    assert history_rows(place) == ["ready", "ready", "not_ready", "ready"]


def test_a_finding_that_changes_behind_the_same_status(store: Store, place: Place) -> None:
    """What people act on is the findings, not only the worst of them."""
    worst = finding("line_down", Status.NOT_READY)
    store.save_verdicts([verdict(worst, finding("browser", Status.READY))], JUDGED_AT)
    store.save_verdicts([verdict(worst, finding("browser", Status.AT_RISK))], JUDGED_AT)
    assert history_rows(place) == ["not_ready", "not_ready"]


def test_the_newest_verdict_of_each_sitting(store: Store) -> None:
    """Whole, as JSON."""
    other = verdict(finding(), about=sitting("other-sitting"))
    newest = verdict(finding(status=Status.AT_RISK))
    store.save_verdicts([verdict(finding()), other], JUDGED_AT)
    store.save_verdicts([newest], JUDGED_AT)
    told = {one.sitting: one for one in store.last_verdicts()}
    assert set(told) == {"other-sitting", newest.sitting.id}
    one = told[newest.sitting.id]
    assert (one.status, one.school, one.judged_at) == ("at_risk", newest.school.code, JUDGED_AT)
    assert one.body == msgspec.json.encode(newest)


def test_the_last_time_that_a_sitting_was_ready(store: Store) -> None:
    """Until the verdict that took its place; None while it stands, before it was, and of what never was."""
    ready, bad = verdict(finding()), verdict(finding(status=Status.NOT_READY), judged_at=JUDGED_AT + DAY)
    worse = verdict(finding(headroom=0.1, status=Status.NOT_READY), judged_at=JUDGED_AT + 2 * DAY)
    for one in (ready, bad, worse):
        store.save_verdicts([one], one.judged_at)
    assert store.last_ready(ready.sitting.id, JUDGED_AT + 3 * DAY) == (msgspec.json.encode(ready), JUDGED_AT + DAY)
    assert store.last_ready(ready.sitting.id, JUDGED_AT) is None
    assert store.last_ready(ready.sitting.id, JUDGED_AT - DAY) is None
    assert store.last_ready("other", JUDGED_AT + 3 * DAY) is None


def test_sittings_judged_in_time_are_remembered(store: Store) -> None:
    """Those still to come when they were judged; a sitting first seen after it was held is not."""
    coming, held = verdict(about=sitting("coming")), verdict(about=sitting("held"))
    store.save_verdicts([coming], coming.starts_at - DAY)
    store.save_verdicts([held], held.starts_at)
    store.save_verdicts([coming], coming.starts_at + DAY)
    assert store.seen_sittings() == {"coming"}


def test_what_was_said_is_remembered(store: Store) -> None:
    """By key: the same key again takes its place."""
    first = AlertRecord("s/line", "12345678", "s", "line", "Ekskolan", Bilingual("a", "b"), Status.AT_RISK, False, NOW)
    later = msgspec.structs.replace(first, stage=7, said_at=NOW, ended_at=NOW + DAY)
    second = msgspec.structs.replace(first, key="s/devices")
    store.save_said([first, second])
    store.save_said([later])
    assert store.alerts_said() == [second, later]


def test_documents_by_kind(store: Store) -> None:
    """Kinds do not meet; writing and removing happen together."""
    store.save_documents("a", {"1": b'{"n":1}', "2": b"{}"})
    store.save_documents("b", {"1": b'"other"'})
    store.save_documents("a", {"3": b"[]", "1": b'{"n":2}'}, removed=["2"])
    assert store.documents("a") == {"1": b'{"n":2}', "3": b"[]"}
    assert store.documents("b") == {"1": b'"other"'}
    assert store.documents("c") == {}


def refused(number: int, body: bytes = b"{}") -> RejectedReport:
    """A refused report."""
    return RejectedReport("d1", f"r{number}", microseconds(NOW), "malformed", "$.school", "why", body)


def test_refused_reports_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newest first, cut to a bound in size and in number."""
    monkeypatch.setattr(rejections, "KEPT_REJECTIONS", 3)
    store.write_reports([], [refused(1), refused(2)])
    store.write_reports([], [refused(3), refused(4, b"x" * 10_000)])
    kept = store.rejected(10)
    assert [one.report_id for one in kept] == ["r4", "r3", "r2"]
    assert kept[0].body == b"x" * 8_192
    assert (kept[0].code, kept[0].place, kept[0].message, kept[0].received_at) == ("malformed", "$.school", "why", NOW)
    assert [one.report_id for one in store.rejected(1)] == ["r4"]


def test_old_raw_data_goes(store: Store, place: Place) -> None:
    """What was last said before the day goes, with content that nothing says any more; the rest stays."""
    device, _ = enrolled(store)
    old, new = NOW - 10 * DAY, NOW - DAY
    results = [
        measured(old, {"memory_total_mib": 1}),
        measured(new, {"memory_total_mib": 2}),
        measured(old, {}, "wifi"),
    ]
    write(store, device, report(device, results, report_id="a"))
    store.write_reports([], [refused(1)])
    assert store.delete_older_than(NOW - 5 * DAY) == 2
    assert [one.facts for one in observations(store)] == [{"memory_total_mib": 2}]
    assert len(store.rejected(10)) == 1
    assert [place.run(f"SELECT count(*) FROM {name}") for name in ("contents", "reports")] == [[(1,)], [(1,)]]
    orphans = "SELECT 1 FROM results WHERE (device, digest) NOT IN (SELECT device, digest FROM contents)"
    assert place.run(orphans) == []
    assert store.delete_older_than(NOW + DAY) == 2
    assert store.rejected(10) == []
    assert store.devices() != []


def test_content_that_was_removed_can_be_said_again(store: Store) -> None:
    """Retention and what is remembered agree."""
    device, _ = enrolled(store)
    write(store, device, report(device, [measured(NOW - 10 * DAY)], report_id="a"))
    store.delete_older_than(NOW - 5 * DAY)
    write(store, device, report(device, [measured(NOW)], report_id="b"))
    assert [one.facts for one in observations(store)] == [{"memory_total_mib": 4096}]

"""The report on every room of a school."""

from __future__ import annotations

from datetime import timedelta

from collector.readiness.domain.model import Status
from tests.support.rooms import AP_A1, NOW, days_of, heard, radio, report, reports


def test_every_room_is_there() -> None:
    """Measured, measured by too few, and never: only the first can be ready."""
    found = reports([*days_of("a1", [-50.0] * 13), heard("b", "a2")], [radio(clients=0)])
    assert [(one.room, one.status, one.measured, one.devices) for one in found.rooms] == [
        ("a1", Status.AT_RISK, True, 13),  # a full room of 30 is beyond 25 clients on its one radio
        ("a2", Status.UNKNOWN, False, 1),
        ("a3", Status.UNKNOWN, False, 0),
    ]
    assert [one.newest_at for one in found.rooms] == [NOW - timedelta(hours=1), NOW - timedelta(hours=1), None]


def test_what_is_told_of_a_room() -> None:
    """The bounds, how busy, how much evidence, and who carries it."""
    one = report(reports(days_of("a1", [-50.0, -55.0, -60.0] * 5), [radio()]), "a1")
    assert (one.signal_p10_dbm, one.snr_p10_db, one.utilisation_percent) == (-60.0, 40.0, 20.0)
    assert (one.devices, one.days) == (15, 8)
    [access_point] = one.access_points
    assert (access_point.name, access_point.bssid, access_point.share) == ("AP-A1", AP_A1, 1.0)
    assert (access_point.band, access_point.channel, access_point.clients) == ("5", 36, 4)
    assert (access_point.utilisation_percent, access_point.unclear) == (20.0, None)


def test_an_unclear_radio_shows_no_count() -> None:
    """And says so."""
    one = report(reports(days_of("a1", [-50.0] * 3), [radio(unclear="disagree")]), "a1")
    assert [(ap.clients, ap.unclear) for ap in one.access_points] == [(None, "radio_unclear")]


def test_too_few_devices_show_no_bound() -> None:
    """A number that cannot be trusted must not look like one."""
    one = report(reports(days_of("a1", [-50.0], days=13)), "a1")
    assert (one.signal_p10_dbm, one.snr_p10_db, one.status) == (None, None, Status.UNKNOWN)


def test_a_room_with_old_measurements_was_measured_once() -> None:
    """It is unknown, and when it was measured last is told."""
    old = [heard(f"d{n}", "a1", at=NOW - timedelta(days=30)) for n in range(4)]
    one = report(reports(old), "a1")
    assert (one.status, one.measured, one.newest_at) == (Status.UNKNOWN, False, NOW - timedelta(days=30))

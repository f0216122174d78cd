"""A collector in memory: what it takes, when time passes in it, and what it says of times that have passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from collector.configuration.model import Configuration
from collector.configuration.network import NetworkDevice
from collector.readiness.domain.model import CountedRun, Evidence, Participant, Room, UplinkLoad
from collector.replay.replay import EmptyReplayError, Replay, replayed
from tests.support.verdicts import configuration, school, sitting
from tests.unit.collector.readiness.cases import profile, requirement

BEGIN = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
EK = msgspec.structs.replace(school(), networks=["192.0.2.0/24"], rooms=[Room("a1", 30), Room("a2", 30)])
OTHER = msgspec.structs.replace(school(), code="99000002", name="Lind")


def known() -> Configuration:
    """Two schools, a router and a sitting three weeks ahead, judged by the machines' memory alone."""
    router = NetworkDevice("ek-router", "192.0.2.1", "switch", school=EK.code, community_file="c", uplink="1")
    made = configuration(EK, OTHER, sittings=[msgspec.structs.replace(sitting(), starts_at=BEGIN + timedelta(21))])
    rules = profile(requirement())
    settings = msgspec.structs.replace(made.settings, profile=rules.id)
    return msgspec.structs.replace(made, settings=settings, profiles={rules.id: rules}, network=[router])


@pytest.fixture
def replay() -> Iterator[Replay]:
    made = Replay(known())
    yield made
    made.close()


def line(hours: float, kind: str, **fields: Any) -> bytes:
    return msgspec.json.encode({"received_at": BEGIN + timedelta(hours=hours), "kind": kind} | fields)


def enrolled(hours: float, device: str, *, of: str = EK.code, **fields: Any) -> bytes:
    return line(hours, "enrolled", school=of, device={"device_id": device, "room": "a1"} | fields)


def report(
    hours: float,
    device: str,
    *,
    of: str = EK.code,
    address: str | None = "192.0.2.9",
    probe: str = "device",
    **said: Any,
) -> bytes:
    """A report with one result, measured and sent when it was received, by a clock that is `behind`."""
    at = BEGIN + timedelta(hours=hours) - said.pop("behind", timedelta())
    result = {"probe": probe, "version": 1, "status": "ok", "started_at": at, "duration_s": 1.0}
    facts = said.pop("facts", {"memory_total_mib": 8192})
    whole = {"schema": 1, "report_id": f"{device}-{hours}", "device_id": device, "sent_at": at, "agent_version": "1"}
    whole |= {"school": of, "room": "a1", "results": [result | {"facts": facts}]} | said
    return line(hours, "report", school=of, address=address, report=whole)


def evidence(replay: Replay, hours: float, of: str = EK.code) -> Evidence:
    """What is known at that time."""
    at = BEGIN + timedelta(hours=hours)
    replay.live_until(at)
    return replay.evidence(of, at, at - timedelta(days=60))


def refusals(replay: Replay) -> list[tuple[int, str]]:
    """What was refused."""
    return [(refused.line, refused.why.code) for refused in replay.receipts.refused]


def test_only_what_was_received_by_then_counts(replay: Replay) -> None:
    """And the rest is taken when its time comes."""
    replay.feed([enrolled(0, "d1"), report(1, "d1"), report(3, "d1", facts={"memory_total_mib": 4096})])
    assert [one.facts["memory_total_mib"] for one in evidence(replay, 2).observations] == [8192]
    assert [one.facts["memory_total_mib"] for one in evidence(replay, 3).observations] == [8192, 4096]
    assert replay.receipts.taken == {"enrolled": 1, "report": 2}


def test_lines_may_be_fed_while_time_passes(replay: Replay) -> None:
    replay.feed([enrolled(0, "d1")])
    assert evidence(replay, 1).observations == []
    replay.feed([report(2, "d1")])
    assert len(evidence(replay, 2).observations) == 1


def test_time_goes_one_way(replay: Replay) -> None:
    replay.feed([enrolled(0, "d1"), report(2, "d1")])
    replay.verdicts(BEGIN + timedelta(hours=2))
    with pytest.raises(ValueError, match="has passed"):
        replay.verdicts(BEGIN + timedelta(hours=1))


def test_nothing_to_judge_at() -> None:
    """Unless somebody names a time."""
    with pytest.raises(EmptyReplayError):
        replayed(known(), [b"\n", b"{"])
    done = replayed(known(), [], at=BEGIN)
    assert [verdict.judged_at for verdict in done.verdicts] == [BEGIN]


def test_by_default_as_of_the_last_line() -> None:
    """In UTC, whatever offset the line has."""
    local = line(2, "revoked", device_id="d1").replace(b"10:00:00Z", b"11:00:00+01:00")
    done = replayed(known(), [enrolled(0, "d1"), local])
    assert (done.at.isoformat(), done.receipts.taken["revoked"]) == ("2026-11-16T10:00:00+00:00", 1)


def test_another_network_counts_for_less(replay: Replay) -> None:
    """What is measured at home is left out, as it would be live."""
    replay.feed([enrolled(0, "d1"), report(1, "d1", address="203.0.113.5", probe="latency", facts={})])
    assert evidence(replay, 2).observations == []
    assert replay.receipts.remarks == {"not_at_school": 1}


def test_remarks(replay: Replay) -> None:
    """A report that came twice, and one from a machine whose clock is wrong."""
    late = report(2, "d1", behind=timedelta(hours=2))
    replay.feed([enrolled(0, "d1"), report(1, "d1"), report(1, "d1"), late])
    assert len(evidence(replay, 3).observations) == 1
    assert replay.receipts.remarks == {"duplicate": 1, "clock_corrected": 1}


def test_a_device_of_another_school(replay: Replay) -> None:
    replay.feed([enrolled(0, "d1"), report(1, "d1", of=OTHER.code)])
    assert evidence(replay, 2, OTHER.code).observations == []
    assert refusals(replay) == [(2, "replay_other_school")]


def test_a_device_that_was_revoked_counts_no_more(replay: Replay) -> None:
    replay.feed([enrolled(0, "d1"), enrolled(0, "d2"), line(2, "revoked", device_id="d1"), report(3, "d1")])
    assert [device.device_id for device in evidence(replay, 1).devices] == ["d1", "d2"]
    assert [device.device_id for device in evidence(replay, 4).devices] == ["d2"]
    assert refusals(replay) == [(4, "replay_device_gone")]


def test_browsers_that_are_silent_end(replay: Replay) -> None:
    """After `web_probe.forget_after_days`; agents stay."""
    replay.feed([enrolled(0, "d1"), enrolled(0, "b1", kind="web"), report(1, "b1", facts={}), report(24 * 40, "b1")])
    assert {device.device_id for device in evidence(replay, 24 * 30).devices} == {"d1", "b1"}
    assert {device.device_id for device in evidence(replay, 24 * 41).devices} == {"d1"}
    assert refusals(replay) == [(4, "replay_device_gone")]


def test_what_is_older_than_the_retention_is_forgotten() -> None:
    made = known()
    short = msgspec.structs.replace(made.settings, retention_days=10)
    replay = Replay(msgspec.structs.replace(made, settings=short))
    replay.feed([enrolled(0, "d1"), report(1, "d1")])
    assert len(evidence(replay, 24 * 9).observations) == 1
    assert evidence(replay, 24 * 12).observations == []
    replay.close()


def test_gear_is_kept_as_the_poller_keeps_it(replay: Replay) -> None:
    load = {"seconds": 60, "down_mbit_s": 40.5, "up_mbit_s": 8.25}
    radio = {"access_point": "EK-1", "room": "a1", "band": "5", "clients_count": 12, "utilisation_percent": 31.0}
    poll = {"device": "ek-router", "load": load, "port": {"speed_mbit_s": 1000, "is_up": True, "packets_count": 7}}
    replay.feed([line(1, "gear", school=EK.code, gear=poll | {"radios": [radio]})])
    found = evidence(replay, 2)
    assert found.uplink == [UplinkLoad("ek-router", BEGIN + timedelta(hours=1), 60, 40.5, 8.25)]
    assert [(port.speed_mbit_s, port.is_up, port.packets_count) for port in found.uplink_ports] == [(1000, True, 7)]
    assert [(one.access_point, one.room, one.clients_count) for one in found.radios] == [("EK-1", "a1", 12)]


def test_a_poll_that_failed(replay: Replay) -> None:
    replay.feed([line(1, "gear", school=EK.code, gear={"device": "ek-router", "error_code": "timeout"})])
    [port] = evidence(replay, 2).uplink_ports
    assert (port.error_code, port.read_at) == ("timeout", None)


def test_what_the_measurement_point_counted(replay: Replay) -> None:
    """Of the school whose device ran it, and not before it was received."""
    at = BEGIN + timedelta(hours=1)
    run = {"device_id": "d1", "at": at, "seconds": 4.0, "down_bytes": 50_000_000, "down_mbit_s": 100.0}
    replay.feed([enrolled(0, "d1"), line(1.5, "measured", school=EK.code, run=run)])
    assert evidence(replay, 1.2).counted == []
    received_at = BEGIN + timedelta(hours=1.5)
    expected = CountedRun("d1", at, received_at, 4.0, down_bytes=50_000_000, down_mbit_s=100.0)
    assert evidence(replay, 2).counted == [expected]
    assert evidence(replay, 2, OTHER.code).counted == []


def test_what_a_machine_is_for(replay: Replay) -> None:
    replay.feed([enrolled(0, "d1", machine="9f2c", role="spare", group="cart-3"), enrolled(0, "d2")])
    first, second = evidence(replay, 1).devices
    assert (first.machine, first.role, first.group) == ("9f2c", "spare", "cart-3")
    assert (second.machine, second.role, second.group) == (None, None, None)


def rehearsed(hours: float, *devices: str, **told: Any) -> bytes:
    """A rehearsal in the half hour before it was told of."""
    begins_at = BEGIN + timedelta(hours=hours - 0.5)
    parts = [{"device_id": name, "room": "a2", "down_mbit_s": 0.6, "reached": ["login"]} for name in devices]
    whole = {"id": "g1", "sitting": sitting().id, "from": begins_at, "until": BEGIN + timedelta(hours=hours)}
    whole |= {"down_mbit_s": 0.65, "participants": parts, "others": {"rtt_before_ms": 14.0}} | told
    return line(hours, "rehearsal", school=EK.code, rehearsal=whole)


def test_rehearsals_are_taken(replay: Replay) -> None:
    """As evidence of the school, from when they were told of."""
    replay.feed([enrolled(0, "d1"), rehearsed(1, "d1", facts={"n": 2})])
    assert evidence(replay, 0.9).rehearsals == []
    [found] = evidence(replay, 1).rehearsals
    assert found.participants == [Participant("d1", "a2", down_mbit_s=0.6, reached=["login"])]
    assert (found.begins_at, found.ends_at) == (BEGIN + timedelta(hours=0.5), BEGIN + timedelta(hours=1))
    assert (found.received_at, found.others.rtt_before_ms, found.facts) == (found.ends_at, 14.0, {"n": 2})
    assert evidence(replay, 1, OTHER.code).rehearsals == []


def test_who_took_part_late_is_told_later(replay: Replay) -> None:
    """In a newer version."""
    told = {"from": BEGIN + timedelta(hours=0.5), "until": BEGIN + timedelta(hours=1)}
    replay.feed([enrolled(0, "d1"), enrolled(0, "d2"), rehearsed(1, "d1"), rehearsed(2, "d1", "d2", **told)])
    assert [len(one.participants) for one in evidence(replay, 1).rehearsals] == [1]
    assert [len(one.participants) for one in evidence(replay, 2).rehearsals] == [2]


def test_browsers_take_part_in_a_session(replay: Replay) -> None:
    """One that was in none counts as anybody's; and it took part in the one that the collector knows."""
    replay.feed([browser(0, "w1"), browser(0, "w2"), session(1.1, "w1"), rehearsed(1.9, "w1", "w2")])
    [found] = evidence(replay, 2).rehearsals
    assert [(one.device_id, one.session) for one in found.participants] == [("w1", "s1"), ("w2", None)]


@pytest.mark.parametrize(
    ("devices", "told", "code"),
    [
        (["d1", "x"], {}, "replay_unknown_device"),
        (["d1"], {"participants": [{"device_id": "d1", "room": "b7"}]}, "replay_unknown_room"),
        (["d1", "d1"], {}, "replay_takes_part_twice"),
        (["d1"], {"until": BEGIN}, "replay_ends_first"),
    ],
)
def test_a_rehearsal_that_can_not_have_been(
    replay: Replay, devices: list[str], told: dict[str, Any], code: str
) -> None:
    """Nothing of it is taken."""
    replay.feed([enrolled(0, "d1"), rehearsed(1, *devices, **told)])
    assert evidence(replay, 2).rehearsals == []
    assert [why for _, why in refusals(replay)] == [code]


def session(hours: float, *devices: str, until: float = 2, room: str = "a2", **more: bool) -> bytes:
    """A session from one hour after the beginning."""
    when = {"from": BEGIN + timedelta(hours=1), "until": BEGIN + timedelta(hours=until)}
    return line(hours, "session", school=EK.code, session={"id": "s1", "room": room, "devices": devices} | when | more)


def browser(hours: float, name: str) -> bytes:
    """One that joined in room a1."""
    return enrolled(hours, name, kind="web")


def test_what_browsers_send_in_a_session_is_marked(replay: Replay) -> None:
    """From when they take part, in the session's room; before and after, and by others, it is not."""
    width: dict[str, Any] = {"facts": {"screen_width_px": 1920}}
    replay.feed(
        [
            *(browser(0, "w1"), browser(0, "w2"), browser(0, "w3"), report(1, "w1", **width)),
            *(session(1.1, "w1"), report(1.2, "w1", **width), report(1.2, "w2", **width)),
            *(session(1.3, "w2"), report(1.4, "w1", **width), report(1.4, "w2", **width), report(1.4, "w3", **width)),
            report(2.5, "w1", **width),
        ]
    )
    found = evidence(replay, 3)
    assert not replay.receipts.refused
    marked = sorted((one.device_id, one.count, one.room) for one in found.observations if one.session == "s1")
    assert marked == [("w1", 2, "a2"), ("w2", 1, "a2")]
    assert sorted((one.device_id, one.count) for one in found.observations if one.session is None) == [
        *(("w1", 1), ("w1", 1), ("w2", 1), ("w3", 1)),
    ]


def test_machines_that_have_no_agent(replay: Replay) -> None:
    """As staff said of those who took part."""
    replay.feed([browser(0, "w1"), browser(0, "w2"), session(1, "w1", without_agents=True)])
    assert {one.device_id: one.without_agent for one in evidence(replay, 2).devices} == {"w1": True, "w2": False}


def test_a_session_that_closes_early(replay: Replay) -> None:
    """The same id with an earlier end; who is not named again has taken part until then."""
    width: dict[str, Any] = {"facts": {"screen_width_px": 1920}}
    replay.feed([browser(0, "w1"), session(1, "w1"), session(1.5, until=1.5), report(1.7, "w1", **width)])
    assert [one.session for one in evidence(replay, 2).observations] == [None]


def test_only_browsers_take_part(replay: Replay) -> None:
    """Those that are known; an agent attests by itself. What a page can not know is refused as live."""
    replay.feed([enrolled(0, "d1"), session(1, "d1"), session(1.1, "w9"), report(1.2, "d1")])
    replay.feed([browser(1.3, "w1"), report(1.4, "w1")])
    assert {one.session for one in evidence(replay, 2).observations} == {None}
    assert [(one.line, one.why.code, one.place) for one in replay.receipts.refused] == [
        (3, "replay_unknown_device", "$.session.devices"),
        (6, "replay_report_refused", "$.report.results[0].facts.memory_total_mib"),
    ]


def test_a_room_that_a_report_names_stays_the_devices(replay: Replay) -> None:
    """As live: a report without a room is from where the one before was."""
    replay.feed(
        [enrolled(0, "d1"), report(1, "d1", room="a2"), report(2, "d1", room=None, facts={"memory_total_mib": 1})]
    )
    assert [one.room for one in evidence(replay, 3).observations] == ["a2", "a2"]

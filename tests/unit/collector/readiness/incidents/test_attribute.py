"""Whose it is: three schools and more, one rung or several, and what can't be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from collector.readiness.domain.model import Observation
from collector.readiness.incidents.attribute import WINDOW, Incident, incidents

NOW = datetime(2027, 5, 12, 9, 0, tzinfo=UTC)
KINDS = ("link", "gateway", "dns", "internet", "tls", "login", "service")
BJORK, EK, ASP, GRAN = "99000001", "99000002", "99000003", "99000004"


def climbed(
    device: str,
    failing: Mapping[str, str] | None = None,
    *,
    ago_min: float = 5,
    until_min: float | None = None,
    not_reached: Sequence[str] = (),
    status: str = "ok",
    issuer: str | None = None,
) -> Observation:
    """One climb of a device: these kinds failed with these codes."""
    failing = failing or {}
    rows: list[dict[str, bool | int | float | str | None]] = [
        {
            "rung": f"{kind}-1",
            "kind": kind,
            "status": "not_reached" if kind in not_reached else "failed" if kind in failing else "ok",
            "up_to_ms": 500.0,
            "error_code": failing.get(kind),
            **({"issuer": issuer} if issuer and kind == "tls" else {}),
        }
        for kind in KINDS
    ]
    first_at = NOW - timedelta(minutes=ago_min)
    last_at = first_at if until_min is None else NOW - timedelta(minutes=until_min)
    return Observation(device, None, "ladder", status, first_at, last_at, 1, {}, {}, rows)


def school(code: str, failing: Mapping[str, str] | None = None, devices: int = 3, **more: float) -> list[Observation]:
    """All devices of a school saw the same."""
    return [climbed(f"{code}-{number}", failing, ago_min=more.get("ago_min", 5)) for number in range(devices)]


def blamed(
    *schools: Sequence[Observation], authorities: Mapping[str, str] | None = None, before: Sequence[Incident] = ()
) -> list[Incident]:
    """The incidents among these schools, which the ids of their devices name."""
    observed = {one[0].device_id.partition("-")[0]: one for one in schools}
    return incidents(observed, authorities or dict.fromkeys(observed, "Exempelby"), NOW, before)


def told(found: Sequence[Incident]) -> list[tuple[str, str, str, list[str]]]:
    """Rung, reach, actor and schools."""
    return [(one.kind, one.reach, one.actor, [at.school for at in one.schools]) for one in found]


def test_nothing_fails() -> None:
    """And nobody is blamed."""
    assert blamed(school(BJORK), school(EK), school(ASP)) == []
    assert incidents({}, {}, NOW) == []


@pytest.mark.parametrize("kind", KINDS)
def test_one_school_of_three(kind: str) -> None:
    """Whatever the rung: the others get through, so it is this school's."""
    found = blamed(school(BJORK, {kind: "no_answer"}), school(EK), school(ASP))
    assert told(found) == [(kind, "school", "school", [BJORK])]
    assert (found[0].schools_count, found[0].devices_count, found[0].failing_count) == (3, 3, 3)


@pytest.mark.parametrize(
    ("kind", "code", "reach", "actor"),
    [
        ("dns", "dns_silent", "authority", "authority"),
        ("tls", "tls_inspected", "authority", "authority"),
        ("tls", "certificate_chain_incomplete", "everyone", "service"),
        ("tls", "proxy_refused", "authority", "authority"),
        ("internet", "proxy_away", "authority", "authority"),
        ("service", "network_wants_login", "authority", "authority"),
        ("tls", "certificate_expired", "everyone", "service"),
        ("tls", "no_answer", "everyone", "service"),
        ("login", "scope_differs", "authority", "authority"),
        ("internet", "no_answer", "everyone", "provider"),
        ("service", "service_unavailable", "everyone", "service"),
    ],
)
def test_all_schools_of_the_only_authority(kind: str, code: str, reach: str, actor: str) -> None:
    """What lies outside is the provider's or the service's; what the authority runs is its own."""
    found = blamed(*(school(one, {kind: code}) for one in (BJORK, EK, ASP)))
    assert told(found) == [(kind, reach, actor, [BJORK, EK, ASP])]
    assert found[0].code == code


def test_several_authorities() -> None:
    """All schools of one: it is the authority's. Of all: it is the service's, even what one alone would own."""
    whose = {BJORK: "Exempelby", EK: "Exempelby", ASP: "Granneby", GRAN: "Granneby"}
    bad, good = {"service": "no_answer"}, None
    one = blamed(school(BJORK, bad), school(EK, bad), school(ASP, good), school(GRAN, good), authorities=whose)
    assert [(found.reach, found.actor, found.authority) for found in one] == [("authority", "authority", "Exempelby")]
    every = blamed(*(school(code, {"login": "login_away"}) for code in whose), authorities=whose)
    assert told(every) == [("login", "everyone", "service", [BJORK, EK, ASP, GRAN])]


def test_two_of_three_are_told_by_themselves() -> None:
    """Not all: so each looks at its own."""
    bad = {"internet": "no_answer"}
    found = blamed(school(BJORK, bad), school(EK, bad), school(ASP))
    assert told(found) == [("internet", "school", "school", [BJORK]), ("internet", "school", "school", [EK])]


def test_each_rung_by_itself() -> None:
    """A school whose line is down says nothing about the service, which fails for all that can see it."""
    cut = [
        climbed(f"{ASP}-{number}", {"internet": "no_answer"}, not_reached=("tls", "login", "service"))
        for number in range(3)
    ]
    bad = {"service": "service_unavailable"}
    found = blamed(school(BJORK, bad), school(EK, bad), cut)
    assert told(found) == [
        ("internet", "school", "school", [ASP]),
        ("service", "everyone", "service", [BJORK, EK]),
    ]
    assert found[1].schools_count == 2


def test_too_few_devices_is_not_known() -> None:
    """One device may be broken by itself; it is shown all the same, and never put on anybody."""
    found = blamed(school(BJORK, {"dns": "dns_silent"}, devices=1), school(EK), school(ASP))
    assert told(found) == [("dns", "unknown", "unknown", [BJORK])]
    assert found[0].doubt == "too_few_devices"


def test_nobody_to_compare_with_is_not_known() -> None:
    """But the link and the gateway are a school's own in any case."""
    found = blamed(school(BJORK, {"service": "no_answer"}))
    assert (found[0].reach, found[0].actor, found[0].doubt) == ("unknown", "unknown", "too_few_schools")
    assert told(blamed(school(BJORK, {"gateway": "gateway_gone"}))) == [("gateway", "school", "school", [BJORK])]
    silent = blamed(school(BJORK, {"service": "no_answer"}), school(EK, ago_min=45), school(ASP, devices=1))
    assert silent[0].doubt == "too_few_schools"


def test_less_than_half_of_the_devices_is_no_incident() -> None:
    """One machine in three has its own trouble; exactly half is an incident."""
    third = [climbed(f"{BJORK}-0", {"dns": "dns_silent"}), *(climbed(f"{BJORK}-{one}") for one in (1, 2))]
    assert blamed(third, school(EK)) == []
    half = [climbed(f"{BJORK}-0", {"dns": "dns_silent"}), climbed(f"{BJORK}-1")]
    (found,) = blamed(half, school(EK))
    assert (found.devices_count, found.failing_count) == (2, 1)


def test_what_is_older_than_the_window_or_yet_to_come_does_not_count() -> None:
    """The window moves; a clock ahead of ours is not believed; a probe that broke said nothing."""
    edge = WINDOW.total_seconds() / 60
    bad = {"dns": "dns_silent"}
    assert len(blamed(school(BJORK, bad, ago_min=edge), school(EK))) == 1
    assert blamed(school(BJORK, bad, ago_min=edge + 0.1), school(EK)) == []
    assert blamed(school(BJORK, bad, ago_min=-1), school(EK)) == []
    broken = [climbed(f"{BJORK}-{number}", bad, status="timeout") for number in range(3)]
    assert blamed(broken, school(EK)) == []


def test_only_the_newest_climb_of_a_device_counts() -> None:
    """It has mended."""
    history = [*school(BJORK, {"dns": "dns_silent"}, ago_min=20), *school(BJORK, ago_min=4)]
    assert blamed(history, school(EK)) == []


def test_since_when_and_last_well() -> None:
    """The first device that saw it, after it was last well; the beginning lies between the two."""
    bad = {"dns": "dns_silent"}
    history = [
        climbed(f"{BJORK}-0", bad, ago_min=300),
        climbed(f"{BJORK}-0", ago_min=42),
        climbed(f"{BJORK}-1", ago_min=40),
        climbed(f"{BJORK}-0", bad, ago_min=27),
        climbed(f"{BJORK}-1", bad, ago_min=25),
        climbed(f"{BJORK}-0", bad, ago_min=12),
        climbed(f"{BJORK}-1", bad, ago_min=10),
    ]
    (found,) = blamed(history, school(EK))
    assert found.since == NOW - timedelta(minutes=27)
    (at,) = found.schools
    assert (at.since, at.last_well_at) == (NOW - timedelta(minutes=27), NOW - timedelta(minutes=40))
    assert [(seen.device_id, seen.last_at) for seen in at.evidence] == [
        (f"{BJORK}-0", NOW - timedelta(minutes=12)),
        (f"{BJORK}-1", NOW - timedelta(minutes=10)),
    ]


def test_the_same_said_before_and_after_it_was_well() -> None:
    """The store does not tell how often it changed in between: nothing earlier is claimed than what is certain."""
    bad = {"dns": "dns_silent"}
    history = [climbed(f"{BJORK}-{n}", bad, ago_min=300, until_min=5) for n in (0, 1)]
    history += [climbed(f"{BJORK}-{n}", ago_min=60) for n in (0, 1)]
    (found,) = blamed(history, school(EK))
    assert found.since == NOW - timedelta(minutes=5)
    assert found.schools[0].last_well_at == NOW - timedelta(minutes=60)


def test_how_long_is_carried_over() -> None:
    """Later rounds look back less far; what mended in between starts anew."""
    bad = {"dns": "dns_silent"}
    (first,) = blamed(school(BJORK, bad, ago_min=29), school(EK))
    (later,) = blamed(school(BJORK, bad, ago_min=3), school(EK), before=[first])
    assert (later.since, later.schools[0].since) == (first.since, first.since)
    (another,) = blamed(school(BJORK, {"login": "login_away"}, ago_min=3), school(EK), before=[first])
    assert another.since == NOW - timedelta(minutes=3)


def test_the_box_is_named() -> None:
    """By the commonest code's own issuer."""
    box = [
        climbed(f"{BJORK}-{n}", {"tls": "tls_inspected"}, issuer="Skolfilter AB", not_reached=("service",))
        for n in range(3)
    ]
    (found,) = blamed(box, school(EK))
    assert (found.code, found.schools[0].issuer) == ("tls_inspected", "Skolfilter AB")


def test_rows_of_a_newer_agent() -> None:
    """A kind or status that is not known here is passed over; a missing code is said to be unknown."""
    strange = climbed(f"{BJORK}-0", {"dns": "dns_silent"})
    strange.rows[0]["kind"] = "quantum"
    strange.rows[1]["status"] = "tangled"
    strange.rows[2]["error_code"] = None
    (found,) = blamed([strange], school(EK))
    assert (found.kind, found.code) == ("dns", "unknown")

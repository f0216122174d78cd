"""Is it us or them? From the ladders that many schools' devices climbed lately: which rung fails where, and who has to
act. Pure; times are on the collector's clock.

A school is judged on a rung when at least `LEAST_DEVICES` of its devices tried it within `WINDOW`, and fails there when
at least half of those do. All others say that something fails, and not whose it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

import msgspec

from agent.protocol.wire import RungKind
from collector.readiness.domain.model import Observation

PROBE = "ladder"
WINDOW = timedelta(minutes=30)
LEAST_DEVICES = 2
LEAST_SCHOOLS = 2
FAILING_SHARE = 0.5

Reach = Literal["school", "authority", "everyone", "unknown"]
Actor = Literal["school", "authority", "provider", "service", "unknown"]
AttributionDoubt = Literal["too_few_devices", "too_few_schools"]

RUNG_STATUSES = ("ok", "slow", "failed")
"""What a device finds at a rung that it tries."""

_OWN: tuple[RungKind, ...] = ("link", "gateway")
"""What is a school's own, whatever other schools say."""
_THEIRS: tuple[RungKind, ...] = ("internet", "service", "websocket")
"""What lies outside the authority: when it fails at all schools, it fails for everyone as far as can be seen."""
_NEAR_CODES = frozenset(
    (
        *("tls_inspected", "tls_untrusted", "fingerprint_differs"),
        *("network_wants_login", "proxy_wants_login", "proxy_away", "proxy_refused"),
    )
)
"""What a box, a login page or a proxy of the own network does, whoever is asked. All else (no answer, an expired
certificate, an incomplete chain) is the host's.
"""


class Seen(msgspec.Struct, frozen=True):
    """One device at one rung: `status` and `code` as it found them, from `first_at` to `last_at`."""

    device_id: str
    first_at: datetime
    last_at: datetime
    status: str
    code: str | None = None
    issuer: str | None = None

    @property
    def fails(self) -> bool:
        """Whether the rung did not hold."""
        return self.status == "failed"


class SchoolFailing(msgspec.Struct, frozen=True):
    """A school where a rung fails: how many of the devices that tried it, since when, and what each of them saw.

    `since` is when the first of them saw it; `last_well_at` when one last saw the rung hold before that, so that the
    beginning lies between the two. None: never within what was looked at.
    """

    school: str
    devices_count: int
    failing_count: int
    code: str
    issuer: str | None
    since: datetime
    last_well_at: datetime | None
    evidence: list[Seen]


class Incident(msgspec.Struct, frozen=True):
    """A rung that fails, how far it reaches and who has to act; `doubt` says why that is not known.

    `schools_count` is how many schools could be judged on this rung, failing or not.
    """

    rung: str
    kind: RungKind
    code: str
    reach: Reach
    actor: Actor
    since: datetime
    schools: list[SchoolFailing]
    schools_count: int
    authority: str | None = None
    doubt: AttributionDoubt | None = None
    simulated: bool = False

    @property
    def devices_count(self) -> int:
        """Devices that tried the rung at the failing schools."""
        return sum(one.devices_count for one in self.schools)

    @property
    def failing_count(self) -> int:
        """Devices for which it failed."""
        return sum(one.failing_count for one in self.schools)


class RungCount(msgspec.Struct, frozen=True):
    """How many devices of a school found a rung `ok`, `slow` or `failed` when they tried it last, lately."""

    school: str
    rung: str
    kind: RungKind
    devices: dict[str, int]


class Attribution(msgspec.Struct, frozen=True):
    """What the ladders come to at one moment."""

    incidents: list[Incident] = []
    rungs: list[RungCount] = []


class _Tried(msgspec.Struct, frozen=True):
    """One rung at one school: all that its devices saw, oldest first, and the newest of each within the window."""

    school: str
    seen: list[Seen]
    newest: list[Seen]

    @property
    def failing(self) -> list[Seen]:
        return [one for one in self.newest if one.fails]

    @property
    def can_be_judged(self) -> bool:
        return len(self.newest) >= LEAST_DEVICES

    @property
    def fails(self) -> bool:
        return len(self.failing) >= max(1, FAILING_SHARE * len(self.newest))


def attribute_faults(
    observed: Mapping[str, Sequence[Observation]],
    authorities: Mapping[str, str],
    now: datetime,
    before: Iterable[Incident] = (),
) -> Attribution:
    """What fails at `now`, the earliest first, and who found what at each rung. `observed` holds the ladders by school,
    `authorities` whose each is.

    `before` is what failed the last time: how long it has gone on is carried over from there.
    """
    by_rung = sorted(_by_rung(observed, now).items())
    found: list[Incident] = []
    for (rung, kind), tried in by_rung:
        found += _of_rung(rung, kind, tried, authorities)
    known = {(one.rung, school.school): school for one in before for school in one.schools}
    carried = [_carried(one, known) for one in found]
    return Attribution(
        sorted(carried, key=lambda one: (one.since, one.rung, [school.school for school in one.schools])),
        [_counted(rung, kind, one) for (rung, kind), tried in by_rung for one in tried if one.newest],
    )


def incidents(
    observed: Mapping[str, Sequence[Observation]],
    authorities: Mapping[str, str],
    now: datetime,
    before: Iterable[Incident] = (),
) -> list[Incident]:
    """The incidents of `attribute_faults`."""
    return attribute_faults(observed, authorities, now, before).incidents


# --- what was seen ----------------------------------------------------------------------------------------------


def _by_rung(observed: Mapping[str, Sequence[Observation]], now: datetime) -> dict[tuple[str, RungKind], list[_Tried]]:
    rungs: dict[tuple[str, RungKind], dict[str, list[Seen]]] = {}
    for school, observations in observed.items():
        for one in sorted(observations, key=lambda one: (one.last_at, one.first_at)):
            if one.probe != PROBE or one.status != "ok" or one.first_at > now:
                continue
            for key, seen in _seen_in(one):
                rungs.setdefault(key, {}).setdefault(school, []).append(seen)
    return {
        key: [_Tried(school, seen, _newest(seen, now)) for school, seen in sorted(schools.items())]
        for key, schools in rungs.items()
    }


def _seen_in(one: Observation) -> Iterable[tuple[tuple[str, RungKind], Seen]]:
    """The rungs of one climb that were tried. A rung that was not reached says nothing about itself."""
    for row in one.rows:
        rung, kind, status = row.get("rung"), row.get("kind"), row.get("status")
        if not isinstance(rung, str) or kind not in _KINDS or status not in RUNG_STATUSES:
            continue
        code, issuer = _text(row.get("error_code")), _text(row.get("issuer"))
        yield (rung, _KINDS[str(kind)]), Seen(one.device_id, one.first_at, one.last_at, str(status), code, issuer)


_KINDS: Mapping[str, RungKind] = {kind: kind for kind in get_args(RungKind)}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _counted(rung: str, kind: RungKind, tried: _Tried) -> RungCount:
    return RungCount(tried.school, rung, kind, dict(Counter(one.status for one in tried.newest)))


def _newest(seen: Sequence[Seen], now: datetime) -> list[Seen]:
    """Of each device what it saw last, if that was within the window."""
    last = {one.device_id: one for one in seen if now - one.last_at <= WINDOW}
    return [last[device] for device in sorted(last)]


# --- what it comes to -------------------------------------------------------------------------------------------


def _of_rung(rung: str, kind: RungKind, tried: list[_Tried], authorities: Mapping[str, str]) -> list[Incident]:
    judged = [one for one in tried if one.can_be_judged]
    failing = [one for one in judged if one.fails]
    doubtful = [one for one in tried if not one.can_be_judged and one.failing]
    found = [_doubt(rung, kind, one, len(judged), "too_few_devices") for one in doubtful]
    if not failing:
        return found
    if len(judged) < LEAST_SCHOOLS and kind not in _OWN:
        return [*found, *(_doubt(rung, kind, one, len(judged), "too_few_schools") for one in failing)]
    return [*found, *_placed(rung, kind, judged, authorities)]


def _doubt(rung: str, kind: RungKind, one: _Tried, schools_count: int, doubt: AttributionDoubt) -> Incident:
    return _incident(rung, kind, [one], "unknown", "unknown", schools_count=schools_count, doubt=doubt)


def _placed(rung: str, kind: RungKind, judged: list[_Tried], authorities: Mapping[str, str]) -> list[Incident]:
    """Everyone, whole authorities, or single schools: the widest that all judged schools bear out."""
    by_authority: dict[str, list[_Tried]] = {}
    for one in judged:
        by_authority.setdefault(authorities.get(one.school, ""), []).append(one)
    whole = {name: all(one.fails for one in ones) for name, ones in by_authority.items()}
    code = _commonest(one for school in judged for one in school.failing)
    several, everywhere = len(judged) >= LEAST_SCHOOLS, all(whole.values())
    if several and everywhere and (len(whole) > 1 or _is_theirs(kind, code)):
        return [_incident(rung, kind, judged, "everyone", _actor(kind), schools_count=len(judged))]
    found: list[Incident] = []
    for name, ones in sorted(by_authority.items()):
        if whole[name] and len(ones) >= LEAST_SCHOOLS:
            found.append(
                _incident(rung, kind, ones, "authority", "authority", schools_count=len(judged), authority=name or None)
            )
        else:
            failing = [one for one in ones if one.fails]
            found += [_incident(rung, kind, [one], "school", "school", schools_count=len(judged)) for one in failing]
    return found


def _is_theirs(kind: RungKind, code: str) -> bool:
    return kind in (*_THEIRS, "tls") and code not in _NEAR_CODES


def _actor(kind: RungKind) -> Actor:
    """Who acts on what fails for everyone. What reaches several authorities and is nobody's service is the network."""
    return "service" if kind in {"service", "websocket", "tls", "login"} else "provider"


def _incident(
    rung: str,
    kind: RungKind,
    tried: Sequence[_Tried],
    reach: Reach,
    actor: Actor,
    *,
    schools_count: int,
    authority: str | None = None,
    doubt: AttributionDoubt | None = None,
) -> Incident:
    schools = [_school(one) for one in tried]
    return Incident(
        rung=rung,
        kind=kind,
        code=_commonest(seen for one in tried for seen in one.failing),
        reach=reach,
        actor=actor,
        since=min(one.since for one in schools),
        schools=schools,
        schools_count=schools_count,
        authority=authority,
        doubt=doubt,
    )


def _commonest(failing: Iterable[Seen]) -> str:
    counted = Counter(one.code or "unknown" for one in failing)
    return min(counted, key=lambda code: (-counted[code], code))


def _school(one: _Tried) -> SchoolFailing:
    code = _commonest(one.failing)
    since = min(_since(device.device_id, one.seen) for device in one.failing)
    well = [seen.last_at for seen in one.seen if not seen.fails and seen.last_at <= since]
    return SchoolFailing(
        school=one.school,
        devices_count=len(one.newest),
        failing_count=len(one.failing),
        code=code,
        issuer=next((seen.issuer for seen in one.failing if seen.code == code), None),
        since=since,
        last_well_at=max(well, default=None),
        evidence=one.newest,
    )


def _since(device: str, seen: Sequence[Seen]) -> datetime:
    """When the device first saw what it has seen fail ever since it last saw it hold.

    An observation that began before the rung last held, as those from before migration 0007 may, is known to have come
    back by its last time only.
    """
    own = [one for one in seen if one.device_id == device]
    held = max((one.last_at for one in own if not one.fails), default=None)
    if held is None:
        return min(one.first_at for one in own)
    return min(one.first_at if one.first_at > held else one.last_at for one in own if one.fails and one.last_at >= held)


def _carried(one: Incident, known: Mapping[tuple[str, str], SchoolFailing]) -> Incident:
    schools = [_longer(school, known.get((one.rung, school.school))) for school in one.schools]
    return msgspec.structs.replace(one, schools=schools, since=min(school.since for school in schools))


def _longer(school: SchoolFailing, before: SchoolFailing | None) -> SchoolFailing:
    if before is None or before.since >= school.since:
        return school
    return msgspec.structs.replace(school, since=before.since, last_well_at=before.last_well_at)

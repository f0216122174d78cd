"""Access points and radios as a controller tells them: who is up, on which channel, how busy, with how many clients.

Every vendor says it in tables of its own (`vendors/`); what is made of them is the same for all. A table that was cut
short, and counts that do not agree with the controller's own total, become unknown with the reason: never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from collector.snmp.interfaces import number, text
from collector.snmp.session import DEFAULT_LIMITS, Answer, Oid, Problem, Session, Value, WalkLimits

What = Literal[
    "access_points", "access_point_clients", "radios", "radio_channels", "radio_utilisation", "radio_clients", "total"
]
Doubt = Problem | Literal["not_told", "disagree"]
"""Why something is unknown: a problem of the walk; no such table in this family; counts contradict each other."""

COUNTS_APART = 2
COUNTS_APART_SHARE = 0.05
"""How far two counts of the same clients may be apart: people come and go while a table is walked."""
HOPELESS: tuple[Problem, ...] = ("timeout", "unreachable", "auth")


@dataclass(frozen=True)
class Family:
    """Where gear of one vendor keeps what is wanted: column roots, and single objects for totals. An access point's
    rows are indexed by its key, a radio's by the same key and the radio's number.
    """

    name: str
    object_ids: tuple[Oid, ...]
    access_point_name: Oid
    access_point_state: Oid
    states_up: frozenset[Value]
    access_point_clients: Oid | None = None
    radio_channel: Oid | None = None
    radio_utilisation: Oid | None = None
    radio_clients: Oid | None = None
    access_points_total: Oid | None = None
    clients_total: Oid | None = None

    @property
    def columns(self) -> list[Oid]:
        """What is walked, the names first."""
        wanted = (
            self.access_point_name,
            self.access_point_state,
            self.access_point_clients,
            self.radio_channel,
            self.radio_utilisation,
            self.radio_clients,
        )
        return [column for column in wanted if column is not None]

    @property
    def totals(self) -> list[Oid]:
        """What is asked for once."""
        return [name for name in (self.access_points_total, self.clients_total) if name is not None]


@dataclass(frozen=True)
class AccessPoint:
    """One access point. `key` is its index in the controller's tables, most often its MAC address."""

    key: Oid
    name: str
    up: bool | None
    clients: int | None


@dataclass(frozen=True)
class Radio:
    """One radio of an access point."""

    access_point: Oid
    number: int
    channel: int | None
    utilisation_percent: int | None
    clients: int | None


@dataclass(frozen=True)
class Wireless:
    """What a controller told. `unknown` says what could not be had, and why."""

    access_points: Sequence[AccessPoint]
    radios: Sequence[Radio]
    clients: int | None
    unknown: Mapping[What, Doubt] = field(default_factory=dict)


Tables = Mapping[Oid, Answer]
"""What was read, by column root or single object."""


async def read_wireless(session: Session, family: Family, limits: WalkLimits = DEFAULT_LIMITS) -> Wireless:
    """Asks for all that the family has; a device that does not answer at all is asked once."""
    tables: dict[Oid, Answer] = {}
    wanted = family.columns
    for position, column in enumerate(wanted):
        answer = tables[column] = await session.walk(column, limits)
        if answer.problem in HOPELESS:
            tables |= dict.fromkeys(wanted[position + 1 :] + family.totals, Answer({}, answer.problem))
            return wireless(family, tables)
    for name in family.totals:
        tables[name] = await session.get([name])
    return wireless(family, tables)


def wireless(family: Family, tables: Tables) -> Wireless:
    """What the tables say, checked against each other. Pure."""
    unknown: dict[What, Doubt] = {}
    found = Wireless(
        access_points=_access_points(family, tables, unknown),
        radios=_radios(family, tables, unknown),
        clients=_total(family.clients_total, tables, unknown),
        unknown=unknown,
    )
    return _checked(family, tables, found)


def _column(tables: Tables, root: Oid | None, what: What, unknown: dict[What, Doubt]) -> dict[Oid, Value]:
    """A column's values by index; none, and the reason in `unknown`, unless all of it was read."""
    answer = Answer({}, None) if root is None else tables[root]
    if root is None or answer.problem == "no_such":
        unknown.setdefault(what, "not_told")
        return {}
    if answer.problem is not None:
        unknown[what] = answer.problem
        return {}
    return {name[len(root) :]: value for name, value in answer.values.items()}


def _access_points(family: Family, tables: Tables, unknown: dict[What, Doubt]) -> list[AccessPoint]:
    names = _column(tables, family.access_point_name, "access_points", unknown)
    states = _column(tables, family.access_point_state, "access_points", unknown)
    clients = _column(tables, family.access_point_clients, "access_point_clients", unknown)
    return [
        AccessPoint(
            key=key,
            name=text(name),
            up=_up(family, states.get(key)),
            clients=number(clients.get(key)),
        )
        for key, name in names.items()
    ]


def _up(family: Family, state: Value | None) -> bool | None:
    """None where the state is not told, or told in another type than this family's."""
    return state in family.states_up if type(state) in map(type, family.states_up) else None


def _radios(family: Family, tables: Tables, unknown: dict[What, Doubt]) -> list[Radio]:
    channels = _column(tables, family.radio_channel, "radio_channels", unknown)
    utilisation = _column(tables, family.radio_utilisation, "radio_utilisation", unknown)
    clients = _column(tables, family.radio_clients, "radio_clients", unknown)
    keys = sorted(channels.keys() | utilisation.keys() | clients.keys())
    if not keys:
        unknown["radios"] = unknown.get("radio_channels", "not_told")
    return [
        Radio(
            access_point=key[:-1],
            number=key[-1],
            channel=number(channels.get(key)) or None,
            utilisation_percent=_percent(utilisation.get(key)),
            clients=number(clients.get(key)),
        )
        for key in keys
    ]


def _percent(value: Value | None) -> int | None:
    """A share in percent; what lies outside is a code for something else."""
    share = number(value)
    return share if share is not None and 0 <= share <= 100 else None


def _total(name: Oid | None, tables: Tables, unknown: dict[What, Doubt]) -> int | None:
    answer = Answer({}, "no_such") if name is None else tables[name]
    total = None if name is None else number(answer.values.get(name))
    if total is None:
        unknown["total"] = "not_told" if answer.problem in {None, "no_such"} else answer.problem
    return total


def _checked(family: Family, tables: Tables, found: Wireless) -> Wireless:
    """Takes back counts that contradict the controller's totals."""
    unknown = dict(found.unknown)
    points, radios = found.access_points, found.radios
    joined = _total(family.access_points_total, tables, {})
    if (
        joined is not None
        and "access_points" not in unknown
        and not _agree(joined, sum(p.up is not False for p in points))
    ):
        unknown["access_points"] = "disagree"
    if _contradicted(found.clients, [point.clients for point in points]):
        points = [replace(point, clients=None) for point in points]
        unknown["access_point_clients"] = "disagree"
    if _contradicted(found.clients, [radio.clients for radio in radios]):
        radios = [replace(radio, clients=None) for radio in radios]
        unknown["radio_clients"] = "disagree"
    return Wireless(points, radios, found.clients, unknown)


def _contradicted(total: int | None, counts: Sequence[int | None]) -> bool:
    """Whether counts of all clients do not make the total. Without any count there is nothing to contradict."""
    known = [count for count in counts if count is not None]
    return total is not None and bool(known) and not _agree(total, sum(known))


def _agree(one: int, other: int) -> bool:
    return abs(one - other) <= max(COUNTS_APART, COUNTS_APART_SHARE * max(one, other))

"""What fails right now, in words: which rung, why, where, since when and who has to act."""

from __future__ import annotations

import msgspec

from collector.i18n.formatting import counted
from collector.i18n.incidents import actor, title
from collector.i18n.messages import Language
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import School
from collector.readiness.incidents.attribute import Incident

NAMED_SCHOOLS = 5


class IncidentCard(msgspec.Struct, frozen=True):
    """One incident on the overview."""

    title: str
    where: str
    since: str
    actor: str
    simulated: bool


def incident_cards(snapshot: Snapshot, language: Language, school: str | None) -> list[IncidentCard]:
    """The incidents that touch `school`, or all of them."""
    shown = [one for one in snapshot.incidents if school in {None, *(at.school for at in one.schools)}]
    return [_card(one, snapshot, language) for one in shown]


def _card(one: Incident, snapshot: Snapshot, language: Language) -> IncidentCard:
    schools = schools_of(one, snapshot)
    return IncidentCard(
        title=title(one, language),
        where=_where(schools),
        since=counted(language, "incident_since", one.devices_count, since=one.since, failing=one.failing_count),
        actor=actor(one, language),
        simulated=any(at.simulated for at in schools),
    )


def schools_of(one: Incident, snapshot: Snapshot) -> list[School]:
    """The failing schools that the configuration still has, by name."""
    known = snapshot.configuration.schools
    return sorted((known[at.school] for at in one.schools if at.school in known), key=lambda school: school.name)


def _where(schools: list[School]) -> str:
    names = ", ".join(school.name for school in schools[:NAMED_SCHOOLS])
    more = len(schools) - NAMED_SCHOOLS
    return f"{names} (+{more})" if more > 0 else names

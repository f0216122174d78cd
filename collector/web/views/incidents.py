"""What fails right now, in words: which rung, why, where, since when and who has to act."""

from __future__ import annotations

import msgspec

from collector.i18n.formatting import counted, phrase
from collector.i18n.messages import Language, sentences
from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import School
from collector.readiness.incidents.attribute import Incident

NAMED_SCHOOLS = 5
_OWN = ("link", "gateway")


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


def title(one: Incident, language: Language) -> str:
    """What fails and why; a box is called by the name that it gave itself."""
    values = {"what": phrase(language, f"ladder_kind_{one.kind}"), "why": code_in_words(one.code, language)}
    issuer = next((at.issuer for at in one.schools if at.issuer), None)
    if issuer is not None and one.code in {"tls_inspected", "tls_untrusted"}:
        return phrase(language, "incident_title_issuer", issuer=issuer, **values)
    return phrase(language, "incident_title", **values)


def code_in_words(code: str, language: Language) -> str:
    """Why a rung fails. A newer agent may give a code that there are no words for yet."""
    known = f"ladder_code_{code}" in sentences(language)
    return phrase(language, f"ladder_code_{code}" if known else "ladder_code_unknown")


def actor(one: Incident, language: Language) -> str:
    """Who has to act, and why they."""
    if one.doubt is not None:
        return phrase(language, f"incident_act_{one.doubt}")
    if one.reach == "school" and one.kind in _OWN:
        return phrase(language, "incident_act_own")
    return phrase(language, f"incident_act_{one.actor}")

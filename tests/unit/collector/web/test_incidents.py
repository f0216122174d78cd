"""What fails right now, as people and programs read it."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import msgspec
import pytest

from agent.protocol.wire import RungKind
from collector.i18n.incidents import code_in_words
from collector.i18n.messages import LANGUAGES, Language, sentences
from collector.judgement.snapshot import Snapshot
from collector.readiness.incidents.attribute import Actor, AttributionDoubt, Incident
from collector.web.pages.overview import Filter, overview
from collector.web.rendering import render_page
from collector.web.views.incidents import IncidentCard, incident_cards
from tests.support import reading_api
from tests.support.incidents import failing, incident
from tests.support.ladder_codes import codes_of_the_agent
from tests.support.verdicts import NOW, school, sitting, snapshot, verdict

ASP = school("10000002", "Aspskolan")


def with_incidents(*found: Incident) -> Snapshot:
    """Two schools, and what fails there."""
    made = snapshot(verdict(), verdict(of=ASP, about=sitting("asp", of=ASP)))
    return msgspec.structs.replace(made, incidents=list(found))


def cards(*found: Incident, language: Language = "sv", asked: str | None = None) -> list[IncidentCard]:
    """As the overview shows them."""
    return incident_cards(with_incidents(*found), language, asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_agent_has_words(language: Language) -> None:
    """A bare code on a page helps nobody."""
    codes = codes_of_the_agent()
    assert {"no_link", "dns_lies", "tls_inspected", "certificate_expired", "scope_differs", "metadata_garbled"} <= codes
    assert len(codes) > 40
    assert [code for code in sorted(codes) if f"ladder_code_{code}" not in sentences(language)] == []
    assert all(f"ladder_kind_{kind}" in sentences(language) for kind in get_args(RungKind))
    acts = {*get_args(Actor), *get_args(AttributionDoubt), "own"} - {"unknown"}
    assert all(f"incident_act_{one}" in sentences(language) for one in acts)


def test_both_languages_have_the_same_sentences() -> None:
    """And none of them is the other one's."""
    ours = {
        language: {code for code in sentences(language) if code.startswith(("ladder_", "incident_"))}
        for language in LANGUAGES
    }
    assert ours["sv"] == ours["en"]
    assert all(sentences("sv")[code] != sentences("en")[code] for code in ours["sv"])


def test_a_card() -> None:
    """What, where, since when, whose; in the reader's language and time."""
    assert cards(incident()) == [
        IncidentCard(
            title="Namnuppslagningen (DNS) fungerar inte: DNS-servrarna svarar inte",
            where="Ekskolan",
            since="Sedan 16 nov. 2026 08:18. 2 av 3 enheter.",
            actor="Skolan: de andra skolornas enheter kommer igenom.",
            simulated=False,
        )
    ]
    (english,) = cards(incident(), language="en")
    assert english.title == "Name lookup (DNS) does not work: the DNS servers do not answer"
    assert english.actor == "The school: devices at the other schools get through."


def test_the_box_by_its_own_name() -> None:
    """So that IT knows which one to look for."""
    (card,) = cards(incident(failing(issuer="Skolfilter AB"), kind="tls", code="tls_inspected"), language="en")
    assert card.title == (
        "The encrypted connection does not work: something on the way looks into encrypted traffic. "
        "It calls itself “Skolfilter AB”"
    )


def test_an_issuer_that_was_left_out_by_its_name() -> None:
    """Whether it is the host's or a box, its name shows."""
    code = "certificate_chain_incomplete"
    (card,) = cards(incident(failing(issuer="Sectigo", code=code), kind="tls", code=code), language="en")
    assert card.title == (
        "The encrypted connection does not work: the server does not send the certificate of who issued its own. "
        "The issuer calls itself “Sectigo”"
    )


@pytest.mark.parametrize(
    ("changes", "starts"),
    [
        ({"reach": "authority", "actor": "authority"}, "The authority: it is the same at all schools."),
        ({"kind": "internet", "reach": "everyone", "actor": "provider"}, "The internet provider:"),
        ({"kind": "service", "reach": "everyone", "actor": "service"}, "Whoever runs the service:"),
        ({"kind": "gateway"}, "The school: what does not work is in the school’s own network."),
        ({"reach": "unknown", "actor": "unknown", "doubt": "too_few_devices"}, "It cannot be said yet: too few"),
        ({"reach": "unknown", "actor": "unknown", "doubt": "too_few_schools"}, "It cannot be said yet: there is no"),
    ],
)
def test_who_has_to_act(changes: dict[str, object], starts: str) -> None:
    """In a sentence that says why they."""
    (card,) = cards(incident(**changes), language="en")
    assert card.actor.startswith(starts)


def test_a_code_of_a_newer_agent() -> None:
    """Said to be without words, rather than shown bare or hidden."""
    assert code_in_words("quantum_tangled", "en") == "for a reason that this version has no words for"


def test_only_what_touches_the_school_that_was_asked_for() -> None:
    """Incidents of other schools are theirs."""
    found = [incident(), incident(failing(ASP.code)), incident(failing(), failing(ASP.code))]
    assert [card.where for card in cards(*found, asked=ASP.code)] == ["Aspskolan", "Aspskolan, Ekskolan"]


def test_many_schools_are_not_all_named() -> None:
    """The first five, and how many more. A school that the configuration no longer has is not named."""
    schools = [school(f"1000000{n}", f"Skola {n}") for n in range(8)]
    made = snapshot(*(verdict(of=one, about=sitting(one.code, of=one)) for one in schools))
    everywhere = incident(*(failing(one.code) for one in schools), failing("19999999"))
    (card,) = incident_cards(msgspec.structs.replace(made, incidents=[everywhere]), "sv", None)
    assert card.where == "Skola 0, Skola 1, Skola 2, Skola 3, Skola 4 (+3)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_shows_it_only_when_something_fails(language: Language) -> None:
    """A heading of its own, before everything else; nothing at all on good days."""
    good = render_page("overview.html", overview(with_incidents(), NOW, language, Filter()), language)
    bad = render_page("overview.html", overview(with_incidents(incident()), NOW, language, Filter()), language)
    heading = sentences(language)["page_incidents"]
    assert heading not in good
    assert bad.index(heading) < bad.index('id="summary"')
    assert 'aria-labelledby="incidents"' in bad


def test_the_answer_for_programs() -> None:
    """With what each device saw and when: the evidence for a report."""
    answer = reading_api.client(lambda: with_incidents(incident())).get("/api/v1/incidents?lang=en")
    assert answer.status_code == 200
    (found,) = answer.json()
    (at,) = found.pop("schools")
    assert found == {
        "rung": "dns-1",
        "kind": "dns",
        "error_code": "dns_silent",
        "title": "Name lookup (DNS) does not work: the DNS servers do not answer",
        "reach": "school",
        "actor": "school",
        "act": "The school: devices at the other schools get through.",
        "doubt": None,
        "authority": None,
        "since": "2026-11-16T07:18:00Z",
        "judged_schools": 3,
    }
    assert (at["code"], at["devices"], at["failing_devices"]) == ("10000001", 3, 2)
    assert (at["since"], at["last_well_at"]) == ("2026-11-16T07:18:00Z", "2026-11-16T07:03:00Z")
    assert at["evidence"][0] == {
        "device": "d-1",
        "status": "failed",
        "code": "dns_silent",
        "first_at": "2026-11-16T07:18:00Z",
        "last_at": "2026-11-16T08:00:00Z",
    }


def test_filters_and_refusals_for_programs() -> None:
    """By school; a school that does not exist is refused rather than answered with nothing."""
    made = with_incidents(incident(), incident(failing(ASP.code), since=NOW - timedelta(minutes=1)))
    client = reading_api.client(lambda: made)
    assert len(client.get("/api/v1/incidents").json()) == 2
    (only,) = client.get(f"/api/v1/incidents?school={ASP.code}").json()
    assert only["schools"][0]["code"] == ASP.code
    assert client.get("/api/v1/incidents?school=19999999").json()["code"] == "unknown_school"

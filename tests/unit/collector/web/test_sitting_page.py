"""The page of one sitting as plain values."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.i18n.messages import Language
from collector.readiness.domain.model import (
    Bilingual,
    Drift,
    DriftChange,
    ExplanationStep,
    Fix,
    HintSummary,
    LineLimit,
    SetAsideSummary,
    Status,
    Text,
    Trust,
    Verdict,
)
from collector.readiness.domain.plan import Plan
from collector.web.pages.sitting import SittingPage, sitting_page
from collector.web.rendering import render_page
from tests.support.verdicts import NOW, changed, finding, sitting, snapshot, step, verdict


def shown(made: Verdict, language: Language = "sv") -> SittingPage:
    """The page of a verdict."""
    read = snapshot(made)
    return sitting_page(read, read.verdicts[0], NOW, language)


def details(page: SittingPage) -> dict[str, str]:
    """What is said about the sitting, by label."""
    return {detail.label: detail.value for detail in page.details}


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            Status.READY,
            "Alla 52 elever i årskurs 9 kan göra provet samtidigt medan resten av skolan har lektion.",
        ),
        (
            Status.AT_RISK,
            "Det går nog, men marginalen är för liten för att alla 52 elever i årskurs 9 ska göra provet samtidigt.",
        ),
        (Status.NOT_READY, "Som det är nu kan inte alla 52 elever i årskurs 9 göra provet samtidigt."),
        (Status.UNKNOWN, "Det går inte att säga än om alla 52 elever i årskurs 9 kan göra provet samtidigt."),
    ],
)
def test_the_verdict_in_a_sentence(status: Status, sentence: str) -> None:
    """A rektor reads one sentence and knows."""
    page = shown(verdict(finding(status=status)))
    assert page.sentence == sentence
    assert page.badge.status is status


def test_an_odd_day_is_told_beside_the_verdict() -> None:
    page = shown(changed(verdict(finding()), warnings=[Text("calendar_christmas_eve")]))
    assert page.warnings == ["Dagen är julafton: skolan är stängd."]
    assert "<strong>Tänk på:</strong> Dagen är julafton" in render_page("sitting.html", page, "sv")


def test_a_plan_is_called_one() -> None:
    """And a single one of anything is told as one."""
    plan = Plan(1, 1, 0.65, 0.13, 0.35, 1.3, 1, 1.4, 0.3, machines=1, radios=1, pupils_per_radio=25)
    assert details(shown(changed(verdict(status=Status.UNKNOWN), plan=plan)))["Plan"] == (
        "En plan, inget är mätt: den gör ingen skola redo. Provet tar 0,65 Mbit/s ner och 0,13 Mbit/s upp för 1 "
        "elev, räknat med marginalen 1,3. Med allt som 1 annan på linjen antas kunna ta samtidigt blir det högst 2 "
        "Mbit/s ner och 0,43 Mbit/s upp. Det behövs 1 dator med reserver för 1 elev. I salarna behövs minst 1 radio "
        "i accesspunkterna, med högst 25 elever på var och en."
    )


def test_a_share_says_what_it_is_a_share_of() -> None:
    """On the card, both of what was measured and of what is required."""
    share = msgspec.structs.replace(
        finding("reached", Status.AT_RISK), measured=0.875, required=0.9, unit="ratio", share_of="machines_that_tried"
    )
    [card] = shown(verdict(share)).problems
    assert card.measured.replace("\u00a0", " ") == "87,5 % av datorerna som har prövat"
    assert card.required.replace("\u00a0", " ") == "90 % av datorerna som har prövat"


def test_the_reason_is_that_of_the_binding_requirement() -> None:
    """Not that of whatever else is wrong."""
    binding = finding("line", Status.NOT_READY, headroom=0.5, why=Text("page_headroom_missing", {"percent": 50}))
    other = finding("wifi", Status.NOT_READY)
    page = shown(verdict(other, binding, next_binding="wifi"))
    assert page.reason == "Saknas 50 %"
    assert page.next_binding == "Därefter är det trångt här: Linjen ned."


def test_a_verdict_without_findings() -> None:
    """Unknown, no bar, and where to look."""
    page = shown(verdict())
    assert (page.badge.status, page.gauge, page.headroom) == (Status.UNKNOWN, None, None)
    assert page.reason == "Skolan kunde inte bedömas. Läs insamlarens logg."
    assert (page.problems, page.fulfilled) == ([], [])


@pytest.mark.parametrize(("headroom", "percent"), [(0.0, 0), (0.6, 30), (1.0, 50), (1.8, 90), (7.0, 100)])
def test_the_bar_has_just_enough_in_the_middle(headroom: float, percent: int) -> None:
    """Twice what is needed fills it."""
    assert shown(verdict(finding(headroom=headroom))).gauge == percent


def test_about_the_sitting() -> None:
    """When, who, where and by which profile, with rooms by their names."""
    assert details(shown(verdict(finding()))) == {
        "När": "Torsdag 19 november 2026 klockan 09:00, 60 minuter (om 3 dagar)",
        "Vilka": "Årskurs 9, 52 elever",
        "Salar": "Sal A1, a2",
        "Kravprofil": "Provprofilen",
    }


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (
            LineLimit("line", None, 0.97, 5),
            "Skolans lina: internet bortom den ger 97 % av vad linan ger (5 jämförelser)",
        ),
        (
            LineLimit("beyond", None, 0.31, 4),
            "Internet bortom skolans lina: därifrån kommer bara 31 % av vad linan ger",
        ),
        (LineLimit("unknown", "too_few_pairs", None, 1), "Vet inte än om det är skolans lina eller internet bortom: 1"),
        (LineLimit("unknown", "too_fast", None, 9), "Vet inte om det är skolans lina eller internet bortom: linan är"),
        (LineLimit("unknown", "in_between", 0.6, 9), "Vet inte om det är skolans lina eller internet bortom: därifrån"),
    ],
)
def test_which_is_the_slow_one(limit: LineLimit, words: str) -> None:
    """Said where tests go towards the internet; what is not known is said as such."""
    made = changed(verdict(finding()), limit=limit)
    assert details(shown(made))["Långsammast"].startswith(words)
    assert "%(" not in details(shown(made, "en"))["Slowest"]


def test_what_had_no_say() -> None:
    """Browsers outside a session are a hint, and it says what would make them count."""
    page = shown(changed(verdict(finding()), hints=HintSummary(1, 1, 0, NOW)))
    assert details(page)["Ledtråd"].startswith("En webbläsare har kontrollerats utanför ett övervakat pass, senast 16")
    assert "Öppna ett pass för salen" in details(page)["Ledtråd"]


def test_what_was_set_aside() -> None:
    """Why, how many, and of how many devices; nothing is said where nothing was."""
    caught = [SetAsideSummary("beyond_counted", 3, 1, NOW), SetAsideSummary("not_counted", 9, 4, NOW)]
    words = details(shown(changed(verdict(finding()), set_aside=caught)))["Bortlagt"]
    assert words.startswith("Hastigheter över vad mätpunkten själv räknade: 3, från 1 enhet")
    assert "Hastigheter från webbläsare som mätpunkten inte själv räknade: 9, från 4 enheter" in words
    assert "Bortlagt" not in details(shown(verdict(finding())))


def test_a_standing_sitting_says_that_it_has_no_date() -> None:
    """The date is a thought one, and the reader must know."""
    when = details(shown(verdict(finding(), about=sitting(standing=True)), "en"))["When"]
    assert when == "Monday 23 November 2026 at 09:00, 60 minutes (in 7 days). An assumed day: no date is set yet."


def test_problems_and_fulfilled_requirements_are_apart() -> None:
    """Worst first among the problems; unknown is a problem, never fulfilled."""
    page = shown(
        verdict(
            finding("ready"),
            finding("unknown", Status.UNKNOWN),
            finding("bad", Status.NOT_READY),
            finding("risk", Status.AT_RISK),
        )
    )
    assert [card.badge.status for card in page.problems] == [Status.NOT_READY, Status.UNKNOWN, Status.AT_RISK]
    assert [card.badge.status for card in page.fulfilled] == [Status.READY]


def test_a_card_says_all_there_is_to_say() -> None:
    """Measured, required, headroom, remedy, advice in numbers, room and evidence."""
    advice = [Text("page_headroom_missing", {"percent": 40})]
    [card] = shown(verdict(finding(status=Status.NOT_READY, headroom=0.6, room="a1", advice=advice))).problems
    assert (card.title, card.room, card.recommended) == ("Linjen ned", "Sal A1", False)
    assert (card.measured, card.required) == ("46,8\u00a0Mbit/s", "26\u00a0Mbit/s")
    assert (card.headroom, card.advice, card.remedy) == ("Saknas 40 %", ["Saknas 40 %"], "Beställ en snabbare linje.")
    assert card.evidence == "Bygger på 240 mätningar, den nyaste för 5 minuter sedan."


def test_a_fulfilled_requirement_asks_for_nothing() -> None:
    """No remedy for what is not broken."""
    [card] = shown(verdict(finding(advice=[Text("page_nothing_to_do")]))).fulfilled
    assert (card.remedy, card.advice) == (None, [])


def test_what_is_only_unknown_asks_to_find_out_not_to_buy() -> None:
    """The profile's remedy is for what is known to be wrong; with no advice it is better than nothing."""
    advice = [Text("page_headroom_enough", {"times": 1.0})]
    [told, untold] = [
        shown(made).problems[0]
        for made in (verdict(finding("x", Status.UNKNOWN, advice=advice)), verdict(finding("x", Status.UNKNOWN)))
    ]
    assert (len(told.advice), told.remedy) == (1, None)
    assert (untold.advice, untold.remedy) == ([], "Beställ en snabbare linje.")


def test_a_recommendation_is_marked() -> None:
    """It can at most be at risk, and a reader may weigh it so."""
    [card] = shown(verdict(finding(status=Status.AT_RISK, severity="recommended"))).problems
    assert card.recommended


def test_no_evidence_is_said() -> None:
    """Nothing measured is told as such, not as an age."""
    [card] = shown(verdict(finding(status=Status.UNKNOWN, measured=None, count=0, newest_at=None))).problems
    assert (card.measured, card.evidence) == ("okänt", "Det finns inga mätningar än.")


def test_consequences_are_beneath_their_cause() -> None:
    """Folded, counted, and with anchors of their own; what is to be done is the cause's."""
    page = shown(
        verdict(
            finding("line", Status.NOT_READY, headroom=0.5),
            finding("start", Status.NOT_READY, headroom=0.4, caused_by="line"),
        )
    )
    [card] = page.problems
    assert card.consequences_words == "1 annat krav faller av samma orsak"
    assert [below.anchor for below in card.consequences] == [f"{card.anchor}-1"]
    assert card.remedy is not None
    assert [(below.remedy, below.advice) for below in card.consequences] == [(None, [])]


def test_how_we_know() -> None:
    """Every number with where it comes from, how far to trust it and when it was measured."""
    assumed = ExplanationStep("share", 0.05, "", "profile", "the profile", Trust.SECOND_HAND)
    [card] = shown(verdict(finding(steps=[step(), assumed]))).fulfilled
    first, second = (msgspec.structs.asdict(row) for row in card.steps)
    assert first == {
        "name": "line.down_available",
        "value": "46,8\u00a0Mbit/s",
        "origin": "mätt",
        "source": "throughput",
        "trust": "",
        "at": "16 nov. 2026 08:00",
    }
    assert (second["value"], second["origin"], second["trust"]) == ("0,05", "kravprofil", "i andra hand")


def test_a_step_that_has_a_sentence_is_told_in_words() -> None:
    """A name that is a message id is shown in the reader's language."""
    [card] = shown(verdict(finding(steps=[step("page_nav_devices")])), "en").fulfilled
    assert card.steps[0].name == "Devices"


def test_an_old_verdict_is_not_believed() -> None:
    """Judging stopped for this school: unknown, said at the top and on the requirement."""
    old = verdict(finding(headroom=1.8), judged_at=NOW - timedelta(hours=2))
    page = shown(old)
    assert (page.badge.status, page.gauge, page.fulfilled) == (Status.UNKNOWN, None, [])
    assert [notice.kind for notice in page.frame.notices] == ["stopped"]
    assert page.problems[0].why.startswith("Bedömningen har stannat. Detta var uppfyllt 16 nov. 2026 07:00")


def test_simulated_is_said_at_the_top() -> None:
    """And in the page's frame the language link leads to the same sitting."""
    page = shown(verdict(finding(), simulated=True))
    assert [notice.title for notice in page.frame.notices] == ["SIMULERAT"]
    assert [link.path for link in page.frame.other_languages] == ["/en/sittings/ek-9-ma"]


def test_a_card_that_fails_says_so_and_whose_it_is() -> None:
    """The page said that it stops at "the line is enough"."""
    failing = msgspec.structs.replace(
        finding(status=Status.NOT_READY),
        title=Bilingual("Linan räcker", "The line is enough"),
        failing=Bilingual("Linan räcker inte", "The line is not enough"),
        owner="line_provider",
    )
    page = shown(verdict(failing))
    assert page.problems[0].title == "Linan räcker inte"
    assert page.problems[0].owner == "internetleverantören, eller den som beställer uppkopplingen"
    well = shown(verdict(msgspec.structs.replace(failing, status=Status.READY)))
    assert (well.fulfilled[0].title, well.fulfilled[0].owner) == ("Linan räcker", None)


def test_whose_a_number_is_stands_beside_how_far_to_trust_it() -> None:
    """A planning figure of another country binds nobody here."""
    number = ExplanationStep("step_margin", 1.4, "Mbit/s", "profile", "SETDA", Trust.PUBLISHED_ELSEWHERE, whose="SETDA")
    told = shown(verdict(finding(status=Status.NOT_READY, steps=[number])))
    assert told.problems[0].steps[0].trust == "SETDA, från någon som inte bestämmer här"


def test_ways_out_and_what_has_changed() -> None:
    """In words; neither where there is none."""
    fix = Fix("more_line", Text("fix_more_line_down", {"more": 19}), ["line"], Status.READY)
    change = DriftChange("profile", NOW, Text("drift_profile", {"then": "a", "now": "b"}))
    broken = verdict(finding("line", Status.NOT_READY))
    page = shown(changed(broken, fixes=[fix], drift=Drift(NOW, [change])))
    assert page.fixes == ["+19 Mbit/s ned på skolans linje räcker."]
    assert page.drift is not None
    assert page.drift.heading.startswith("Det var redo till 16 nov. 2026 09:00.")
    assert [(one.label, one.value) for one in page.drift.changes] == [
        ("16 nov. 2026 09:00", "Kravprofilen var a och är b.")
    ]
    assert (shown(broken).fixes, shown(broken).drift) == ([], None)

"""A verdict taken apart, number by number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from agent.protocol.wire import FactValue
from collector.i18n.messages import Language, choose, number, render
from collector.readiness.domain.model import Bilingual, HintSummary, SetAsideSummary, Status, Text
from collector.readiness.explanation.explain import explain_lines, explanation
from tests.unit.collector.readiness.cases import NOW, hourly, judged, memory, on_school, requirement, sitting

RULES = [
    on_school("line.down_headroom", value=1.3, at_risk_value=1.0),
    requirement(depends_on=["line.down_headroom"]),
]
VERDICT = judged(RULES, [*hourly([40.0] * 22), memory(1, 512)], about=sitting(pupils=90))


def lines(language: Language) -> list[str]:
    """The lines as the command line would print them."""

    def show(value: FactValue) -> str:
        return number(value, language) if isinstance(value, int | float) else str(value)

    def chosen(text: Bilingual) -> str:
        return choose(text, language)

    return explain_lines(VERDICT, lambda text: render(text, language), chosen, show)


def test_every_finding_with_all_its_numbers() -> None:
    """In the profile's order; the one that binds is marked."""
    line, devices = explanation(VERDICT)
    assert (line.requirement, line.status, line.binds) == ("line.down_headroom", Status.NOT_READY, True)
    assert (devices.requirement, devices.binds, devices.caused_by) == ("memory", False, "line.down_headroom")
    assert [len(line.numbers), len(devices.numbers)] == [len(one.steps) for one in VERDICT.findings]


def test_a_number_says_where_it_comes_from() -> None:
    """Value, unit, origin, source, trust and time."""
    numbers = {one.name.code: one for one in explanation(VERDICT)[0].numbers}
    rate = numbers["step_rate_per_pupil"]
    assert (rate.value, rate.unit, rate.source) == (0.5, "Mbit/s", "made for a test")
    assert (rate.origin, rate.trust, rate.at) == (Text("explain_profile"), Text("explain_assumed"), None)
    runs = numbers["step_runs_ok"]
    assert (runs.value, runs.origin, runs.at) == (22, Text("explain_measured"), NOW - timedelta(minutes=15))
    assert runs.source == "throughput.down_mbit_s"


def test_lines_in_swedish() -> None:
    """Headline, why, what to do, and the arithmetic."""
    text = lines("sv")
    assert text[0] == "Provtillfälle ek-9-ma, bedömt 16 nov. 2026 09:00 efter kravprofilen test-profile"
    assert text[1:3] == [
        "",
        "Krav line.down_headroom brister (line.down_headroom): inte redo",
    ]
    assert text[3].startswith(
        "  Linjen lämnar högst 40 Mbit/s åt provet bredvid dem som undervisar; 90 elever behöver 45"
    )
    assert "  -> +19 Mbit/s ned behövs på linjen." in text
    assert "  -> Åtgärda." in text
    assert "    Trafik per elev: 0,5 Mbit/s [kravprofilen; made for a test; antaget]" in text
    why = "uträknat; the least of: people x background per user, share of a run; antaget"
    assert f"    Vad andra som mest kan ta: 32 Mbit/s [{why}]" in text


def test_lines_in_english() -> None:
    """The same, and what is not known is said in words."""
    text = lines("en")
    assert text[0] == "Sitting ek-9-ma, judged 16 Nov 2026 09:00 by the profile test-profile"
    assert "  Reports have come from only 3 of the 95 devices needed." in text
    assert "  Caused by: line.down_headroom" in text
    why = "measured; device.memory_total_mib of 1; last held 16 Nov 2026 08:00"
    assert f"    Device that is not good enough: 512 MiB [{why}]" in text


def test_unknown_numbers_are_called_unknown() -> None:
    """Never zero, never blank."""
    unknown = judged(RULES, [], about=sitting())
    made = explain_lines(unknown, lambda text: render(text, "en"), lambda text: text.en, str)
    assert any(line.startswith("    Left for the test for certain: unknown [") for line in made)


def test_a_remedy_is_for_what_is_known_to_fail() -> None:
    """Nobody is told to order a line because it has not been measured."""
    unknown = judged(RULES[:1], hourly([50.0]), about=sitting())
    made = explain_lines(unknown, lambda text: render(text, "en"), lambda text: text.en, str)
    assert "  -> Measure in 21 more hours of lessons; the agents do it by themselves while they run." in made
    assert "  -> Mend it." not in made


def test_units_are_words_of_the_language() -> None:
    """Where the caller has words for them."""
    units = {"users": "användare", "hours": "timmar"}
    made = explain_lines(
        VERDICT, lambda text: render(text, "sv"), lambda text: text.sv, str, lambda unit: units.get(unit, unit)
    )
    assert "    Timmar med mätning: 22 timmar [uppmätt; throughput.down_mbit_s, in lessons;" in "\n".join(made)
    assert any(line.startswith("    Andra som använder linjen samtidigt: 320 användare [") for line in made)


def test_time_is_that_of_the_judgement() -> None:
    """Not of the printing."""
    assert VERDICT.judged_at == datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


def test_hints_come_before_the_findings() -> None:
    """Right under the headline, as what had no say."""
    caught = [SetAsideSummary("not_counted", 9, 4, NOW)]
    hinted = msgspec.structs.replace(VERDICT, hints=HintSummary(2, 1, 1, NOW), set_aside=caught)
    text = explain_lines(hinted, lambda text: render(text, "en"), lambda text: choose(text, "en"), str)
    assert text[1].startswith("2 browsers were checked outside a supervised session")
    assert text[2].startswith("Rates of browsers that the measurement point did not count itself: 9, from 4 devices")
    assert [text[0], *text[3:]] == explain_lines(
        VERDICT, lambda text: render(text, "en"), lambda text: choose(text, "en"), str
    )

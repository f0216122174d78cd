"""A verdict taken apart, number by number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from collector.i18n.formatting import quantity
from collector.i18n.messages import LANGUAGES, Language, choose, render
from collector.readiness.domain.model import (
    Drift,
    DriftChange,
    Fix,
    HintSummary,
    SetAsideSummary,
    Status,
    Text,
    Verdict,
)
from collector.readiness.explanation.explain import WIDTH, Words, explain_lines, explanation
from tests.unit.collector.readiness.cases import NOW, hourly, judged, memory, on_school, requirement, sitting

RULES = [
    on_school("line.down_headroom", value=1.3, at_risk_value=1.0),
    requirement(depends_on=["line.down_headroom"]),
]
VERDICT = judged(RULES, [*hourly([40.0] * 22), memory(1, 512)], about=sitting(pupils=90))


def words(language: Language) -> Words:
    return Words(
        lambda text: render(text, language),
        lambda text: choose(text, language),
        lambda value, unit: quantity(value, unit, language),
    )


def lines(language: Language, verdict: Verdict = VERDICT) -> list[str]:
    """The lines as the command line would print them, however long."""
    return [line.replace("\u00a0", " ") for line in explain_lines(verdict, words(language), width=10_000)]


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
    """The verdict and what decides, why, what to do, and the arithmetic."""
    text = lines("sv")
    assert text[0] == "Provtillfälle ek-9-ma, bedömt 16 nov. 2026 09:00 efter kravprofilen test-profile"
    assert text[1:3] == ["Inte redo.", "Det som avgör: Krav line.down_headroom brister (line.down_headroom)"]
    assert text[3].startswith(
        "  Linjen lämnar högst 40 Mbit/s åt provet bredvid dem som undervisar; 90 elever behöver 45"
    )
    assert text[4:6] == ["", "Krav line.down_headroom brister (line.down_headroom): inte redo"]
    assert "  -> Åtgärda." in text
    assert "    Trafik per elev: 0,5 Mbit/s [kravprofilen; made for a test; antaget]" in text
    why = "uträknat; the least of: people x background per user, share of a run; antaget"
    assert f"    Vad andra som mest kan ta: 32 Mbit/s [{why}]" in text
    assert "    Timmar med mätning: 22 timmar [uppmätt; throughput.down_mbit_s, in lessons;" in "\n".join(text)


def test_what_follows_is_folded_under_its_root() -> None:
    """It says why, with its numbers; what to do about it is the root's."""
    text = lines("en")
    place = text.index("  Follows from it:")
    assert text[place + 1] == "    Requirement memory (memory): unknown"
    assert text[place + 2].strip() == "Reports have come from only 3 of the 95 devices needed."
    why = "measured; device.memory_total_mib of 1; last held 16 Nov 2026 08:00"
    assert f"        Device that is not good enough: 512 MiB [{why}]" in text
    assert not any(line.startswith(("    ->", "      ->")) for line in text[place:])


def test_the_worst_is_first_and_what_holds_is_last() -> None:
    """Whatever the profile's order is."""
    rules = [on_school("line.measured_days", value=1), RULES[0]]
    text = lines("en", judged(rules, hourly([40.0] * 22), about=sitting(pupils=90)))
    heads = [line for line in text[4:] if line.endswith((": ready", ": not ready"))]
    assert [head.rpartition(": ")[2] for head in heads] == ["not ready", "ready"]


def test_ways_out_are_numbered_with_what_comes_of_them() -> None:
    fix = Fix("more_line", Text("fix_more_line_down", {"more": 19}), ["line.down_headroom"], Status.UNKNOWN)
    text = lines("en", msgspec.structs.replace(VERDICT, fixes=[fix]))
    assert "  1. +19 Mbit/s down on the school's line is enough. Something else is still unknown." in text


def test_what_is_ready_says_what_is_closest() -> None:
    text = lines("en", judged([RULES[0]], hourly([100.0] * 22), about=sitting(pupils=90)))
    assert text[1:3] == ["Ready.", "What is closest to its limit: Requirement line.down_headroom (line.down_headroom)"]


def test_nothing_is_judged() -> None:
    empty = msgspec.structs.replace(VERDICT, status=Status.UNKNOWN, findings=[], binding=None)
    assert lines("en", empty)[1:] == ["Unknown: not enough is known to say.", "Nothing has been judged yet."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_a_hundred_columns(language: Language) -> None:
    """What goes on in the next line is set in, and not a word is lost."""
    made = explain_lines(VERDICT, words(language))
    assert max(map(len, made)) <= WIDTH == 100
    assert " ".join(" ".join(made).split()) == " ".join(" ".join(lines(language)).split())


def test_unknown_numbers_are_called_unknown() -> None:
    """Never zero, never blank."""
    made = lines("en", judged(RULES, [], about=sitting()))
    assert any(line.strip().startswith("Left for the test for certain: unknown [") for line in made)


def test_a_remedy_is_for_what_is_known_to_fail() -> None:
    """Nobody is told to order a line because it has not been measured."""
    made = lines("en", judged(RULES[:1], hourly([50.0]), about=sitting()))
    assert "  -> Measure in 21 more hours of lessons; the agents do it by themselves while they run." in made
    assert "  -> Mend it." not in made


def test_time_is_that_of_the_judgement() -> None:
    """Not of the printing."""
    assert VERDICT.judged_at == datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


def test_what_had_no_say_comes_before_the_findings() -> None:
    """Hints, and what was set aside."""
    caught = [SetAsideSummary("not_counted", 9, 4, NOW)]
    text = lines("en", msgspec.structs.replace(VERDICT, hints=HintSummary(2, 1, 1, NOW), set_aside=caught))
    assert text[5].startswith("2 browsers were checked outside a supervised session")
    assert text[6].startswith("Rates of browsers that the measurement point did not count itself: 9, from 4 devices")
    assert [*text[:4], *text[7:]] == lines("en")


def test_what_has_changed_since_it_was_ready() -> None:
    """In the order of time, or that nothing of it can be seen."""
    change = DriftChange("profile", NOW, Text("drift_profile", {"then": "plain", "now": "strict"}))
    text = lines("en", msgspec.structs.replace(VERDICT, drift=Drift(NOW, [change])))
    place = next(n for n, line in enumerate(text) if line.startswith("It was ready until 16 Nov 2026 09:00."))
    assert text[place + 1] == "  16 Nov 2026 09:00: The profile was plain and is strict."
    nothing = lines("en", msgspec.structs.replace(VERDICT, drift=Drift(NOW, [])))
    assert nothing[place + 1] == "  Nothing that can be seen from here."

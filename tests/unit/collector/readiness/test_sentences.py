"""Every sentence that the core can say exists in both languages, and nothing is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import collector.readiness
from agent.protocol.rung_causes import CAUSES, OTHER
from collector.i18n.messages import LANGUAGES, Language, catalogue_files, render
from collector.readiness import derived, rooms
from collector.readiness.domain.model import Finding, Text
from tests.unit.collector.readiness.cases import (
    NOW,
    hourly,
    judged,
    memory,
    observation,
    on_school,
    requirement,
    school,
    sitting,
)

SOURCES = sorted(Path(collector.readiness.__file__).parent.rglob("*.py"))
CODE = re.compile(r"(why|advice|step|explain|fix|settles|drift)_[a-z0-9_]*[a-z0-9]")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


PLUGINS = {path.stem for folder in (derived, rooms) for path in Path(folder.__path__[0]).glob("[!_]*.py")}
"""The files of derived facts and of facts about rooms. Each may bring a catalogue of its own name."""


def written(language: Language, *also: str) -> dict[str, str]:
    """The sentences of the core's catalogues, and of the facts that bring their own."""
    found: dict[str, str] = {}
    for path in catalogue_files(language):
        if path.stem in {"readiness", "path", "ends", "fixes", "drift", "machines", *also, *PLUGINS}:
            with path.open("rb") as stream:
                found |= {str(one.id): str(one.string) for one in read_po(stream, locale=language) if one.id}
    return found


def codes_in_source() -> set[str]:
    """Every string in the core that looks like a message id, and one for each cause that both sides agree on."""
    nodes = (node for path in SOURCES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    strings = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    causes = {f"advice_cause_{cause}" for cause in (*CAUSES, OTHER)}
    return {text for text in strings if CODE.fullmatch(text)} | causes


def literal_texts() -> Iterator[tuple[str, set[str]]]:
    """Each `Text("code", {...})` that is written out, with the names that it puts in."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text"):
                continue
            code, values = node.args[0], node.args[1] if len(node.args) > 1 else ast.Dict(keys=[], values=[])
            if isinstance(code, ast.Constant) and isinstance(values, ast.Dict):
                yield str(code.value), {str(key.value) for key in values.keys if isinstance(key, ast.Constant)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_and_source_have_the_same_codes(language: Language) -> None:
    """None missing, none left over."""
    assert set(written(language)) == codes_in_source()
    assert all(written(language).values())


def test_both_languages_put_in_the_same_values() -> None:
    """The same placeholders in every sentence, and no stray percent sign."""
    swedish, english = written("sv"), written("en")
    for code, sentence in swedish.items():
        assert sorted(PLACEHOLDER.findall(sentence)) == sorted(PLACEHOLDER.findall(english[code])), code
        for text in (sentence, english[code]):
            assert "%" not in PLACEHOLDER.sub("", text).replace("%%", ""), code


def test_texts_give_every_value_that_their_sentence_needs() -> None:
    """Read from the source, so that also rare ones are checked."""
    sentences, checked = written("sv", "calendar", "plan"), 0
    for code, given in literal_texts():
        assert set(PLACEHOLDER.findall(sentences[code])) <= given, code
        checked += 1
    assert checked > 30


def said(findings: list[Finding]) -> list[Text]:
    """Everything that findings say."""
    return [text for one in findings for text in [one.why, *one.advice, *(Text(step.name) for step in one.steps)]]


def test_what_is_said_in_practice_renders() -> None:
    """From nothing known, through too little, to bad and good, in both languages."""
    rules = [
        on_school("line.down_headroom", value=1.3, at_risk_value=1.0),
        on_school("line.up_headroom", value=1.3, at_risk_value=1.0),
        on_school("line.start_burst_headroom", value=1.3),
        on_school("line.measured_days", value=5, at_risk_value=1),
        on_school("rooms.measured_ratio", at_risk_value=0.3),
        on_school("path.reached_ratio", at_risk_value=0.9),
        on_school("latency.p95_ms", "at_most", 100),
        on_school("devices.usable_headroom"),
        requirement(at_risk_value=2048),
        requirement("browsers.chrome_version", "latest_minus", 1, named="browser"),
        requirement("wifi.signal_dbm", "at_least", -67, named="signal", applies_to="room", at_risk_value=-72),
        requirement("latency.loss_ratio", "at_most", 0.01, named="loss", applies_to="school"),
    ]
    texts: list[Text] = []
    for devices in (0, 1, 11, 30):
        for mib, rate, signal in ((512, 10.0, -90), (3000, 60.0, -70), (8192, 900.0, -50), (None, 50.0, None)):
            observations = [memory(n, mib) for n in range(devices)]
            observations += [observation(n, "wifi", {"signal_dbm": signal}) for n in range(devices)]
            observations += [observation(n, "latency", {"rtt_p95_ms": 5.0 * devices}) for n in range(devices)]
            path = {"hosts_count": 2, "hosts_reached_count": 2 if rate > 50 else 1}
            failing = [{"host": "film.example", "error_code": "no_answer"}]
            observations += [
                observation(n, "path", dict(path), rows=[dict(row) for row in failing]) for n in range(devices)
            ]
            observations += hourly([rate] * devices) + hourly([rate] * devices, direction="up", of=2)
            verdict = judged(rules, observations, about=sitting(pupils=90, rooms=("a1", "a2")), at=school(devices=90))
            texts += said(verdict.findings)
    assert len({text.code for text in texts}) > 60
    for language in LANGUAGES:
        for text in texts:
            assert "%(" not in render(text, language)


def test_times_render_in_swedish_time() -> None:
    """As people write them."""
    assert render(Text("explain_at", {"at": NOW}), "sv") == "gällde senast 16 nov. 2026 09:00"

"""One source of what is mended alike: both sides have words for each cause, and no code is of two."""

from __future__ import annotations

import pytest

from agent.commands.doctor_remedies import _OWNERS, remedy_of
from agent.i18n.messages import Messages
from agent.protocol.rung_causes import CAUSES, OTHER, cause_of
from collector.i18n.messages import LANGUAGES, Language, sentences


def test_each_code_is_of_one_cause() -> None:
    codes = [code for of_cause in CAUSES.values() for code in of_cause]
    assert [code for code in set(codes) if codes.count(code) > 1] == []
    assert cause_of("quantum_tangled") == OTHER
    assert _OWNERS.keys() <= CAUSES.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", [*CAUSES, OTHER])
def test_both_sides_have_words_for_each(cause: str, language: Language) -> None:
    """The agent for one machine, the collector for many."""
    code = CAUSES.get(cause, ("quantum_tangled",))[0]
    said = remedy_of(code, "service").code
    assert said == f"doctor_mend_{cause}"
    assert Messages(language).say(said, what="example.se") != said
    assert f"advice_cause_{cause}" in sentences(language)


def test_what_a_login_is_remarked_on_is_mended_as_a_login() -> None:
    """By doctor as by the collector, which knew these codes alone."""
    remarks = ("signed_requests_wanted", "scope_misplaced", "assurance_misplaced")
    assert {remedy_of(code, "login") for code in remarks} == {("doctor_mend_login", "login_owner")}

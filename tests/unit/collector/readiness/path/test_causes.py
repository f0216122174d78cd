"""Every way of failing has a way of mending."""

from __future__ import annotations

import pytest

from collector.i18n.messages import LANGUAGES, Language, sentences
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment
from collector.readiness.path.causes import remedies
from tests.support.ladder_codes import codes_of_the_agent

NOTHING_TO_MEND = {
    *("slow", "resolver_silent", "proxy_in_use", "wpad_found"),  # holds
    *("pac_not_evaluated", "no_time_left"),  # not tried
}


def remedy(code: str) -> str:
    """What is told about one machine that failed so."""
    answer = DeviceCompliance(Fulfilment.FAILED, "ladder.tls", "tls", code, None)
    return remedies([answer])[0].code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_agent_has_a_remedy(language: Language) -> None:
    """In words, and not the one for what nobody knows."""
    codes = codes_of_the_agent() - NOTHING_TO_MEND
    assert [code for code in sorted(codes) if remedy(code) == "advice_cause_other"] == []
    assert [code for code in sorted(codes) if remedy(code) not in sentences(language)] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("network_wants_login", "advice_cause_portal"),
        ("certificate_chain_incomplete", "advice_cause_chain"),
        ("tls_untrusted", "advice_cause_inspected"),
        ("idp_certificate_not_yet_valid", "advice_cause_login"),
        ("quantum_tangled", "advice_cause_other"),
    ],
)
def test_the_remedy_follows_the_cause(code: str, found: str) -> None:
    """And not the rung at which it shows."""
    assert remedy(code) == found

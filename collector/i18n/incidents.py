"""What fails, why, and who has to act, in words: for pages and answers alike."""

from __future__ import annotations

from collector.i18n.formatting import phrase
from collector.i18n.messages import Language, sentences
from collector.readiness.incidents.attribute import Incident

_OWN = ("link", "gateway")


def title(one: Incident, language: Language) -> str:
    """What fails and why; a box is called by the name that it gave itself, and so is an issuer that nobody knows."""
    values = {"what": phrase(language, f"ladder_kind_{one.kind}"), "why": code_in_words(one.code, language)}
    issuer = next((at.issuer for at in one.schools if at.issuer), None)
    if issuer is not None and one.code in {"tls_inspected", "tls_untrusted"}:
        return phrase(language, "incident_title_issuer", issuer=issuer, **values)
    if issuer is not None and one.code == "certificate_chain_incomplete":
        return phrase(language, "incident_title_issued_by", issuer=issuer, **values)
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

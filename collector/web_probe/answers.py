"""What the web probe's page asks of the collector and is answered, and the verdict on one device in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec

from agent.protocol.wire import SchoolCode, ShortText
from collector.i18n.formatting import phrase, quantity
from collector.i18n.messages import Language, choose, sentences
from collector.readiness.devices.one_device import DeviceFinding, DeviceVerdict
from collector.readiness.domain.model import BROKEN, Status
from collector.readiness.evidence.compliance import NOT_CONCERNED

_SEB_HASHES = ("x-safeexambrowser-configkeyhash", "x-safeexambrowser-requesthash")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_SEB_AGENT = re.compile(r"\bSEB(?:/(?P<version>\d+(?:\.\d+)*))?(?=\s|$)")


SessionCode = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
"""As somebody typed it."""


class WebDevice(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of `POST /api/v1/web-devices`: the code of a supervised session, else school and room. `kept` says that
    the browser can keep who it is until its next visit.
    """

    school: SchoolCode | None = None
    room: Annotated[ShortText, msgspec.Meta(min_length=1)] | None = None
    session: SessionCode | None = None
    kept: bool = False


class TakingPart(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/web-devices/session`: the code of a supervised session."""

    session: SessionCode


class SessionAnswer(msgspec.Struct, frozen=True):
    """The session that a browser takes part in now. What it sends until `ends_at` counts, as measured in that room."""

    school: str
    room: str
    ends_at: datetime


class Surroundings(msgspec.Struct, frozen=True):
    """What only the collector sees: the right time, and whether Safe Exam Browser sent the request. Its keys are not
    checked, as the collector does not know which are right: the headers say what they say.
    """

    now: datetime
    safe_exam_browser: bool
    safe_exam_browser_version: str | None


class DeviceFindingAnswer(msgspec.Struct, frozen=True):
    """One requirement: what was found, and what to do about it if anything. One that does not count is asked only where
    it is known, and is not.
    """

    requirement: str
    title: str
    status: Status
    counts: bool
    found: str
    remedy: str | None


class DeviceVerdictAnswer(msgspec.Struct, frozen=True):
    """Whether this device is ready, by the profile that its school's next sitting is judged by."""

    device_id: str
    status: Status
    headline: str
    profile: str
    judged_at: datetime
    findings: list[DeviceFindingAnswer]


def surroundings(headers: Mapping[str, str], now: datetime) -> Surroundings:
    """What the headers of a request say (their names in lower case)."""
    agent = _SEB_AGENT.search(headers.get("user-agent", ""))
    hashed = any(_SHA256.fullmatch(headers.get(name, "").strip()) for name in _SEB_HASHES)
    return Surroundings(
        now=now,
        safe_exam_browser=hashed or agent is not None,
        safe_exam_browser_version=agent["version"] if agent else None,
    )


def verdict_answer(
    device_id: str, verdict: DeviceVerdict, profile: str, judged_at: datetime, language: Language
) -> DeviceVerdictAnswer:
    """The verdict in words, what is wrong first."""
    order = [Status.NOT_READY, Status.UNKNOWN, Status.AT_RISK, Status.READY]
    findings = sorted(verdict.findings, key=lambda one: (not one.counts, order.index(one.status)))
    return DeviceVerdictAnswer(
        device_id=device_id,
        status=verdict.status,
        headline=phrase(language, f"probe_headline_{verdict.status.value}"),
        profile=profile,
        judged_at=judged_at,
        findings=[_finding(one, language) for one in findings],
    )


def _finding(finding: DeviceFinding, language: Language) -> DeviceFindingAnswer:
    requirement, unknown = finding.requirement, finding.status is Status.UNKNOWN
    fine = finding.status is Status.READY
    return DeviceFindingAnswer(
        requirement=requirement.id,
        title=choose(requirement.failing if finding.status in BROKEN else requirement.title, language),
        status=finding.status,
        counts=finding.counts,
        found=_found(finding, language),
        remedy=None if fine or unknown else choose(requirement.remedy, language),
    )


def _found(finding: DeviceFinding, language: Language) -> str:
    if finding.value is None or finding.status is Status.UNKNOWN or finding.reason == NOT_CONCERNED:
        return _reason(finding.reason, language)
    unit = "" if isinstance(finding.value, str) else finding.requirement.unit
    found = phrase(language, "probe_found", value=quantity(finding.value, unit, language))
    return f"{found} {_reason(finding.reason, language)}" if finding.reason else found


def _reason(code: str, language: Language) -> str:
    """Why it is not known, and what to do: a sentence of its own, or one with the code for IT."""
    known = f"probe_reason_{code}"
    return (
        phrase(language, known) if known in sentences(language) else phrase(language, "probe_reason_other", reason=code)
    )

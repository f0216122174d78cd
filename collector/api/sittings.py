"""`GET /api/v1/sittings`: every sitting that is still to come, or one with every number behind its findings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent.protocol.wire import Problem
from collector.api.findings import FindingAnswer, SchoolAnswer, finding_answer, school_answer
from collector.api.operation import Answer, Operation, Parameter, Resource
from collector.api.reading import LANGUAGE, SCHOOL, asked_language, asked_school, one_of, told
from collector.api.refusals import REFUSED
from collector.http.requests import RefusedError
from collector.i18n.line_limit import limit_in_words
from collector.i18n.messages import Language, render
from collector.judgement.lending import Lender, lenders
from collector.judgement.snapshot import ReadSnapshot
from collector.readiness.domain.model import Drift, Fix, HintSummary, LineLimit, SetAsideSummary, Status, Verdict
from collector.readiness.domain.plan import Plan
from collector.readiness.domain.verdicts import hint_text, plan_texts, set_aside_text

STATUS = Parameter(
    "status",
    "query",
    "Only verdicts with this status.",
    {"type": "string", "enum": [status.value for status in Status]},
)
SITTING = Parameter("sitting", "path", "The sitting's id in calendar.yaml.", required=True)


class LineLimitAnswer(msgspec.Struct, frozen=True):
    """Which is the slow one, the school's line or the internet beyond it. `ratio` is what tests towards the internet
    got of what the line gave, in so many `pairs` of tests; `words` say it, or why it is not known.
    """

    side: Literal["line", "beyond", "unknown"]
    ratio: float | None
    pairs: int
    words: str


class HintsAnswer(msgspec.Struct, frozen=True):
    """What had no say: browsers that checked themselves outside a supervised session, which anybody can send. So many
    are `fine` by what the profile requires of devices, so many are `lacking` something; `words` say it.
    """

    browsers: int
    fine: int
    lacking: int
    newest_at: datetime
    words: str


class SetAsideAnswer(msgspec.Struct, frozen=True):
    """So many measurements of so many devices were set aside, because they can not be: `reason` as a code, `words` for
    people.
    """

    reason: str
    observations: int
    devices: int
    newest_at: datetime
    words: str


class WarningAnswer(msgspec.Struct, frozen=True):
    """What is odd about a sitting's day or hour, such as a public holiday: as a code, and in words."""

    code: str
    words: str


class PlanAnswer(msgspec.Struct, frozen=True):
    """What the sitting would take by its profile, at a school where nothing was measured: a plan, never ready. Rates
    for the test have the profile's margin in them; `others_*` is what others may take at most, as the profile assumes
    it.
    """

    pupils: int
    pupils_on_line: int
    down_mbit_s: float
    up_mbit_s: float
    start_mbit_s: float
    margin: float
    others: int
    others_down_mbit_s: float
    others_up_mbit_s: float
    machines: int
    radios: int | None
    pupils_per_radio: float | None
    words: str


class FixAnswer(msgspec.Struct, frozen=True):
    """A way out that was proved by judging again. `kind` is how it mends, `words` say it in numbers; the requirements
    that it `mends` hold then, and the whole sitting `becomes` so. `devices` are the machines that it is about,
    `lenders` schools that have some to spare, where it is to borrow.
    """

    kind: str
    words: str
    mends: list[str]
    becomes: Status
    devices: list[str]
    lenders: list[Lender]


class DriftChangeAnswer(msgspec.Struct, frozen=True):
    """One thing that is other than when the sitting was ready last, and when it was first seen so."""

    kind: str
    at: datetime
    words: str


class DriftAnswer(msgspec.Struct, frozen=True):
    """What differs from when the sitting was ready last, first things first: candidates for why it is no more."""

    ready_until: datetime
    changes: list[DriftChangeAnswer]


class SittingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting and its verdict. `headroom` is available / needed and `binding` the requirement that decides;
    both are null where the evidence is not enough to say. `limit` is null where nobody tests towards the internet,
    `hints` where no browser checked itself unsupervised, `plan` where anything was measured at the school. `fixes` are
    ways out, cheapest first; `drift` is null where it is ready, or never was.
    """

    id: str
    school: SchoolAnswer
    test: str
    starts_at: datetime
    minutes: int
    year_group: str
    pupils: int
    rooms: list[str]
    status: Status
    headroom: float | None
    binding: str | None
    next_binding: str | None
    profile: str
    judged_at: datetime
    simulated: bool
    limit: LineLimitAnswer | None
    hints: HintsAnswer | None
    set_aside: list[SetAsideAnswer]
    warnings: list[WarningAnswer]
    plan: PlanAnswer | None
    fixes: list[FixAnswer]
    drift: DriftAnswer | None
    findings: list[FindingAnswer]


class SittingsResource(Resource):
    """The sittings with their verdicts; nothing here judges."""

    def __init__(self, read_snapshot: ReadSnapshot) -> None:
        self._read_snapshot = read_snapshot

    @Operation(
        path="/api/v1/sittings",
        summary="Every sitting that is still to come, with its verdict, in calendar order.",
        parameters=[SCHOOL, STATUS, LANGUAGE],
        answers={200: Answer("The sittings.", list[SittingAnswer]), 400: REFUSED},
    )
    def list_all(self, request: Request) -> Response:
        """Those of one school or status where one is asked for."""
        snapshot, language = self._read_snapshot(), asked_language(request)
        school = asked_school(request, snapshot.configuration)
        status = one_of(request, "status", [known.value for known in Status])
        verdicts = [
            verdict
            for verdict in snapshot.verdicts
            if school in {None, verdict.school.code} and status in {None, verdict.status.value}
        ]
        return told([sitting_answer(verdict, language, beside=snapshot.verdicts) for verdict in verdicts])

    @Operation(
        path="/api/v1/sittings/{sitting}",
        summary="One sitting, with every number behind its findings.",
        parameters=[SITTING, LANGUAGE],
        answers={
            200: Answer("The sitting.", SittingAnswer),
            400: REFUSED,
            404: Answer("No such sitting is being judged.", Problem),
        },
    )
    def show(self, request: Request) -> Response:
        """Explained."""
        snapshot, sitting = self._read_snapshot(), request.path_params["sitting"]
        language = asked_language(request)
        verdict = snapshot.verdict(sitting)
        if verdict is None:
            message = f"No sitting {sitting!r} is being judged: see /api/v1/sittings for those that are."
            raise RefusedError(404, "unknown_sitting", message, place="sitting")
        return told(sitting_answer(verdict, language, explained=True, beside=snapshot.verdicts))


def sitting_answer(
    verdict: Verdict, language: Language, *, explained: bool = False, beside: Sequence[Verdict] = ()
) -> SittingAnswer:
    """The verdict in words; `explained` adds every number behind it. Among those `beside` may be schools that lend."""
    sitting, school = verdict.sitting, verdict.school
    return SittingAnswer(
        id=sitting.id,
        school=school_answer(school),
        test=sitting.test,
        starts_at=verdict.starts_at,
        minutes=sitting.minutes,
        year_group=sitting.year_group,
        pupils=sitting.pupils,
        rooms=sitting.rooms,
        status=verdict.status,
        headroom=verdict.headroom,
        binding=verdict.binding,
        next_binding=verdict.next_binding,
        profile=verdict.profile,
        judged_at=verdict.judged_at,
        simulated=verdict.simulated,
        limit=_limit(verdict.limit, language),
        hints=_hints(verdict.hints, language),
        set_aside=[_set_aside(one, language) for one in verdict.set_aside],
        warnings=[WarningAnswer(one.code, render(one, language)) for one in verdict.warnings],
        plan=_plan(verdict.plan, language),
        fixes=[_fix(one, lenders(verdict, one, beside), language) for one in verdict.fixes],
        drift=_drift(verdict.drift, language),
        findings=[finding_answer(finding, language, explained=explained) for finding in verdict.findings],
    )


def _limit(limit: LineLimit | None, language: Language) -> LineLimitAnswer | None:
    if limit is None:
        return None
    return LineLimitAnswer(limit.side, limit.ratio, limit.pairs, limit_in_words(limit, language))


def _hints(hints: HintSummary | None, language: Language) -> HintsAnswer | None:
    if hints is None:
        return None
    return HintsAnswer(**msgspec.structs.asdict(hints), words=render(hint_text(hints), language))


def _plan(plan: Plan | None, language: Language) -> PlanAnswer | None:
    if plan is None:
        return None
    words = " ".join(render(one, language) for one in plan_texts(plan))
    return PlanAnswer(**msgspec.structs.asdict(plan), words=words)


def _drift(drift: Drift | None, language: Language) -> DriftAnswer | None:
    if drift is None:
        return None
    changes = [DriftChangeAnswer(one.kind, one.at, render(one.what, language)) for one in drift.changes]
    return DriftAnswer(drift.ready_until, changes)


def _fix(fix: Fix, lending: list[Lender], language: Language) -> FixAnswer:
    return FixAnswer(fix.kind, render(fix.what, language), fix.mends, fix.becomes, fix.devices, lending)


def _set_aside(one: SetAsideSummary, language: Language) -> SetAsideAnswer:
    return SetAsideAnswer(**msgspec.structs.asdict(one), words=render(set_aside_text(one), language))

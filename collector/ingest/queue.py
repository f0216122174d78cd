"""Takes reports in: a bounded queue, and one thread that checks and writes them, many submissions per transaction.

An answer is given only when the reports are on disk. While a group is written the next one gathers, so that the cost
of a commit is shared by all who wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec

from agent.protocol.wire import ReportAnswer
from collector.clock import Clock
from collector.ingest.answers import answer_to
from collector.ingest.validate import Acceptance, CheckFacts, check_report
from collector.readiness.domain.location import Location
from collector.readiness.domain.model import DeviceSeen
from collector.readiness.domain.sessions import Seat
from collector.store.errors import StorageUnavailableError
from collector.store.reports import ReceivedReport, RejectedReport
from collector.store.store import Store
from collector.store.timestamps import Microseconds, microseconds, moment
from collector.store.watermark import Watermark

log = logging.getLogger(__name__)

GROUP_REPORTS = 2_000
"""The most reports that one transaction takes (a single submission may be larger)."""
QUEUED_BYTES = 128 * 1024 * 1024
STOP_DEADLINE_S = 20.0


class IngestBusyError(Exception):
    """The queue is full: nothing was taken, send again later."""


class IngestStoppedError(Exception):
    """The collector is shutting down: nothing was taken, send again later."""


class _Submission(msgspec.Struct, eq=False):
    device: DeviceSeen
    received_at: Microseconds
    raws: Sequence[bytes]
    where: Location
    size_bytes: int
    answer: asyncio.Future[list[ReportAnswer]]


class _Written(msgspec.Struct):
    """What became of a group: the answers per submission, the schools with something new and those that were only heard
    again, what was left out.
    """

    answers: list[list[ReportAnswer]]
    schools: set[str]
    heard: set[str]
    left_out: Counter[str]


class IngestQueue:
    """Belongs to one event loop: `start`, `submit` and `stop` are called there.

    `on_stored` gets the codes of the schools with something new, and `on_heard` those whose devices said again what
    they had said, in the event loop, after the commit. Both must be quick. `outcomes_total` counts reports since the
    start by outcome, `rejected_total` the refused ones by code, and `left_out_total` results that tell of another place
    than the school, by probe.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        queued_reports: int,
        on_stored: Callable[[set[str]], None],
        *,
        check_facts: CheckFacts,
        retention: timedelta,
        watermark: Watermark | None = None,
        on_heard: Callable[[set[str]], None] = lambda _schools: None,
    ) -> None:
        """Takes at most `queued_reports` at a time; results older than `retention` are refused. `watermark` is told of
        what is on its way.
        """
        self._store = store
        self._watermark = watermark or Watermark(clock)
        self._queued_reports = queued_reports
        self._on_stored = on_stored
        self._on_heard = on_heard
        self._check_facts = check_facts
        self._retention = retention
        self._waiting: deque[_Submission] = deque()
        self._waiting_reports = 0
        self._waiting_bytes = 0
        self._something = asyncio.Event()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest")
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.outcomes_total: Counter[str] = Counter()
        self.rejected_total: Counter[str] = Counter()
        self.left_out_total: Counter[str] = Counter()

    def start(self) -> None:
        """Begins to write what is submitted."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="ingest")

    async def stop(self) -> None:
        """Takes nothing more, writes what was taken, and ends the thread."""
        self._stopping = True
        self._something.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_DEADLINE_S)
            self._task.cancel()
        for submission in self._waiting:
            self._fail(submission, IngestStoppedError())
        self._writer.shutdown(wait=False)

    async def submit(self, device: DeviceSeen, reports: Sequence[bytes], where: Location) -> list[ReportAnswer]:
        """Stores raw reports that `device` sent from there and answers each, in order, once they are on disk.

        Raises IngestBusyError, IngestStoppedError or StorageUnavailableError; then the sender must send again.
        """
        if self._stopping:
            raise IngestStoppedError
        size_bytes = sum(len(raw) for raw in reports)
        is_full = (
            self._waiting_reports + len(reports) > self._queued_reports
            or self._waiting_bytes + size_bytes > QUEUED_BYTES
        )
        if is_full and self._waiting:
            raise IngestBusyError
        answer: asyncio.Future[list[ReportAnswer]] = asyncio.get_running_loop().create_future()
        received_at = microseconds(self._watermark.received())
        self._waiting.append(_Submission(device, received_at, reports, where, size_bytes, answer))
        self._waiting_reports += len(reports)
        self._waiting_bytes += size_bytes
        self._something.set()
        return await answer

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting or not self._stopping:
            await self._something.wait()
            self._something.clear()
            while group := self._take_group():
                written = loop.run_in_executor(self._writer, self._write, group)
                await asyncio.wait([written])  # keeps any error in `written`, so that this loop outlives it
                self._answer(group, written)

    def _take_group(self) -> list[_Submission]:
        group: list[_Submission] = []
        reports = 0
        while self._waiting and (not group or reports + len(self._waiting[0].raws) <= GROUP_REPORTS):
            submission = self._waiting.popleft()
            self._waiting_reports -= len(submission.raws)
            self._waiting_bytes -= submission.size_bytes
            reports += len(submission.raws)
            group.append(submission)
        return group

    def _answer(self, group: list[_Submission], done: asyncio.Future[_Written]) -> None:
        error = done.exception()
        if error is not None:
            _log_failure(error, group)
            for submission in group:
                self._fail(submission, error)
            return
        for submission in group:
            self._watermark.written(moment(submission.received_at))
        written = done.result()
        self.left_out_total += written.left_out
        for submission, answers in zip(group, written.answers, strict=True):
            self._count(answers)
            if not submission.answer.done():
                submission.answer.set_result(answers)
        if written.schools:
            # Called by the loop, so that an error in it is logged and ends nothing here.
            asyncio.get_running_loop().call_soon(self._on_stored, written.schools)
        if written.heard:
            asyncio.get_running_loop().call_soon(self._on_heard, written.heard)

    def _fail(self, submission: _Submission, error: BaseException) -> None:
        self._watermark.written(moment(submission.received_at))
        if not submission.answer.done():
            submission.answer.set_exception(error)

    def _count(self, answers: list[ReportAnswer]) -> None:
        for answer in answers:
            self.outcomes_total[answer.outcome] += 1
            if answer.outcome == "rejected":
                self.rejected_total[answer.code or ""] += 1

    def _write(self, group: list[_Submission]) -> _Written:
        acceptance = Acceptance(self._retention, self._check_facts, self._store.holds)
        seats = self._seats(group)
        checked = [[self._checked(raw, one, acceptance, seats) for raw in one.raws] for one in group]
        good = [report for reports in checked for report in reports if isinstance(report, ReceivedReport)]
        bad = [report for reports in checked for report in reports if isinstance(report, RejectedReport)]
        outcomes = iter(self._store.write_reports(good, bad))
        left_out = Counter(probe for report in good for probe in report.left_out)
        written = _Written(answers=[], schools=set(), heard=set(), left_out=left_out)
        for submission, reports in zip(group, checked, strict=True):
            answers = [
                answer_to(index, report, next(outcomes) if isinstance(report, ReceivedReport) else None)
                for index, report in enumerate(reports)
            ]
            written.answers.append(answers)
            new = [one for one, answer in zip(reports, answers, strict=True) if answer.outcome == "accepted"]
            if any(isinstance(one, ReceivedReport) and one.has_news for one in new):
                written.schools.add(submission.device.school)
            elif new:
                written.heard.add(submission.device.school)
        written.heard -= written.schools
        return written

    def _checked(
        self, raw: bytes, sent: _Submission, acceptance: Acceptance, seats: Mapping[str, Sequence[Seat]]
    ) -> ReceivedReport | RejectedReport:
        own = seats.get(sent.device.device_id, ())
        return check_report(raw, sent.device, sent.where, sent.received_at, acceptance, seats=own)

    def _seats(self, group: list[_Submission]) -> Mapping[str, Sequence[Seat]]:
        """The supervised sessions that the group's browsers took part in; agents need none."""
        browsers = {one.device.device_id for one in group if one.device.kind != "agent"}
        return self._store.seats(browsers) if browsers else {}


def _log_failure(error: BaseException, group: list[_Submission]) -> None:
    count = sum(len(submission.raws) for submission in group)
    if isinstance(error, StorageUnavailableError):
        log.error("%d reports were not stored; their senders will send them again. %s", count, error)
    else:
        log.error("%d reports were not stored because of a fault in the collector", count, exc_info=error)

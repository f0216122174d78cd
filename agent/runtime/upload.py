"""Empties the outbox into the collector: batches, at least once, removed here only when the collector has answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from agent.i18n.errors import BodyTooLargeError, CollectorAwayError
from agent.protocol.wire import BatchAnswer, Report, ReportAnswer, ReportBatch
from agent.runtime.collector_client import CollectorClient
from agent.runtime.data_folder import DataFolder, Identity, KeptPolicy
from agent.runtime.outbox import Outbox, Stored
from agent.runtime.progress import Progress
from agent.system.machine import System

BATCH_REPORTS = 50
DELIVERY_BUDGET_S = 120.0
"""No new batch is begun after this long: the rest goes next time."""


class Delivered(NamedTuple):
    """What became of the reports."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0


def refresh_policy(data: DataFolder, uplink: CollectorClient, identity: Identity, now: datetime) -> KeptPolicy:
    """The policy that holds now, fetched only if it changed, and kept on disk. Raises AgentError."""
    kept = data.policy()
    fetched = uplink.policy(identity.token, kept.etag if kept else None)
    if fetched is not None:
        kept = KeptPolicy(fetched.etag, now, fetched.policy)
    elif kept is not None:
        kept = msgspec.structs.replace(kept, confirmed_at=now)
    else:
        raise CollectorAwayError("collector_no_policy")
    data.keep_policy(kept)
    return kept


def drain(outbox: Outbox, uplink: CollectorClient, identity: Identity, system: System, tell: Progress) -> Delivered:
    """Sends what is in the outbox, oldest first. Raises AgentError when the collector won't take more now; what it
    did not answer for stays in the outbox.
    """
    total, limit = Delivered(), BATCH_REPORTS
    until_s = system.monotonic_s() + DELIVERY_BUDGET_S
    while system.monotonic_s() < until_s:
        stored = outbox.oldest(limit)
        if not stored:
            break
        try:
            answer = uplink.send(identity.token, _batch(stored, identity, system.now()))
        except BodyTooLargeError:
            if len(stored) > 1:
                limit = len(stored) // 2
                continue
            answer = BatchAnswer([ReportAnswer(0, "rejected", code="too_large", message="larger than a body may be")])
        total = _settle(outbox, stored, answer, total, tell)
    return total


def _batch(stored: Sequence[Stored], identity: Identity, now: datetime) -> bytes:
    """The body. Sent time and device are stamped here: a device that had to enrol anew still owns its old reports."""
    reports = [_stamped(one.report, identity, now) for one in stored]
    return msgspec.json.encode(ReportBatch([msgspec.Raw(msgspec.json.encode(report)) for report in reports]))


def _stamped(report: Report, identity: Identity, now: datetime) -> Report:
    return msgspec.structs.replace(report, sent_at=now, device_id=identity.device_id)


def _settle(
    outbox: Outbox, stored: Sequence[Stored], answer: BatchAnswer, before: Delivered, tell: Progress
) -> Delivered:
    """Removes what was answered for. An answer that settles nothing is an error, else this would never end."""
    by_index = {one.index: one for one in answer.answers if 0 <= one.index < len(stored)}
    if not by_index:
        raise CollectorAwayError("collector_answers_nothing")
    taken = [index for index, one in by_index.items() if one.outcome != "rejected"]
    outbox.delivered([stored[index] for index in taken])
    for index, one in by_index.items():
        if one.outcome == "rejected":
            outbox.rejected(stored[index], one)
            reason = " ".join(part for part in (one.code, one.place, one.message) if part)
            tell("report_rejected", report=stored[index].report.report_id, reason=reason)
    duplicate = sum(by_index[index].outcome == "duplicate" for index in taken)
    return Delivered(
        before.accepted + len(taken) - duplicate,
        before.duplicate + duplicate,
        before.rejected + len(by_index) - len(taken),
    )

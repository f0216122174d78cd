"""What a device is told of each report that it sent."""

from __future__ import annotations

from agent.protocol.wire import ReportAnswer
from collector.ingest.validate import was_clock_corrected
from collector.store.reports import ReceiptOutcome, ReceivedReport, RejectedReport


def answer_to(index: int, report: ReceivedReport | RejectedReport, outcome: ReceiptOutcome | None) -> ReportAnswer:
    """The answer to the report at `index` of a batch; `outcome` of storing it is None where it was refused."""
    if isinstance(report, RejectedReport):
        return ReportAnswer(
            index=index,
            outcome="rejected",
            report_id=report.report_id,
            code=report.code,
            place=report.place,
            message=report.message,
        )
    assert outcome is not None
    if outcome == "accepted" and was_clock_corrected(report):
        return ReportAnswer(
            index=index,
            outcome=outcome,
            report_id=report.report_id,
            code="clock_corrected",
            place="$.sent_at",
            message=f"The device's clock differs by {report.clock_offset_s:+.0f} s; the times of the results were "
            "moved. Turn on automatic time on the machine.",
        )
    if outcome == "accepted" and report.left_out:
        return ReportAnswer(
            index=index,
            outcome=outcome,
            report_id=report.report_id,
            code="not_at_school",
            message=f"What it says of the network ({', '.join(report.left_out)}) was not kept: the device was, or may "
            "have been, in another network than its school's (networks in schools.yaml).",
        )
    return ReportAnswer(index=index, outcome=outcome, report_id=report.report_id)

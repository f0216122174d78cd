"""A plugin of pytest: says at the end of a run which tests measured again, and why, whichever process ran them."""

from __future__ import annotations

import pytest

MADE_AGAIN = "measured again on a starved machine"
"""The property of a report that tells why."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which tests were measured again, and why."""
    told = [
        f"{report.nodeid}: {why}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, why in report.user_properties
        if name == MADE_AGAIN
    ]
    if told:
        terminalreporter.section(MADE_AGAIN)
        terminalreporter.write("\n".join([*told, ""]))

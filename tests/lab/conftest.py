"""The lab needs root and Debian's network tools: where they are missing its tests are skipped, in CI they fail."""

from __future__ import annotations

import os
import shutil

import pytest

TOOLS = ("ip", "tc", "nft", "iperf3", "ping", "curl", "openssl", "snmpd", "snmpget")


@pytest.fixture(autouse=True, scope="session")
def lab_can_be_built() -> None:
    """Says once, and for all tests of the folder, why there can be no lab here."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0:
        missing.append("root")
    if not missing:
        return
    reason = f"the lab needs {', '.join(missing)} (see docs/lab.md)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)

"""The lab needs root and Debian's network tools: where they are missing its tests are skipped, in CI they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.lab.pressure import made_again
from tests.support.made_again import MADE_AGAIN
from tests.support.priority import before_other_work

TOOLS = ("ip", "tc", "nft", "iperf3", "ping", "curl", "openssl", "snmpd", "snmpget", "dumpcap")


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


@pytest.fixture(autouse=True, scope="module")
def not_slower_for_other_work() -> Iterator[None]:
    """Whatever the lab starts inherits its place, so that a busy machine is little slower for it than an idle one."""
    with before_other_work():
        yield


@pytest.fixture(autouse=True)
def what_was_made_again_is_told(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """Beside the test's result, also where it passed in the end."""
    yield
    for why in made_again:
        record_property(MADE_AGAIN, why)
    made_again.clear()

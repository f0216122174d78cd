"""Fixtures and rules that every test shares."""

from __future__ import annotations

import os
import shutil
import signal
import sys

import pytest

from tests.support.properties import load_profile

load_profile()
pytest_plugins = ["tests.support.folder_times", "tests.support.made_again", "tests.support.side_by_side"]

# To pysnmp it is not there, as wherever Provklar is installed: only snmpsim, a process of its own, needs it. Each
# engine would spend half a second on a grammar of MIBs that nobody reads.
sys.modules["pysmi"] = None  # type: ignore[assignment]  # what makes an import fail

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in the background deaf to Ctrl-C, and all that the tests start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that needs a program which is not installed is skipped on a developer's machine and fails in CI."""
    for marker in item.iter_markers("needs"):
        missing = [program for program in marker.args if shutil.which(program) is None]
        if not missing:
            continue
        reason = f"not installed: {', '.join(missing)} (see docs/development.md)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

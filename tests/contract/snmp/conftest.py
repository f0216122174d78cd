"""One real snmpd for all, and each implementation of a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.snmp_daemon import snmp_daemon
from tests.support.snmp_questions import OPENERS, Opener


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the daemon listens."""
    with snmp_daemon(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


@pytest.fixture(params=OPENERS)
def opener(request: pytest.FixtureRequest) -> Opener:
    """Makes sessions of one implementation."""
    opener: Opener = request.param
    return opener

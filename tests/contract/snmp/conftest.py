"""One real snmpd for all, and each implementation of a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Sessions
from tests.snmp_daemon import snmp_daemon

Opener = Callable[[], Sessions]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the daemon listens."""
    with snmp_daemon(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


@pytest.fixture(params=[PysnmpSessions, GufoSessions], ids=["pysnmp", "gufo"])
def opener(request: pytest.FixtureRequest) -> Opener:
    """Makes sessions of one implementation; called inside the event loop that they live in."""
    opener: Opener = request.param
    return opener

"""A collector's polling against a real snmpd: from network.yaml to the store, while files change."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from collector.configuration.model import Configuration
from collector.gear.service import GearService
from collector.readiness.domain.model import Evidence
from collector.readiness.domain.network_gear import UplinkLoad
from collector.snmp.gufo_sessions import GufoSessions
from collector.snmp.pysnmp_sessions import PysnmpSessions
from collector.snmp.session import Sessions
from collector.store.errors import StorageUnavailableError
from collector.store.gear import GearReading, GearState
from collector.store.store import Store
from tests.support.gear import SCHOOL, configured, gear_folder
from tests.support.snmp_daemon import COMMUNITY, USER, free_udp_port, snmp_daemon

pytestmark = pytest.mark.needs("snmpd", "snmpget")

PATIENCE_S = 100.0
UPLINK_EVERY_S = 3
"""The daemon itself looks at its counters no more often."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the daemon listens."""
    with snmp_daemon(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


def device(named: str, port: int, opener: str, asked: str) -> str:
    """An entry of network.yaml."""
    where = f"address: 127.0.0.1, port: {port}, role: switch, school: {SCHOOL}"
    return f"  - {{id: {named}, {where}, {opener}, {asked}}}\n"


def user(auth: str = "auth") -> str:
    """Opens it by v3, with the password in that file."""
    return f"user: {{name: {USER.name}, auth_password_file: secrets/{auth}, priv_password_file: secrets/priv}}"


COMMUNITY_FILE = "community_file: secrets/community"
UPLINK = "uplink: lo, uplink_every_s: 10"
LINKS = "ports: [{port: lo, room: A1}]"
SECRETS = {"community": COMMUNITY, "auth": USER.auth_password, "priv": USER.priv_password, "wrong": "not-the-password"}


def brisk(folder: Path) -> Configuration:
    """As the folder says, but asked more often than an operator may let it."""
    read = configured(folder)
    network = [msgspec.structs.replace(one, uplink_every_s=UPLINK_EVERY_S) for one in read.network]
    return msgspec.structs.replace(read, network=network)


@dataclass
class Running:
    """A polling over a store of its own."""

    store: Store
    polling: GearService
    configuration: Configuration

    def use(self, folder: Path) -> None:
        """Takes what the folder says now into use."""
        self.configuration = brisk(folder)
        self.polling.reconfigure()

    def state(self, device: str) -> GearState | None:
        """The device's last poll, as stored."""
        self.polling.flush()
        return next((one for one in self.store.gear() if one.device == device), None)

    def code(self, device: str) -> str | None:
        """Why its last poll failed."""
        state = self.state(device)
        return state.error_code if state else None

    def answered(self, device: str) -> bool:
        """Whether its last poll brought something."""
        state = self.state(device)
        return state is not None and state.answered_at is not None and state.error_code is None

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Waits until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < deadline, f"{what}: {self.store.gear()}"
            time.sleep(0.1)

    def loads(self) -> Sequence[UplinkLoad]:
        """What went over the line, by the readings until now."""
        self.polling.flush()
        return self.evidence().uplink

    def evidence(self) -> Evidence:
        """What is known of the school now."""
        now = datetime.now(UTC)
        return self.store.evidence(SCHOOL, now, now - timedelta(days=1))


@pytest.fixture(params=[PysnmpSessions, GufoSessions], ids=["pysnmp", "gufo"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Path], Running]]:
    """Starts polling what a folder says; stops it at the end."""
    store = Store.open(f"sqlite:///{tmp_path / 'gear.db'}")
    opener: Callable[[], Sessions] = request.param
    running: list[Running] = []

    def started(folder: Path) -> Running:
        polling = GearService(store, lambda: running[0].configuration, lambda: datetime.now(UTC), lambda: 0.01, opener)
        running.append(Running(store, polling, brisk(folder)))
        polling.start()
        return running[0]

    yield started
    for one in running:
        one.polling.stop()
    store.close()


def test_from_the_file_to_the_store(start: Callable[[Path], Running], port: int, tmp_path: Path) -> None:
    """The port and, after two readings, the load; those that fail say why and hold nobody up."""
    network = "devices:\n" + device("router", port, user(), UPLINK)
    network += device("wrong-password", port, user("wrong"), LINKS) + device("nobody", free_udp_port(), user(), LINKS)
    running = start(gear_folder(tmp_path, network, **SECRETS))
    running.until(lambda: bool(running.state("router") and running.loads()), "no load")
    [port_seen] = running.evidence().uplink_ports
    assert (port_seen.device, port_seen.is_up, port_seen.error_code) == ("router", True, None)
    assert all(load.seconds > 0 for load in running.loads())
    # snmpd counts anew every few seconds only, and a first reading that was late lies close to the second.
    running.until(lambda: any(load.down_mbit_s > 0 for load in running.loads()), "a load of nothing")
    running.until(lambda: running.code("wrong-password") == "auth", "no refusal")
    running.until(lambda: running.code("nobody") in {"timeout", "unreachable"}, "no silence")
    shown = {one.device: one for one in running.polling.shown()}
    assert shown["router"].error_code is None
    assert shown["router"].failures == {}
    assert shown["wrong-password"].failures.keys() == {"auth"}


def test_files_change_while_it_runs(
    start: Callable[[Path], Running], port: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A secret that is missing is said and read as soon as it is there; who is gone from the file is asked no more. No
    secret is in the log, at the finest level.
    """
    router = device("router", port, COMMUNITY_FILE, UPLINK)
    folder = gear_folder(tmp_path, "devices:\n" + router, auth=USER.auth_password, priv=USER.priv_password)
    with caplog.at_level(logging.DEBUG):
        running = start(folder)
        running.until(lambda: running.code("router") == "secret_missing", "not said")
        (folder / "secrets/community").write_text(COMMUNITY)
        running.polling.reconfigure()
        running.until(lambda: running.answered("router"), "not read anew")
        (folder / "network.yaml").write_text("devices:\n" + device("other", port, user(), LINKS))
        running.use(folder)
        running.until(lambda: running.answered("other"), "not asked")
    assert running.state("router") is None
    assert [one.device for one in running.polling.shown()] == ["other"]
    assert [secret for secret in (COMMUNITY, USER.auth_password, USER.priv_password) if secret in caplog.text] == []


def test_a_database_that_is_away_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told waits, in its order."""
    store = Store.open(f"sqlite:///{tmp_path / 'gear.db'}")
    configuration = configured(gear_folder(tmp_path, "devices: []\n"))
    polling = GearService(store, lambda: configuration, lambda: datetime.now(UTC), lambda: 0.5)
    written: list[GearReading] = []

    def refuse(_: object) -> None:
        raise StorageUnavailableError("away")

    told = [GearReading("router", SCHOOL, datetime(2026, 3, 2, 8, minute, tzinfo=UTC)) for minute in range(3)]
    monkeypatch.setattr(store, "save_gear", refuse)
    polling._note(told[0])
    polling._note(told[1])
    polling.flush()
    polling._note(told[2])
    polling.flush()
    monkeypatch.setattr(store, "save_gear", written.extend)
    polling.flush()
    polling.flush()
    assert written == told
    store.close()

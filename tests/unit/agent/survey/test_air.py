"""Listening, where the system says no, and sending what came of it. What is heard is tested in the lab."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

import agent.survey.air
from agent.app import App
from agent.commands.survey import conduct, send
from agent.i18n.errors import AgentError
from agent.i18n.messages import Messages
from agent.protocol.command_line import LANGUAGES
from agent.runtime.data_folder import Identity
from agent.runtime.settings import Settings
from agent.survey.air import link_type, listening, until_ctrl_c
from tests.support.recorded_system import RecordedSystem
from tests.support.stub_collector import SCHOOL, TOKEN, StubCollector, stub_collector
from tests.support.wifi_frames import announcement, pcap, written

MONITORED, LOOPBACK = 803, 772


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> str:
    """A card in monitor mode, as the system tells of it."""
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (2, "mon0")])
    monkeypatch.setattr(agent.survey.air, "link_type", {"lo": LOOPBACK, "mon0": MONITORED}.__getitem__)
    return "mon0"


def refused(interface: str) -> AgentError:
    """Why it can not be listened to."""
    with pytest.raises(AgentError) as error, listening(interface, 1.0, lambda: 0.0):
        pass
    assert error.value.exit_code == 2
    for language in LANGUAGES:
        assert "%(" not in Messages(language).say(error.value.code, **error.value.values)
    return error.value


def test_only_root_may(card: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is told how."""

    def denied(*_: object) -> socket.socket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "socket", denied)
    error = refused(card)
    assert error.code == "survey_live_no_root"
    assert "sudo" in Messages("sv").say(error.code, **error.values)


def test_other_systems_take_files_only(card: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way round."""
    monkeypatch.setattr(sys, "platform", "darwin")
    error = refused(card)
    assert error.code == "survey_live_only_linux"
    assert "--capture" in Messages("sv").say(error.code, **error.values)


def test_a_card_that_is_not_there(card: str) -> None:
    """With those that there are."""
    error = refused("wlan9")
    assert (error.code, error.values["known"]) == ("survey_live_no_interface", f"lo, {card}")


@pytest.mark.usefixtures("card")
def test_a_card_of_another_kind() -> None:
    """The loopback."""
    assert refused("lo").code == "survey_live_no_monitor"


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_the_kernel_tells_the_kind_of_link() -> None:
    """Of the loopback, which every machine has."""
    assert link_type("lo") == LOOPBACK


def test_ctrl_c_only_stops() -> None:
    """Nothing is raised, and afterwards Ctrl-C means what it meant before."""
    stopped: list[bool] = []
    with until_ctrl_c(lambda: stopped.append(True)):
        import signal  # noqa: PLC0415  next to what it does

        signal.raise_signal(signal.SIGINT)
    assert stopped == [True]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def surveyed(stub: StubCollector, tmp_path: Path) -> tuple[App, list[str]]:
    """An agent with a survey in its outbox, and what it says."""
    told: list[str] = []
    settings = Settings(stub.url, SCHOOL, "A101", str(tmp_path / "data"))
    app = App(settings, RecordedSystem("linux-sv-laptop"), lambda code, /, **_: told.append(code))
    app.data.keep_identity(Identity("device-1", TOKEN, SCHOOL))
    frames = [announcement(b"Skolan", "02:00:00:00:00:01")] * 3
    conduct(app, written(tmp_path, pcap(frames)), ["Skolan"], Messages("sv"))
    return app, told


def test_a_survey_is_sent_at_once(tmp_path: Path) -> None:
    """When the collector is there."""
    with stub_collector() as stub:
        app, told = surveyed(stub, tmp_path)
        send(app)
        assert [result.probe for result in stub.reports[0].results] == ["survey", "survey_channels"]
        assert told == []
    assert len(app.outbox(None)) == 0


def test_a_survey_waits_for_the_collector(tmp_path: Path) -> None:
    """And says so."""
    with stub_collector() as stub:
        app, told = surveyed(stub, tmp_path)
    send(app)
    assert told[-1] == "survey_kept"
    assert len(app.outbox(None)) == 1

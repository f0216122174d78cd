"""The doctor: every check, fine and not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import msgspec
import pytest

from agent import ladder
from agent.app import App
from agent.commands.check import OWNERS, WIDTH, Check, Owner
from agent.commands.doctor import examine
from agent.commands.doctor_findings import findings
from agent.commands.doctor_remedies import remedy_of
from agent.i18n.messages import Messages
from agent.probes import discovered
from agent.protocol.command_line import LANGUAGES, Language
from agent.protocol.wire import SCHEMA, Facts, Host, ProbeResult, Problem, Report, ReportAnswer, Rung
from agent.runtime.data_folder import KeptPolicy
from agent.runtime.lease import shown_moment
from agent.runtime.settings import Settings
from tests.support.processes import free_port
from tests.support.recorded_system import RecordedSystem
from tests.support.stub_collector import (
    KEY,
    SCHOOL,
    Misbehaviour,
    StubCollector,
    close,
    policy,
    respond,
    stub_collector,
)


class Scene:
    """An enrolled agent on a recorded laptop."""

    def __init__(self, stub: StubCollector, folder: Path) -> None:
        self.stub = stub
        self.system = RecordedSystem("linux-sv-laptop")
        self.app = App(Settings(stub.url, SCHOOL, data_dir=str(folder)), self.system, lambda _code, /, **_: None)

    def enrol(self) -> None:
        """Makes it a device."""
        self.app.enrol({"PROVKLAR_ENROLMENT_KEY": KEY})
        self.system.recorded.clock_synchronised = True

    def checks(self) -> dict[str, Check]:
        """What the doctor found, by code."""
        return {check.code: check for check in examine(self.app)}

    def problems(self) -> set[str]:
        """The codes of what is not fine."""
        return {code for code, check in self.checks().items() if check.fine is False}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A collector that behaves."""
    with stub_collector() as stub:
        stub.policy = policy(stub.measurement_url, "device", "latency")
        yield Scene(stub, tmp_path / "data")


def test_a_healthy_agent(scene: Scene) -> None:
    """Everything is looked at, but the line is not filled; what is wrong with the laptop is that it wants a restart."""
    scene.enrol()
    checks = [(check.code, check.values.get("probe")) for check in examine(scene.app)]
    asked = [(code, probe) for code, probe in checks if code == "doctor_probe"]
    assert [code for code, _ in checks[:8]] == [
        "doctor_settings",
        "doctor_disk",
        "doctor_room_none",
        "doctor_reached",
        "doctor_clock_right",
        "doctor_identity",
        "doctor_collector",
        "doctor_policy",
    ]
    assert asked == [("doctor_probe", name) for name, probe in discovered().items() if not probe.loads_line]
    told = {"doctor_clock_kept", "doctor_browsers", "doctor_ladder_none", "doctor_hosts_none", "doctor_outbox"}
    assert told <= {code for code, _ in checks}
    assert scene.problems() == {"doctor_restart"}
    assert "/down" not in {path for path, _ in scene.stub.requests}


def test_before_enrolment(scene: Scene) -> None:
    """The collector is asked for all the same, and what this machine shows by itself is told; the rest is not tried."""
    checks = scene.checks()
    assert checks["doctor_reached"].fine
    assert checks["doctor_browsers"].fine
    assert checks["doctor_no_policy"].fine is checks["doctor_probe_needs_policy"].fine is None
    assert scene.problems() == {"not_enrolled", "doctor_restart"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (respond(200, b"<html>Log in to the guest network</html>"), "collector_garbled"),
        (respond(401, b"<html>Password, please</html>"), "collector_garbled"),
        (respond(302, b"", Location="http://portal.example"), "collector_redirects"),
        (respond(503), "collector_busy"),
        (close, "collector_away"),
    ],
)
def test_before_enrolment_what_is_no_collector_is_not_taken_for_one(
    answer: Misbehaviour, code: str, scene: Scene
) -> None:
    """A portal that answers everything is none."""
    scene.stub.misbehave["/api/v1/policy"] = answer
    checks = scene.checks()
    assert "doctor_reached" not in checks
    assert checks[code].fine is False


@pytest.mark.parametrize(
    ("minutes", "code"), [(5, "doctor_clock_fast"), (-5, "doctor_clock_slow"), (0, "doctor_clock_right")]
)
def test_a_clock_that_is_wrong_by_the_collectors(
    minutes: int, code: str, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before enrolment too: a login refuses such a machine."""
    monkeypatch.setattr(scene.system, "now", lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    check = scene.checks()[code]
    assert check.fine is (minutes == 0)
    if minutes:
        assert isinstance(off_s := check.values["seconds"], float)
        assert 295 < off_s < 305


@pytest.mark.parametrize(
    ("kept", "code", "fine"),
    [(True, "doctor_clock_kept", True), (False, "doctor_clock_loose", False), (None, "doctor_clock_untold", None)],
)
def test_whether_somebody_keeps_the_clock(kept: bool | None, code: str, fine: bool | None, scene: Scene) -> None:
    """One that nobody keeps is right by luck on the test day; what a system does not tell is no problem."""
    scene.system.recorded.clock_synchronised = kept
    assert scene.checks()[code].fine is fine


def test_the_room_of_the_settings(scene: Scene) -> None:
    """Told, so that a machine that stands in another is found."""
    scene.app.settings = msgspec.structs.replace(scene.app.settings, room="A101")
    assert scene.checks()["doctor_room"].values == {"room": "A101"}


def test_a_machine_without_a_browser() -> None:
    """Nobody can sit at it."""
    (check,) = findings(result("browsers", {"browsers_count": 0}), broken_below=False)
    assert (check.fine, check.code, check.owner) == (False, "doctor_browser_none", "school_it")


# --- the way to the test, with real sockets


def climbed(scene: Scene, *rungs: Rung, **fields: Any) -> list[Check]:
    """What the doctor says once the collector asks for these rungs."""
    scene.stub.policy = policy(scene.stub.measurement_url, "ladder", ladder=list(rungs), **fields)
    scene.enrol()
    return list(examine(scene.app))


def service(scene: Scene, id_: str, path: str) -> Rung:
    """A rung that asks the stub for `path`."""
    return Rung(id_, "service", f"http://127.0.0.1:{urlsplit(scene.stub.url).port}{path}", expect={"status": "204"})


def test_which_rung_breaks_whose_it_is_and_what_to_do(scene: Scene) -> None:
    """One service holds, the other answers with an error: that is for whoever runs it."""
    scene.stub.misbehave["/test"] = respond(204)
    scene.stub.misbehave["/broken"] = respond(500)
    checks = climbed(scene, service(scene, "test", "/test"), service(scene, "pictures", "/broken"))
    (broken,) = [check for check in checks if check.code.startswith("doctor_rung")]
    assert (broken.fine, broken.code, broken.owner) == (False, "doctor_rung_breaks", "platform")
    target = f"http://127.0.0.1:{urlsplit(scene.stub.url).port}/broken"
    assert broken.said(Messages("en")) == (
        f"PROBLEM: the way to the test first breaks at the service: pictures ({target}) (service_error). {target} "
        "answers with an error: ask whoever runs the service, and try again. This is for whoever runs the service"
    )


def test_a_ladder_that_holds(scene: Scene) -> None:
    """Said with how many rungs that is."""
    scene.stub.misbehave["/test"] = respond(204)
    checks = {check.code: check for check in climbed(scene, service(scene, "test", "/test"))}
    assert checks["doctor_ladder_whole"].values == {"count": 1}


def test_which_service_is_not_reached(scene: Scene) -> None:
    """Each by itself, with what it is for."""
    hosts = [Host("127.0.0.1", free_port(), "login"), Host("no-such-name.invalid", 443)]
    checks = [check for check in climbed(scene, hosts=hosts) if check.code == "doctor_host_away"]
    assert [(check.values["cause"], check.owner) for check in checks] == [
        ("connection_refused", "network"),
        ("dns_failed", "network"),
    ]
    assert checks[0].values["host"] == f"127.0.0.1:{hosts[0].port} (login)"


def test_what_follows_from_a_rung_below_is_told_to_follow(scene: Scene) -> None:
    """The root comes first, with its remedy; services beyond it get none of their own."""
    outside = Rung("reference", "internet", "127.0.0.1", port=free_port())
    checks = climbed(scene, outside, service(scene, "test", "/test"), hosts=[Host("127.0.0.1", free_port())])
    told = {check.code: check for check in checks}
    assert (told["doctor_rung_breaks"].owner, told["doctor_rung_breaks"].parts["mend"]) == (
        "line_provider",
        "doctor_mend_line",
    )
    assert told["doctor_rungs_beyond"].fine is None
    assert told["doctor_host_follows"].said(Messages("sv")).startswith("FÖLJD: 127.0.0.1:")
    assert [check.code for check in checks if check.fine is False] == ["doctor_restart", "doctor_rung_breaks"]
    assert "doctor_host_away" not in told


# --- what results say


def result(probe: str, facts: Facts, *rows: Facts) -> ProbeResult:
    """A result of one probe."""
    return ProbeResult(probe, 1, "ok", datetime.now(UTC), 0.1, facts=facts, rows=list(rows))


def test_a_proxy_script_leaves_it_open() -> None:
    """Neither the ladder nor a host is called broken where browsers may go another way."""
    row: Facts = {"rung": "test", "kind": "service", "status": "not_reached", "error_code": "pac_not_evaluated"}
    assert [(one.fine, one.code) for one in findings(result("ladder", {"ladder_ok": None}, row), False)] == [
        (None, "doctor_pac")
    ]
    host: Facts = {"host": "a.example", "port": 443, "purpose": "", "error_code": "pac_not_evaluated"}
    assert [(one.fine, one.code) for one in findings(result("path", {"hosts_count": 1}, host), False)] == [
        (None, "doctor_host_pac")
    ]


def test_a_ladder_that_was_not_finished_and_one_that_is_slow() -> None:
    """Neither is called whole without having been seen so."""
    slow: Facts = {"rung": "dns", "kind": "dns", "status": "slow", "target": None}
    left: Facts = {"rung": "test", "kind": "service", "status": "not_reached", "error_code": "no_time_left"}
    codes = [one.code for one in findings(result("ladder", {"ladder_ok": False}, slow, left), False)]
    assert codes == ["doctor_rungs_untried", "doctor_rungs_slow"]


def test_every_code_of_the_ladder_has_a_remedy_of_its_own() -> None:
    """By the sources of the ladder: a new code has to be thought about."""
    sources = "".join(path.read_text("utf-8") for path in Path(ladder.__path__[0]).glob("*.py"))
    codes = set(re.findall(r'RungFailedError\(\s*"(\w+)"', sources))
    assert len(codes) > 30
    assert [code for code in sorted(codes) if remedy_of(code, "service").code == "doctor_mend_other"] == []


def test_every_remedy_has_an_owner_with_a_name() -> None:
    """Of a certificate that has ended, whoever runs what was asked."""
    assert remedy_of("certificate_expired", "login").owner == "login_owner"
    assert remedy_of("certificate_expired", "service").owner == "platform"
    assert remedy_of("never heard of", "host") == ("doctor_mend_other", "platform")
    assert set(OWNERS) == set(get_args(Owner))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_printed_fits_a_terminal(language: Language, scene: Scene) -> None:
    """All that is said, in both languages; only an address or a path may be longer."""
    scene.stub.misbehave["/broken"] = respond(500)
    checks = climbed(scene, service(scene, "pictures", "/broken"), hosts=[Host("no-such-name.invalid", 443)])
    lines = [line for check in checks for line in check.printed(Messages(language)).splitlines()]
    assert [line for line in lines if len(line) > WIDTH and " " in line.strip()] == []
    assert any(line.startswith("    ") for line in lines)


@pytest.mark.parametrize(("status", "code"), [(401, "token_refused"), (503, "collector_busy")])
def test_a_collector_that_says_no(status: int, code: str, scene: Scene) -> None:
    """Named as what it is."""
    scene.enrol()
    scene.checks()
    scene.stub.misbehave["/api/v1/policy"] = respond(status, Problem("token_refused", "Enrol again."))
    assert scene.problems() == {code, "doctor_restart"}


def test_an_old_policy(scene: Scene) -> None:
    """The agent has not been running, or has not reached the collector, for more than a day."""
    scene.enrol()
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    scene.app.data.keep_policy(KeptPolicy(None, two_days_ago, scene.stub.policy))
    scene.stub.misbehave["/api/v1/policy"] = respond(503)
    assert scene.problems() == {"collector_busy", "doctor_policy_old", "doctor_restart"}


def test_whether_the_line_may_be_filled_now(scene: Scene) -> None:
    """Asked without taking a lease, and only for what is planned and fills the line."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "throughput")
    scene.enrol()
    check = scene.checks()["doctor_line_now"]
    assert (check.fine, check.values) == (True, {"probe": "throughput"})
    assert scene.stub.leases == []


def test_why_the_line_may_not_be_filled_and_when_it_may(scene: Scene) -> None:
    """No problem, but said in full. What the agent has put off itself is asked again then."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "throughput")
    scene.enrol()
    scene.stub.misbehave["/api/v1/leases"] = respond(
        409, Problem("sitting_in_progress", "The school sits a test now or soon."), Retry_After="600"
    )
    check = scene.checks()["doctor_line_later"]
    assert check.fine
    again = shown_moment(scene.system.now() + timedelta(minutes=10))
    assert check.said(Messages("en")) == (
        "OK: throughput may not fill the school's line now. A test is being sat at the school, or begins soon: nobody "
        f"fills the school's line now. It is asked again at {again}"
    )
    now = scene.system.now()
    scene.app.data.put_off_until("throughput", now + timedelta(hours=3), now)
    assert scene.checks()["doctor_line_later"].values["again"] == shown_moment(now + timedelta(hours=3))


def test_a_collector_that_does_not_say_whether_the_line_is_free(scene: Scene) -> None:
    """Then there is something to mend."""
    scene.stub.policy = policy(scene.stub.measurement_url, "device", "throughput")
    scene.enrol()
    scene.stub.misbehave["/api/v1/leases"] = respond(503)
    assert scene.problems() == {"collector_busy", "doctor_restart"}


def test_a_full_disk(scene: Scene) -> None:
    """Before it is too late."""
    scene.enrol()
    scene.system.recorded.disk_free_bytes = 100 * 2**20
    check = scene.checks()["doctor_disk_low"]
    assert (check.fine, check.values["free"], check.values["needed"]) == (False, 100, 200)


def test_a_machine_without_wifi_is_not_ill(scene: Scene) -> None:
    """Said, but nothing to mend."""
    scene.enrol()
    scene.system.recorded.wireless = None
    check = scene.checks()["doctor_probe_unsupported"]
    assert (check.fine, check.values["code"]) == (None, "no_wifi_interface")


def test_a_probe_that_fails(scene: Scene) -> None:
    """With its code."""
    scene.enrol()
    scene.stub.misbehave["/ping"] = respond(500)
    check = scene.checks()["doctor_probe_failed"]
    assert (check.fine, check.values["probe"], check.values["code"]) == (False, "latency", "measurement_refused")


def test_what_was_lost_or_refused_is_told(scene: Scene) -> None:
    """Dropped, spoilt and rejected, each with its count."""
    scene.enrol()
    scene.stub.policy = msgspec.structs.replace(scene.stub.policy, outbox_max_reports=10)
    outbox = scene.app.outbox(scene.stub.policy)
    for n in range(12):
        outbox.put(Report(SCHEMA, f"r{n}", "device-1", datetime.now(UTC), "0.1.0", SCHOOL, None, []))
    outbox.rejected(outbox.oldest(1)[0], ReportAnswer(0, "rejected", code="malformed"))
    (scene.app.data.outbox / "000000000000-torn.json").write_bytes(b"torn")
    outbox.oldest(1)
    checks = scene.checks()
    assert checks["doctor_dropped"].values["count"] == 2
    assert checks["doctor_corrupt"].values["count"] == 1
    assert checks["doctor_rejected"].values["count"] == 1
    assert checks["doctor_outbox"].values["count"] == 9


def test_what_is_said() -> None:
    """Fine or not, and the sentence, in both languages."""
    check = Check(False, "doctor_disk_low", {"folder": "/var", "free": 3, "needed": 200})
    assert check.said(Messages("sv")) == ("PROBLEM: bara 3 MiB är lediga i /var. Frigör utrymme: det behövs 200 MiB")
    fine = Check(True, "doctor_outbox", {"count": 0})
    assert fine.said(Messages("en")) == "OK: 0 reports wait to be sent"

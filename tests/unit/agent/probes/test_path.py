"""The way to hosts, against real TCP and TLS servers."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.measuring.contract import Task
from agent.probes import path
from agent.probes.path import certificate_facts, read, summary
from agent.protocol.wire import Facts, Host
from agent.system.machine import System
from agent.system.network import Address
from tests.support.ladder_world import Authority, ProxiedSystem, answer, web_server
from tests.support.processes import free_port
from tests.support.proxy import proxy
from tests.support.stub_collector import certificate, stub_collector


def tried(*hosts: Host, deadline_s: float = 20.0, system: System | None = None) -> list[Facts]:
    """The rows of these hosts."""
    return read(system or System(), Task(deadline_s=deadline_s, hosts=list(hosts))).rows


def port_of(url: str) -> int:
    """The port in a URL."""
    return int(url.rpartition(":")[2])


def test_a_host_with_everything_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rung has its time, and the issuer is named."""
    files = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with stub_collector(certificate=files) as stub:
        host = Host("localhost", port_of(stub.url), "prov")
        reading = read(System(), Task(hosts=[host]))
    assert reading.facts == {"hosts_count": 1, "hosts_reached_count": 1, "hosts_reached_ratio": 1.0}
    row = reading.rows[0]
    assert (row["host"], row["port"], row["purpose"]) == ("localhost", host.port, "prov")
    assert (row["issuer_organisation"], row["issuer_common_name"]) == ("Testkommun", "localhost")
    assert str(row["certificate_expires_at"]).endswith("+00:00")
    assert all(float(row[name] or 0) > 0 for name in ("dns_ms", "tcp_ms", "tls_ms"))
    assert "error_code" not in row


def test_an_untrusted_certificate_stops_at_tls(tmp_path: Path) -> None:
    """What a browser would warn about is not reached."""
    with stub_collector(certificate=certificate(tmp_path)) as stub:
        (row,) = tried(Host("localhost", port_of(stub.url)))
    assert row["error_code"] == "tls_untrusted"
    assert "tcp_ms" in row
    assert "tls_ms" not in row


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusted, but not for this host."""
    files = certificate(tmp_path, name="other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with stub_collector(certificate=files) as stub:
        (row,) = tried(Host("localhost", port_of(stub.url)))
    assert row["error_code"] == "certificate_wrong_name"
    assert "localhost" in str(row["error"])


def test_a_host_that_leaves_out_who_issued_its_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not reached where nobody can find the issuer; reached where a browser fetches it."""
    root = Authority(tmp_path / "root", "Rot")
    monkeypatch.setenv("SSL_CERT_FILE", str(root.file))
    middle = root.intermediate("Mellan")
    with stub_collector(certificate=middle.certificate()) as stub:
        (row,) = tried(Host("localhost", port_of(stub.url)))
    assert (row["error_code"], "tls_ms" in row) == ("certificate_chain_incomplete", False)
    with web_server(answer(200, middle.der)) as issuer:
        leaf = middle.certificate(issuer_at=f"http://127.0.0.1:{issuer}/mellan.cer")
        with stub_collector(certificate=leaf) as stub:
            (row,) = tried(Host("localhost", port_of(stub.url)))
    assert (row["issuer_organisation"], "error_code" in row) == ("Mellan", False)


def test_a_server_that_speaks_no_tls() -> None:
    """TCP is there, TLS is not."""
    with stub_collector() as stub:
        (row,) = tried(Host("localhost", port_of(stub.url)))
    assert row["error_code"] == "tls_failed"


def test_nobody_listens() -> None:
    """The name is known, the port is closed."""
    (row,) = tried(Host("localhost", free_port()))
    assert row["error_code"] == "connection_refused"
    assert "dns_ms" in row
    assert "tcp_ms" not in row


@pytest.mark.parametrize("name", ["no-such-host.invalid", "a..b", "x" * 70 + ".se"])
def test_a_name_that_is_not_known(name: str) -> None:
    """Nor one that can't be a name."""
    (row,) = tried(Host(name))
    assert row["error_code"] == "dns_failed"


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_host_that_says_nothing_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a deadline of its own."""
    monkeypatch.setattr(path, "STEP_TIMEOUT_S", 1.0)
    with silent_server() as port:
        rows = tried(Host("localhost", port), Host("localhost", free_port()))
    assert [row["error_code"] for row in rows] == ["no_answer", "connection_refused"]


class _HangingResolver(System):
    def resolve(self, host: str, port: int) -> list[Address]:
        if host == "hangs.example":
            self.sleep(3)
        return super().resolve("localhost", port)


def test_a_name_server_that_hangs() -> None:
    """The system call can't be given a timeout, so its thread is left behind."""
    rows = tried(Host("hangs.example"), Host("localhost", free_port()), deadline_s=1.5, system=_HangingResolver())
    assert [row["error_code"] for row in rows] == ["deadline_passed", "connection_refused"]


def test_the_second_address_is_tried_when_the_first_is_dead() -> None:
    """As a browser would."""

    class TwoAddresses(System):
        def resolve(self, host: str, port: int) -> list[Address]:
            return [Address(socket.AF_INET, ("127.0.0.1", free_port())), Address(socket.AF_INET, ("127.0.0.1", port))]

    with stub_collector() as stub:
        (row,) = tried(Host("localhost", port_of(stub.url)), system=TwoAddresses())
    assert "tcp_ms" in row


def test_through_the_machines_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As its browsers go, and the name is the proxy's to know; a proxy that is away is named as the cause."""
    files = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(files[0]))
    with stub_collector(certificate=files) as stub, proxy() as between:
        host = Host("localhost", port_of(stub.url))
        (row,) = tried(host, system=ProxiedSystem(between.url))
        assert between.asked == [f"CONNECT localhost:{host.port} HTTP/1.1"]
    assert ("error_code" in row, "dns_ms" in row, "tls_ms" in row) == (False, False, True)
    (row,) = tried(host, system=ProxiedSystem(f"http://127.0.0.1:{free_port()}"))
    assert row["error_code"] == "proxy_away"


class _ByScript(System):
    """A machine whose browsers are told to ask a script."""

    def platform_name(self) -> str:
        return "windows"

    def find_program(self, name: str) -> str | None:
        return name

    def output_of(self, command: Sequence[str], deadline_s: float) -> str:
        return "    AutoConfigURL    REG_SZ    http://wpad.skolan.example/proxy.pac\r\n"


def test_where_browsers_go_by_a_script_a_closed_way_is_not_known() -> None:
    """An open one is reached all the same."""
    with stub_collector() as stub:
        plain = Host("localhost", port_of(stub.url))
        reading = read(_ByScript(), Task(hosts=[plain, Host("localhost", free_port())]))
    assert reading.facts == {"hosts_count": 2, "hosts_reached_count": None, "hosts_reached_ratio": None}
    assert set(reading.missing.values()) == {"pac_not_evaluated"}
    assert {row["error_code"] for row in reading.rows} == {"pac_not_evaluated"}
    assert read(_ByScript(), Task(hosts=[])).missing == {"hosts_reached_ratio": "no_hosts"}


def test_no_hosts_is_no_ratio() -> None:
    """Nothing tried is not everything reached."""
    reading = summary([])
    assert reading.facts == {"hosts_count": 0, "hosts_reached_count": 0, "hosts_reached_ratio": None}
    assert reading.missing == {"hosts_reached_ratio": "no_hosts"}


def test_the_ratio_counts_hosts_without_error() -> None:
    """Two of three."""
    assert summary([{}, {"error_code": "dns_failed"}, {}]).facts["hosts_reached_ratio"] == 0.6667


def test_certificate_facts() -> None:
    """As `ssl` gives them; a certificate that says little gives None."""
    issuer = ((("countryName", "SE"),), (("organizationName", "Filter AB"),), (("commonName", "Filter CA"),))
    assert certificate_facts({"issuer": issuer, "notAfter": "Nov 21 12:00:00 2027 GMT"}) == {
        "issuer_organisation": "Filter AB",
        "issuer_common_name": "Filter CA",
        "certificate_expires_at": "2027-11-21T12:00:00+00:00",
    }
    assert set(certificate_facts({}).values()) == {None}

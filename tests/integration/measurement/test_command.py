"""`provklar measurement-point` as an operator meets it: TLS, IPv6, stopping, and plain words when it can not start."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.collectors import place_in
from tests.support.ingest_app import SECRET
from tests.support.measurement_points import Point, bearing, ticket
from tests.support.processes import BIN, free_port

Own = Callable[..., Point]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-out", certificate, "-keyout", key),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return certificate, key


def refused(*options: str | Path, language: str = "en") -> str:
    """What it says when it can not start."""
    command = [BIN / "provklar", "measurement-point", "--language", language, *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    return ended.stderr


@pytest.mark.needs("openssl")
def test_over_tls(own: Own, certificate: tuple[Path, Path]) -> None:
    """Both directions; whoever does not speak TLS gets nothing, and does not hold the others up."""
    file, key = certificate
    point = own(scheme="https", options=["--certificate", str(file), "--key", str(key)])
    trusting = ssl.create_default_context(cafile=str(file))
    with (
        point.connect(),
        point.connect() as plain,
        httpx.Client(base_url=f"{point.url}/measure/v1", headers=bearing(ticket()), verify=trusting) as client,
    ):
        plain.sendall(b"GET /measure/v1/ping HTTP/1.1\r\n\r\n")
        assert len(client.get("/down?bytes=3000001").content) == 3_000_001
        assert client.post("/up", content=b"x" * 3_000_001).json()["bytes"] == 3_000_001
        assert b"HTTP" not in plain.recv(1_000)


def test_over_ipv6(own: Own) -> None:
    """And over IPv4 to the same port, when it listens on all addresses."""
    with own(host="::1").client() as client:
        assert client.get("/down?bytes=5").content
    point = own(host="::")
    assert httpx.get(f"http://127.0.0.1:{point.port}/healthz", trust_env=False).status_code == 204


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_stopping(own: Own, stop: signal.Signals) -> None:
    """Lets what is under way end, takes nothing new, and says that it has stopped."""
    point = own()
    assert point.process is not None
    assert point.log is not None
    counted: list[int] = []

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * 1_000
            time.sleep(0.4)

    def upload() -> None:
        with point.client() as client:
            counted.append(client.post("/up", content=pieces()).json()["bytes"])

    uploading = threading.Thread(target=upload)
    uploading.start()
    time.sleep(0.5)
    point.process.send_signal(stop)
    assert point.process.wait(timeout=20) == 0
    uploading.join(timeout=20)
    assert counted == [3_000]
    assert "Mätpunkten har stoppats." in point.log.read_text()


def test_stopping_does_not_wait_for_ever(own: Own) -> None:
    """Neither for idle connections nor for endless uploads."""
    point = own()
    assert point.process is not None
    with point.connect(), point.connect() as uploading:
        head = f"POST /measure/v1/up HTTP/1.1\r\nauthorization: Bearer {ticket()}\r\ncontent-length: 9\r\n\r\n"
        uploading.sendall(head.encode())
        point.process.terminate()
        assert point.process.wait(timeout=20) == 0


def test_it_says_where_it_is(own: Own) -> None:
    """The address that belongs into the settings."""
    point = own()
    assert point.log is not None
    assert f"Mätpunkten svarar på {point.url}/measure/v1." in point.log.read_text()


def test_without_a_secret(tmp_path: Path) -> None:
    """It makes none of its own, which no collector would know."""
    missing = tmp_path / "none"
    assert refused("--secret-file", missing) == (
        f"The measurement point can not start. {missing} is missing. Copy the collector's measurement.secret to it.\n"
    )
    assert not missing.exists()
    assert refused("--secret-file", missing, language="sv").startswith("Mätpunkten kan inte starta. ")


def test_what_it_can_not_use(tmp_path: Path) -> None:
    """Each with what is wrong."""
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    known = ("--secret-file", secret)
    assert "Expected `int` >= 1 - at `$.connections`" in refused(*known, "--connections", "0")
    assert "Expected `int` <= 65535 - at `$.port`" in refused(*known, "--port", "70000")
    assert "No such file" in refused(*known, "--certificate", tmp_path / "none.pem")
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    assert f"The certificate {broken} can not be used" in refused(*known, "--certificate", broken)
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert f"Port {port} is taken" in refused(*known, "--port", str(port))


def test_a_collector_with_a_broken_secret_says_so(tmp_path: Path) -> None:
    """And does not start, rather than sign tickets that anybody could make."""
    place = place_in(tmp_path)
    secret = place.data / "measurement.secret"
    secret.write_text("short")
    ended = place.run("provklar", "serve", "--config", str(place.config))
    assert ended.returncode == 2
    assert f"{secret} holds 5 characters; a secret has at least 32" in ended.stderr
    assert "Traceback" not in ended.stderr

"""`network.yaml` as it is read, and the secrets that it names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collector.cli import main
from collector.configuration.load import load_configuration
from collector.configuration.network import AccessPointPlace, NetworkPort
from collector.gear.credentials import credentials, secret_errors
from collector.snmp.secrets import SecretError
from collector.snmp.session import Community, User
from tests.unit.collector.configuration.folders import NOW, good_folder

SWITCH = """  - id: sw
    address: 192.0.2.3
    role: switch
    school: 99000001
    community_file: secrets/community
    ports: [{port: Gi0/7, room: A1}]
"""
PLACES = """access_points:
  - {name: ap-1, school: 99000001, room: A1}
  - {mac: "a0:b1:c2:d3:e4:f5", school: 99000001}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The good configuration with usable secrets."""
    folder = good_folder(tmp_path)
    (folder / "secrets").mkdir()
    for name, secret in (("auth", "long-enough-1"), ("priv", "long-enough-2"), ("community", "hemlig")):
        write(folder / "secrets" / name, secret + "\n")
    return folder


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """A file that only its owner reads."""
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_places_of_access_points_and_ports(folder: Path) -> None:
    """By name or by mac, with a room or only a school; a switch may be there for its ports alone."""
    written = (folder / "network.yaml").read_text(encoding="utf-8")
    write(folder / "network.yaml", written + SWITCH + PLACES)
    configuration = load_configuration(folder, NOW, environ={})
    assert configuration.access_points == [
        AccessPointPlace("99000001", "A1", name="ap-1"),
        AccessPointPlace("99000001", mac="a0:b1:c2:d3:e4:f5"),
    ]
    assert configuration.network[-1].ports == [NetworkPort("Gi0/7", "A1")]
    assert configuration.network[-1].uplink is None


def test_what_opens_each_device(folder: Path) -> None:
    """The first lines of the files."""
    router, controller = load_configuration(folder, NOW, environ={}).network
    assert credentials(folder, router) == User("provklar", "long-enough-1", "long-enough-2")
    assert credentials(folder, controller) == Community("hemlig")
    (folder / "secrets/community").unlink()
    with pytest.raises(SecretError, match="missing"):
        credentials(folder, controller)


def test_usable_secrets_are_no_fault(folder: Path) -> None:
    assert secret_errors(folder) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("auth", None, 6, "Filen ”secrets/auth” med hemligheten finns inte."),
        ("auth", "short", 6, "Lösenordet i ”secrets/auth” är för kort"),
        ("priv", "\nsecond line", 6, "Filen ”secrets/priv” är tom på första raden."),
        ("community", "", 11, "Filen ”secrets/community” är tom på första raden."),
    ],
)
def test_each_fault_with_its_line(folder: Path, name: str, text: str | None, line: int, said: str) -> None:
    """File, line, what is wrong and what to do; the secret itself never."""
    path = folder / "secrets" / name
    if text is None:
        path.unlink()
    else:
        write(path, text)
    [error] = secret_errors(folder)
    assert (error.file.name, error.line) == ("network.yaml", line)
    assert error.render("sv").startswith(f"{error.file}:{line}: {said}")
    assert error.render("en") != error.render("sv")


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / "secrets/community").write_bytes(b"\xff\xfe")
    [error] = secret_errors(folder)
    assert error.message.code == "gear_secret_unreadable"


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_check_config_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the line; 0 once it is mended."""
    (folder / "secrets/community").chmod(0o604)
    assert main(["check-config", str(folder)]) == 2
    assert "network.yaml:11: Filen ”secrets/community” kan läsas" in capsys.readouterr().err
    (folder / "secrets/community").chmod(0o600)
    assert main(["check-config", str(folder)]) == 0

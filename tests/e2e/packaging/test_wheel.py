"""The package as it is installed: an agent without the collector's dependencies, and a collector from its wheel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import free_port, running, wait_until_answers

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(300)


class Installed:
    """A virtual environment of its own with the wheel and one set of pinned requirements."""

    def __init__(self, folder: Path, wheel: Path, requirements: str) -> None:
        self.bin = folder / "bin"
        run(sys.executable, "-m", "venv", "--without-pip", str(folder))
        pins = ROOT / "requirements" / requirements
        # By our own pip, and nothing is compiled before it is used: both would take longer than all the rest.
        install = [sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install", "-q", "--no-compile"]
        run(*install, "--require-hashes", "-r", str(pins))
        run(*install, "--no-deps", str(wheel))

    def python(self, code: str, folder: Path) -> str:
        return run(str(self.bin / "python"), "-c", code, cwd=folder)


def run(*command: str, cwd: Path | None = None) -> str:
    """The output of a command that must succeed."""
    environ = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environ.pop("PYTHONPATH", None)
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    [built] = folder.glob("*.whl")
    return built


def test_an_agent_installs_without_the_collectors_dependencies(wheel: Path, tmp_path: Path) -> None:
    agent = Installed(tmp_path / "venv", wheel, "agent.txt")
    foreign = ("sqlalchemy", "starlette", "uvicorn", "jinja2", "babel", "prometheus_client", "scapy", "httpx")
    missing = agent.python(f"import importlib.util as u; print([n for n in {foreign!r} if u.find_spec(n)])", tmp_path)
    assert missing.strip() == "[]"
    place = ("--collector", "http://127.0.0.1:1", "--school", "99000001", "--data", str(tmp_path / "data"))
    for probe in ("device", "browsers", "wifi"):
        told = run(str(agent.bin / "provklar-agent"), "probe", probe, *place, cwd=tmp_path)
        assert f'"{probe}"' in told


def test_a_collector_runs_from_its_wheel(wheel: Path, tmp_path: Path) -> None:
    collector = Installed(tmp_path / "venv", wheel, "run.txt")
    provklar = str(collector.bin / "provklar")
    run(provklar, "init", str(tmp_path / "authority"), cwd=tmp_path)
    config = tmp_path / "authority" / "config"
    assert (tmp_path / "authority" / "dashboards" / "compose.yaml").exists()
    assert "3 skolor" in run(provklar, "check-config", str(config), cwd=tmp_path)
    port, log = free_port(), tmp_path / "log"
    environ = os.environ | {"PROVKLAR_PORT": str(port), "PROVKLAR_DATA": str(tmp_path / "data")}
    with running([provklar, "serve", "--config", str(config)], log=log, env=environ, cwd=tmp_path):
        wait_until_answers(f"http://127.0.0.1:{port}/healthz", log=log)
        wait_until_answers(f"http://127.0.0.1:{port}/runbooks/ProvklarNotReady", log=log)


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("provklar")), "init", str(tmp_path)]
    run(*command)
    (tmp_path / "config" / "schools.yaml").write_text("mine")
    again = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert again.returncode == 2
    assert str(tmp_path / "config") in again.stderr
    assert (tmp_path / "config" / "schools.yaml").read_text() == "mine"

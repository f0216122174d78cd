"""Configurations with network gear, for tests that need some."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from collector.configuration.load import load_configuration
from collector.configuration.model import Configuration
from tests.unit.collector.configuration.folders import good_folder

CONFIGURED_AT = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SCHOOL = "99000001"


def gear_folder(parent: Path, network: str, **secrets: str) -> Path:
    """A configuration folder with this `network.yaml` and these files in `secrets/`."""
    folder = good_folder(parent)
    (folder / "network.yaml").write_text(network, encoding="utf-8")
    (folder / "secrets").mkdir()
    for name, secret in secrets.items():
        path = folder / "secrets" / name
        path.write_text(secret + "\n", encoding="utf-8")
        path.chmod(0o600)
    return folder


def configured(folder: Path) -> Configuration:
    """The folder as it is loaded."""
    return load_configuration(folder, CONFIGURED_AT, environ={})

"""Configuration folders for tests: the good one, copied to where a test may break it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from collector.configuration.load import load_configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language

CASES = Path(__file__).parents[3] / "config"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PARTS = {
    "calendar": "calendar.yaml",
    "collector": "collector.yaml",
    "ladder": "ladder.yaml",
    "lifetimes": "lifetimes/windows.yaml",
    "machines": "devices.csv",
    "network": "network.yaml",
    "profiles": "profiles/plain.yaml",
    "releases": "releases.yaml",
    "schools": "schools.yaml",
}


def good_folder(parent: Path) -> Path:
    """A copy of the faultless configuration."""
    return Path(shutil.copytree(CASES / "good", parent / "config"))


def errors_in(folder: Path, *, environ: dict[str, str] | None = None) -> ConfigurationErrors | None:
    """What loading the folder complains about, if anything."""
    try:
        load_configuration(folder, NOW, environ=environ or {})
    except ConfigurationErrors as errors:
        return errors
    return None


def said(folder: Path, language: Language = "en", *, environ: dict[str, str] | None = None) -> list[str]:
    """The messages, one each, with paths relative to the folder."""
    errors = errors_in(folder, environ=environ)
    return [] if errors is None else errors.render(language).replace(f"{folder}/", "").splitlines()

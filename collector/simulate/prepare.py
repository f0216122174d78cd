"""Writes the simulated municipality into a configuration folder, beside what the operator wrote there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from collector.readiness.domain.model import School, Sitting
from collector.simulate.model import Fleet

FILE_NAME = "simulated.yaml"
_HEADER = "# Written by `provklar simulate`: an invented municipality. Delete this file to be rid of it.\n"


def prepare(folder: Path, fleet: Fleet) -> list[Path]:
    """Writes the schools and sittings of `fleet` below `folder`; gives the files written.

    Files of an earlier simulation are replaced. An `OSError` says which file could not be written.
    """
    schools = [_plain(school.school) for school in fleet.schools]
    sittings = [_plain(sitting) for school in fleet.schools for sitting in school.sittings]
    return [
        _write(folder / "schools.d" / FILE_NAME, {"schools": schools}),
        _write(folder / "calendar.d" / FILE_NAME, {"sittings": sittings}),
    ]


def _plain(value: School | Sitting) -> dict[str, Any]:
    """As YAML knows it: without what is not set."""
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return {name: part for name, part in plain.items() if part is not None}


def _write(path: Path, document: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_HEADER + yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path

"""A replay file, and the configuration that it is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from collector.configuration.load import load_configuration
from collector.configuration.model import Configuration
from collector.replay.lines import LineRefusedError, decoded_line


class _Whatever:
    """Every name there is."""

    def __contains__(self, _name: object) -> bool:
        return True


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file, one at a time. Raises OSError."""
    with path.open("rb") as file:
        yield from file


def begins_at(path: Path) -> datetime | None:
    """When the first line that can be read was received. Raises OSError."""
    for raw in lines_of(path):
        try:
            return decoded_line(raw).received_at
        except LineRefusedError:
            continue
    return None


def configuration_for(folder: Path, path: Path, now: datetime, environ: Mapping[str, str]) -> Configuration:
    """The configuration in `folder` as a replay of the file needs it: sittings that are over are in order, and so are
    those of invented days yet to come. Raises ConfigurationErrors, or OSError where the file can not be read.
    """
    began_at = begins_at(path) or now
    return load_configuration(folder, max(began_at, now), already_seen=_Whatever(), environ=environ)

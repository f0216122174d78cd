"""Which files a configuration folder consists of, and whether any of them has changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

Fingerprint = tuple[tuple[str, int, int], ...]
"""Name, time of change in nanoseconds and size in bytes of every file that is read."""


@dataclass(frozen=True)
class ConfigurationFiles:
    """The files of one folder. `misnamed` end in `.yml` and would be passed over without a word. The ladder's,
    the network's, those of lifetimes and the list of machines may be missing.
    """

    settings: Path
    releases: Path
    lifetimes: list[Path]
    schools: list[Path]
    calendar: list[Path]
    profiles: list[Path]
    ladder: list[Path]
    network: list[Path]
    machines: list[Path]
    misnamed: list[Path]


def files_in(folder: Path) -> ConfigurationFiles:
    """The layout: `schools.yaml` and whatever is in `schools.d/`, and the same for the calendar."""
    folders = [folder, folder / "schools.d", folder / "calendar.d", folder / "profiles", folder / "lifetimes"]
    return ConfigurationFiles(
        settings=folder / "collector.yaml",
        releases=folder / "releases.yaml",
        lifetimes=sorted((folder / "lifetimes").glob("*.yaml")),
        schools=[folder / "schools.yaml", *sorted((folder / "schools.d").glob("*.yaml"))],
        calendar=[folder / "calendar.yaml", *sorted((folder / "calendar.d").glob("*.yaml"))],
        profiles=sorted((folder / "profiles").glob("*.yaml")),
        ladder=sorted(folder.glob("ladder.yaml")),
        network=sorted(folder.glob("network.yaml")),
        machines=sorted(folder.glob("devices.csv")),
        misnamed=[path for part in folders for path in sorted(part.glob("*.yml"))],
    )


def fingerprint(folder: Path) -> Fingerprint:
    """Changes whenever a file is added, removed or rewritten. Reads no file, so it can be asked every few seconds."""
    files = files_in(folder)
    paths = [files.settings, files.releases, *files.schools, *files.calendar, *files.profiles, *files.ladder]
    paths += [*files.lifetimes, *files.network, *files.machines, *files.misnamed]
    return tuple(entry for path in paths if (entry := _entry(path, folder)) is not None)


def _entry(path: Path, folder: Path) -> tuple[str, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return str(path.relative_to(folder)), status.st_mtime_ns, status.st_size

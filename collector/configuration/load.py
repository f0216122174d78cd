"""Reads all of a configuration folder and checks it as a whole. Either everything is right, or nothing is taken over.

Every file is read even if another one is wrong, and rules that need a broken file are left out, so that one run names
all that can be known to be wrong and blames nothing on the wrong file.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from agent.protocol.wire import Rung
from collector.configuration.environment import environment_errors, overridden
from collector.configuration.files import ConfigurationFiles, files_in
from collector.configuration.model import Configuration, Settings
from collector.configuration.network import NetworkFile
from collector.configuration.problems import ConfigurationError, ConfigurationErrors, ConfigurationProblem, problem
from collector.configuration.profile_folder import profile_errors
from collector.configuration.profiles import ReadProfile, read_profiles
from collector.configuration.rules.calendar import CalendarContext, break_problems, overlaps, sitting_problems
from collector.configuration.rules.ladder import rung_problems
from collector.configuration.rules.lifetimes import lifetime_problems
from collector.configuration.rules.lines import line_problems
from collector.configuration.rules.machines import groups_of, machine_problems, rule_problems
from collector.configuration.rules.network import access_point_problems, network_problems, second_uplinks
from collector.configuration.rules.releases import releases_problems
from collector.configuration.rules.schools import school_problems
from collector.configuration.rules.settings import settings_problems
from collector.configuration.rules.unique import duplicates
from collector.configuration.structure import Document, read
from collector.facts.catalogue import PROBES
from collector.readiness.domain.breaks import Break
from collector.readiness.domain.inventory import name_of
from collector.readiness.domain.model import ListedMachine, Profile, Releases, School, SharedLine, Sitting
from collector.readiness.domain.releases import LifetimeList, ReleaseList
from collector.readiness.domain.sittings import starts_at

Read = TypeVar("Read")


class SchoolsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`schools.yaml` and every file in `schools.d/`: schools, and the lines that several of them share."""

    schools: list[School]
    lines: list[SharedLine] = []


class CalendarFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`calendar.yaml` and every file in `calendar.d/`: sittings, and the breaks of the schools."""

    sittings: list[Sitting] = []
    breaks: list[Break] = []


class LadderFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`ladder.yaml`: the rungs that every device climbs."""

    rungs: list[Rung]


@dataclass
class _Folder:
    """The documents of a folder and what was found wrong so far. None stands for files that could not all be read."""

    files: ConfigurationFiles
    errors: list[ConfigurationError] = field(default_factory=list)
    settings: Document[Settings] | None = None
    releases: Document[ReleaseList] | None = None
    lifetimes: list[Document[LifetimeList]] | None = None
    schools: list[Document[SchoolsFile]] | None = None
    calendar: list[Document[CalendarFile]] | None = None
    profiles: list[ReadProfile] | None = None
    ladder: list[Document[LadderFile]] | None = None
    network: list[Document[NetworkFile]] | None = None
    machines: list[Document[list[ListedMachine]]] | None = None


def load_configuration(
    folder: Path, now: datetime, *, already_seen: Container[str] = (), environ: Mapping[str, str]
) -> Configuration:
    """The configuration in `folder` as of `now`. `already_seen` are the sittings that were judged while they were
    still to come and may therefore lie in the past. Raises ConfigurationErrors with all that is wrong.
    """
    found = _read_folder(files_in(folder))
    found.errors += environment_errors(environ)
    found.errors += _rule_errors(found, now, already_seen)
    if found.errors:
        raise ConfigurationErrors(found.errors)
    return _configuration(folder, now, found, environ)


def _read_folder(files: ConfigurationFiles) -> _Folder:
    found = _Folder(files)
    for path in files.misnamed:
        found.errors.append(ConfigurationError.of(path, None, problem((), "config_yml", name=f"{path.stem}.yaml")))
    found.settings = _only(_read_all([files.settings], Settings, found.errors))
    found.releases = _only(_read_all([files.releases], ReleaseList, found.errors))
    found.lifetimes = _read_all(files.lifetimes, LifetimeList, found.errors)
    found.schools = _read_all(files.schools, SchoolsFile, found.errors)
    found.calendar = _read_all(files.calendar, CalendarFile, found.errors)
    found.profiles = read_profiles(files.profiles, found.errors)
    found.ladder = _read_all(files.ladder, LadderFile, found.errors)
    found.network = _read_all(files.network, NetworkFile, found.errors)
    found.machines = _read_all(files.machines, list[ListedMachine], found.errors)
    if not files.profiles:
        missing = files.settings.parent / "profiles"
        found.errors.append(ConfigurationError.of(missing, None, problem((), "config_no_profiles")))
    return found


def _read_all(paths: Sequence[Path], kind: type[Read], errors: list[ConfigurationError]) -> list[Document[Read]] | None:
    """Every file of a kind, or None if any of them is broken; what is wrong goes to `errors`."""
    documents: list[Document[Read]] = []
    for path in paths:
        try:
            documents.append(read(path, kind))
        except ConfigurationErrors as broken:
            errors += broken.errors
    return documents if len(documents) == len(paths) else None


def _judging(read_: Iterable[ReadProfile]) -> dict[str, Profile]:
    """The profiles that somebody can be judged by."""
    return {one.profile.id: one.profile for one in read_ if not one.profile.base}


def _only(documents: list[Document[Read]] | None) -> Document[Read] | None:
    return documents[0] if documents else None


def _rule_errors(found: _Folder, now: datetime, already_seen: Container[str]) -> Iterator[ConfigurationError]:
    profiles = None if found.profiles is None else set(_judging(found.profiles))
    if found.settings is not None:
        yield from _said(found.settings, settings_problems(found.settings.value, PROBES))
        default = found.settings.value.profile
        if profiles is not None and default not in profiles:
            known = ", ".join(sorted(profiles))
            yield found.settings.error(problem(("profile",), "config_unknown_default_profile", id=default, known=known))
    if found.releases is not None:
        yield from _said(found.releases, releases_problems(found.releases.value, now))
    for document in found.lifetimes or []:
        yield from _said(document, lifetime_problems(document.value, now))
    yield from _school_errors(found.schools or [])
    products = None if found.releases is None else found.releases.value.products
    yield from profile_errors(found.profiles or [], products)
    yield from _ladder_errors(found.ladder or [])
    schools = None if found.schools is None else _schools(found.schools)
    yield from _network_errors(found.network or [], schools)
    yield from _machine_errors(found.machines or [], schools)
    groups = None if schools is None or found.machines is None else _groups(schools, _listed(found.machines))
    yield from _calendar_errors(found.calendar or [], CalendarContext(schools, profiles, now, already_seen, groups))


def _said(document: Document[Read], problems: Iterable[ConfigurationProblem]) -> Iterator[ConfigurationError]:
    return (document.error(one) for one in problems)


def _school_errors(documents: Sequence[Document[SchoolsFile]]) -> Iterator[ConfigurationError]:
    for document in documents:
        for index, school in enumerate(document.value.schools):
            yield from _said(document, school_problems(index, school))
            yield from _said(document, rule_problems(index, school))
    yield from duplicates(
        (
            (document, ("schools", index, "code"), school.code)
            for document in documents
            for index, school in enumerate(document.value.schools)
        ),
        "school",
    )
    yield from _line_errors(documents)


def _line_errors(documents: Sequence[Document[SchoolsFile]]) -> Iterator[ConfigurationError]:
    lines = [
        (document, ("lines", index), line) for document in documents for index, line in enumerate(document.value.lines)
    ]
    schools = _schools(documents)
    for document, place, line in lines:
        yield from _said(document, line_problems(place, line, schools))
    yield from duplicates(((document, (*place, "id"), line.id) for document, place, line in lines), "line")
    members = [
        (document, (*place, "schools", position), code)
        for document, place, line in lines
        for position, code in enumerate(line.schools)
    ]
    yield from duplicates(members, "line_member")


def _ladder_errors(documents: Sequence[Document[LadderFile]]) -> Iterator[ConfigurationError]:
    for document in documents:
        for index, rung in enumerate(document.value.rungs):
            yield from _said(document, rung_problems(index, rung))
    yield from duplicates(
        (
            (document, ("rungs", index, "id"), rung.id)
            for document in documents
            for index, rung in enumerate(document.value.rungs)
        ),
        "rung",
    )


def _network_errors(
    documents: Sequence[Document[NetworkFile]], schools: Mapping[str, School] | None
) -> Iterator[ConfigurationError]:
    for document in documents:
        devices, points = document.value.devices, document.value.access_points
        for index, device in enumerate(devices):
            yield from _said(document, network_problems(index, device, schools))
        for index, point in enumerate(points):
            yield from _said(document, access_point_problems(index, point, schools))
        yield from _said(document, second_uplinks(devices))
        names = [(document, ("devices", index, "id"), device.id) for index, device in enumerate(devices)]
        yield from duplicates(names, "network_device")
        written = [(document, ("access_points", index), one.name or one.mac or "") for index, one in enumerate(points)]
        yield from duplicates(written, "access_point")


def _machine_errors(
    documents: Sequence[Document[list[ListedMachine]]], schools: Mapping[str, School] | None
) -> Iterator[ConfigurationError]:
    for document in documents:
        for index, machine in enumerate(document.value):
            yield from _said(document, machine_problems(index, machine, schools))
        names = [
            (document, (index, "device"), f"{one.school} {one.device}") for index, one in enumerate(document.value)
        ]
        yield from duplicates(((each, place, name_of(name)) for each, place, name in names), "machine")


def _listed(documents: Sequence[Document[list[ListedMachine]]]) -> list[ListedMachine]:
    return [one for document in documents for one in document.value]


def _groups(schools: Mapping[str, School], listed: Sequence[ListedMachine]) -> dict[str, set[str]]:
    return {code: groups_of(school, listed) for code, school in schools.items()}


def _by_school(listed: Iterable[ListedMachine]) -> dict[str, dict[str, ListedMachine]]:
    found: dict[str, dict[str, ListedMachine]] = {}
    for one in listed:
        found.setdefault(one.school, {})[name_of(one.device)] = one
    return found


def _calendar_errors(
    documents: Sequence[Document[CalendarFile]], around: CalendarContext
) -> Iterator[ConfigurationError]:
    entries = [
        (document, ("sittings", index), sitting)
        for document in documents
        for index, sitting in enumerate(document.value.sittings)
    ]
    for document, place, sitting in entries:
        yield from _said(document, sitting_problems(place, sitting, around))
    for document in documents:
        for index, one in enumerate(document.value.breaks):
            yield from _said(document, break_problems(index, one, around.schools))
    yield from duplicates(((document, (*place, "id"), sitting.id) for document, place, sitting in entries), "sitting")
    for position, found in overlaps([sitting for _, _, sitting in entries]):
        document, place, _ = entries[position]
        yield document.error(ConfigurationProblem((*place, *found.place), found.code, found.values))


def _schools(documents: Sequence[Document[SchoolsFile]]) -> dict[str, School]:
    return {school.code: school for document in documents for school in document.value.schools}


def _configuration(folder: Path, now: datetime, found: _Folder, environ: Mapping[str, str]) -> Configuration:
    several = (found.schools, found.calendar, found.profiles, found.ladder, found.lifetimes)
    if found.settings is None or found.releases is None or None in several:
        raise AssertionError("a file could not be read, and no error says so")
    sittings = [sitting for document in found.calendar or [] for sitting in document.value.sittings]
    breaks = [one for document in found.calendar or [] for one in document.value.breaks]
    return Configuration(
        folder=folder,
        loaded_at=now,
        settings=overridden(found.settings.value, environ),
        schools=_schools(found.schools or []),
        lines=[line for document in found.schools or [] for line in document.value.lines],
        sittings=sorted(sittings, key=lambda sitting: (starts_at(sitting, now, breaks), sitting.id)),
        profiles=_judging(found.profiles or []),
        releases=Releases.of(
            found.releases.value, {document.file.stem: document.value for document in found.lifetimes or []}
        ),
        ladder=[rung for document in found.ladder or [] for rung in document.value.rungs],
        network=[device for document in found.network or [] for device in document.value.devices],
        access_points=[point for document in found.network or [] for point in document.value.access_points],
        breaks=breaks,
        machines={**_by_school(_listed(found.machines or []))},
    )

"""The profiles of a folder by themselves: read, and each requirement held against the facts that there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from agent.protocol.facts import FactSpec
from collector.configuration.files import files_in
from collector.configuration.problems import ConfigurationError, ConfigurationErrors, problem
from collector.configuration.profiles import ReadProfile, read_profiles
from collector.configuration.rules.profiles import profile_problems
from collector.configuration.rules.requirements import requirement_problems
from collector.configuration.rules.unique import duplicates
from collector.configuration.structure import read
from collector.facts.catalogue import FACTS
from collector.readiness.derived import DERIVED_FACTS
from collector.readiness.domain.fact_values import DATE_UNIT
from collector.readiness.domain.releases import ReleaseList
from collector.readiness.evidence.known import KNOWN_FACTS
from collector.readiness.rooms import ROOM_FACT_UNITS

OF_DEVICES: Mapping[str, FactSpec] = {**FACTS, **KNOWN_FACTS}
"""What probes tell of a device, and what the collector itself knows of it."""
DERIVED: Mapping[str, FactSpec] = {
    name: FactSpec(
        name=name.partition(".")[2],
        type="str" if unit == DATE_UNIT else "float",
        unit=unit,
        help="worked out for a whole school",
    )
    for name, unit in DERIVED_FACTS.items()
}
OF_ROOMS: Mapping[str, FactSpec] = {
    name: FactSpec(name=name.partition(".")[2], type="float", unit=unit, help="worked out for a room")
    for name, unit in ROOM_FACT_UNITS.items()
}


def profiles_in(folder: Path) -> list[ReadProfile]:
    """Every profile in `folder`'s profiles, whatever is wrong with the rest of the configuration. Raises
    ConfigurationErrors with all that is wrong with the profiles.
    """
    files = files_in(folder)
    errors: list[ConfigurationError] = []
    if not files.profiles:
        errors.append(ConfigurationError.of(folder / "profiles", None, problem((), "config_no_profiles")))
    profiles = read_profiles(files.profiles, errors)
    errors += profile_errors(profiles or [], _products(files.releases))
    if errors:
        raise ConfigurationErrors(errors)
    return profiles or []


def _products(path: Path) -> Collection[str] | None:
    """The browsers with known releases; None where that list cannot be read, which is no fault of a profile."""
    try:
        return read(path, ReleaseList).value.products
    except ConfigurationErrors:
        return None


def profile_errors(profiles: Sequence[ReadProfile], products: Collection[str] | None) -> Iterator[ConfigurationError]:
    """All that is wrong with profiles that could be read; `products` are browsers with known releases."""
    for one in profiles:
        yield from map(one.error, profile_problems(one.document.file.stem, one.profile))
        for index, requirement in enumerate(one.profile.requirements):
            if one.has_own(requirement):
                place = ("requirements", index)
                problems = requirement_problems(place, requirement, OF_DEVICES, DERIVED, products, rooms=OF_ROOMS)
                yield from map(one.error, problems)
        written = one.document.value.requirements
        ids = ((one.document, ("requirements", index, "id"), each.id) for index, each in enumerate(written))
        yield from duplicates(ids, "requirement")
    yield from duplicates(((one.document, ("id",), one.profile.id) for one in profiles), "profile")

"""Profiles as they are read: each whole, or as what it changes of another (`extends`).

A profile that extends another names only what it changes: figures as a whole, of a requirement the keys that differ,
new requirements in full, and under `without` those that it does not have. What stands in the other file is checked
there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import msgspec
from msgspec import UNSET, UnsetType
from yaml.nodes import MappingNode, ScalarNode

from agent.protocol.wire import Identifier
from collector.configuration.document import UnreadableFileError, compose
from collector.configuration.problems import ConfigurationError, ConfigurationErrors, ConfigurationProblem, problem
from collector.configuration.structure import Document, read
from collector.readiness.domain.model import AirRule, Bilingual, CapacityRule, EvidenceRule, Profile, Requirement


def _changes_of(struct: type[msgspec.Struct], kept: Sequence[str] = ()) -> type[msgspec.Struct]:
    """The struct with every key left out at will, but for those that say what is meant."""
    fields: list[Any] = []
    for one in msgspec.structs.fields(struct):
        if one.name in kept:
            fields.append((one.name, one.type))
        else:
            fields.append((one.name, Union[one.type, UnsetType], UNSET))  # noqa: UP007  - of types that are values here
    return msgspec.defstruct(f"{struct.__name__}Change", fields, frozen=True, forbid_unknown_fields=True)


if TYPE_CHECKING:

    class CapacityChange(msgspec.Struct):
        """Some of the figures of a `CapacityRule`."""

    class EvidenceChange(msgspec.Struct):
        """Some of the figures of an `EvidenceRule`."""

    class AirChange(msgspec.Struct):
        """Some of the figures of an `AirRule`."""

    class RequirementChange(msgspec.Struct):
        """Some of the keys of a `Requirement`, by its id."""

        id: Identifier

else:
    CapacityChange = _changes_of(CapacityRule)
    EvidenceChange = _changes_of(EvidenceRule)
    AirChange = _changes_of(AirRule)
    RequirementChange = _changes_of(Requirement, kept=("id",))


class ProfileChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that says what it changes of the profile `extends`."""

    id: Identifier
    title: Bilingual
    valid_from: date
    source: str
    extends: Identifier
    capacity: CapacityChange | None = None
    evidence: EvidenceChange | None = None
    air: AirChange | None = None
    requirements: list[RequirementChange] = []
    without: list[Identifier] = []
    base: bool = False


@dataclass(frozen=True)
class ReadProfile:
    """A profile, and the file that it was read from. `own` says where in that file each requirement stands that the
    file has something to say about; None where the file is the whole profile.
    """

    document: Document[Any]
    profile: Profile
    own: Mapping[str, int] | None = None

    def error(self, found: ConfigurationProblem) -> ConfigurationError:
        """A problem of the profile, with the line in its file; what stands in the other file is told at `extends`."""
        if self.own is None or found.place[:1] != ("requirements",) or len(found.place) < 2:
            return self.document.error(found)
        position = self.own.get(self.profile.requirements[int(found.place[1])].id)
        place = ("extends",) if position is None else ("requirements", position, *found.place[2:])
        return self.document.error(ConfigurationProblem(place, found.code, found.values))

    def has_own(self, requirement: Requirement) -> bool:
        """Whether the file has something to say about it."""
        return self.own is None or requirement.id in self.own


def read_profiles(paths: Sequence[Path], errors: list[ConfigurationError]) -> list[ReadProfile] | None:
    """Every profile, or None if any of them is broken; what is wrong goes to `errors`."""
    wholes: list[Document[Profile]] = []
    changes: list[Document[ProfileChange]] = []
    before = len(errors)
    for path in paths:
        try:
            if _extends(path):
                changes.append(read(path, ProfileChange))
            else:
                wholes.append(read(path, Profile))
        except ConfigurationErrors as broken:
            errors += broken.errors
    if len(errors) > before:
        return None
    found = _all_of(wholes, changes, errors)
    return found if len(errors) == before else None


def _extends(path: Path) -> bool:
    """Whether a file says that it changes another. One that cannot be read says so when it is read as a whole."""
    try:
        root = compose(path)
    except UnreadableFileError:
        return False
    keys = [key.value for key, _ in root.value if isinstance(key, ScalarNode)] if isinstance(root, MappingNode) else []
    return "extends" in keys


def _all_of(
    wholes: Sequence[Document[Profile]], changes: Sequence[Document[ProfileChange]], errors: list[ConfigurationError]
) -> list[ReadProfile]:
    """Each change laid over what it changes, as soon as that is whole; what is left leads nowhere or in circles."""
    found = [ReadProfile(document, document.value) for document in wholes]
    waiting = list(changes)
    while ready := [one for one in waiting if one.value.extends in {read_.profile.id for read_ in found}]:
        by_id = {one.profile.id: one.profile for one in found}
        for document in ready:
            waiting.remove(document)
            found.append(_changed(document, by_id[document.value.extends], errors))
    for document in waiting:
        known = ", ".join(sorted({one.profile.id for one in found}))
        values = {"id": document.value.extends, "known": known or "–"}
        errors.append(document.error(problem(("extends",), "config_extends_nothing", **values)))
    return found


def _changed(document: Document[ProfileChange], base: Profile, errors: list[ConfigurationError]) -> ReadProfile:
    change = document.value
    errors += (document.error(one) for one in _change_problems(change, base))
    by_id = {one.id: one for one in change.requirements}
    kept = [one for one in base.requirements if one.id not in change.without]
    new = [one for one in change.requirements if one.id not in {each.id for each in base.requirements}]
    profile = Profile(
        id=change.id,
        title=change.title,
        valid_from=change.valid_from,
        source=change.source,
        capacity=_replaced(base.capacity, change.capacity),
        evidence=_replaced(base.evidence, change.evidence),
        air=_replaced(base.air, change.air),
        requirements=[*(_replaced(one, by_id.get(one.id)) for one in kept), *_whole(new)],
        base=change.base,
    )
    return ReadProfile(document, profile, {one.id: place for place, one in enumerate(change.requirements)})


def _replaced(base: Any, change: msgspec.Struct | None) -> Any:  # noqa: ANN401  - a struct of whatever type, and the same
    return base if change is None else msgspec.structs.replace(base, **_given(change))


def _given(change: msgspec.Struct) -> dict[str, Any]:
    """What a change names."""
    return {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}


def _whole(new: Sequence[msgspec.Struct]) -> list[Requirement]:
    return [Requirement(**_given(one)) for one in new if not _lacking(one)]


def _lacking(new: msgspec.Struct) -> list[str]:
    """The keys that a requirement of one's own needs and does not have."""
    given = _given(new)
    return [one.name for one in msgspec.structs.fields(Requirement) if one.required and one.name not in given]


def _change_problems(change: ProfileChange, base: Profile) -> Iterator[ConfigurationProblem]:
    known = {one.id for one in base.requirements}
    for place, name in enumerate(change.without):
        if name not in known:
            yield problem(("without", place), "config_without_unknown", id=name, base=base.id)
    for place, one in enumerate(change.requirements):
        if one.id in known and one.id in change.without:
            yield problem(("requirements", place, "id"), "config_without_and_changed", id=one.id)
        elif one.id not in known:
            for key in _lacking(one):
                yield problem(("requirements", place), "config_missing_key", key=key, group="requirements")

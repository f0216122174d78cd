"""What two profiles ask differently: figures, requirements that only one has, and keys of those that both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from collector.readiness.domain.model import Bilingual, Figure, Profile, Requirement

IN_WORDS = ("title", "failing", "remedy", "source", "date")
"""Keys of a requirement that say something about it; all others decide what it comes to, whose it is, or who acts."""


class FigureChange(msgspec.Struct, frozen=True):
    """A figure that differs; None where that profile does not give it."""

    name: str
    before: Figure | None
    after: Figure | None


class KeyChange(msgspec.Struct, frozen=True):
    """A key of a requirement that differs, as the profile's file writes it."""

    key: str
    before: Any
    after: Any


class RequirementChange(msgspec.Struct, frozen=True):
    """A requirement that both have and that differs."""

    id: str
    title: Bilingual
    changes: list[KeyChange]

    @property
    def only_in_words(self) -> bool:
        """Whether both ask the same, of the same, and only say it differently or for another reason."""
        return all(one.key in IN_WORDS for one in self.changes)


class ProfileDiff(msgspec.Struct, frozen=True):
    """What changes from one profile to the other; `added` are requirements that only the second has, `removed` those
    that only the first has.
    """

    before: str
    after: str
    figures: list[FigureChange]
    added: list[Requirement]
    removed: list[Requirement]
    changed: list[RequirementChange]

    @property
    def is_empty(self) -> bool:
        """Whether both ask the same."""
        return not (self.figures or self.added or self.removed or self.changed)


def profile_diff(before: Profile, after: Profile) -> ProfileDiff:
    """What changes from `before` to `after`, in the order in which the profiles write it."""
    old, new = ({one.id: one for one in profile.requirements} for profile in (before, after))
    return ProfileDiff(
        before=before.id,
        after=after.id,
        figures=list(_figures(figures_of(before), figures_of(after))),
        added=[one for name, one in new.items() if name not in old],
        removed=[one for name, one in old.items() if name not in new],
        changed=[
            RequirementChange(name, one.title, changes)
            for name, one in new.items()
            if name in old and (changes := list(_keys(old[name], one)))
        ],
    )


def figures_of(profile: Profile) -> dict[str, Figure]:
    """Every figure by its name: those of capacity, of evidence, and of any other group that profiles have."""
    groups = (getattr(profile, one.name) for one in msgspec.structs.fields(profile))
    found = (msgspec.structs.asdict(group) for group in groups if isinstance(group, msgspec.Struct))
    return {name: value for group in found for name, value in group.items() if isinstance(value, Figure)}


def _figures(old: Mapping[str, Figure], new: Mapping[str, Figure]) -> Iterator[FigureChange]:
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            yield FigureChange(name, old.get(name), new.get(name))


def _keys(old: Requirement, new: Requirement) -> Iterator[KeyChange]:
    before, after = msgspec.to_builtins(old), msgspec.to_builtins(new)
    for key in after:
        if before[key] != after[key]:
            yield KeyChange(key, before[key], after[key])

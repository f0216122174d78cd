"""`provklar profiles`: whether the profiles can be used and whose rules they hold, and what two of them differ in."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from collector.commands.choice import UnusableInputError, known_profile, refused
from collector.commands.printing import say
from collector.configuration.problems import ConfigurationErrors
from collector.configuration.profile_folder import profiles_in
from collector.i18n.formatting import phrase, quantity
from collector.i18n.messages import Language, choose
from collector.readiness.domain.model import Figure, Profile, Requirement, Text, Trust
from collector.readiness.explanation.profile_diff import (
    IN_WORDS,
    FigureChange,
    KeyChange,
    ProfileDiff,
    figures_of,
    profile_diff,
)

WIDTH = 100
TWO = 2


class ProfileSummary(msgspec.Struct, frozen=True):
    """One profile as `check --json` tells it: how many numbers of it are of each trust, and whose they are."""

    id: str
    title: str
    valid_from: str
    requirements: int
    figures: int
    trust: dict[str, int]
    whose: list[str]


def run(arguments: Namespace) -> int:
    """0 when done; 2 with every reason where a profile cannot be used or there is none of that name."""
    language: Language = arguments.language
    try:
        profiles = {one.profile.id: one.profile for one in profiles_in(arguments.config) if not one.profile.base}
        lines = _checked(arguments, profiles) if arguments.action == "check" else _differing(arguments, profiles)
    except (ConfigurationErrors, UnusableInputError) as error:
        return refused(error, language)
    for line in lines:
        print(line)
    return 0


def _checked(arguments: Namespace, profiles: Mapping[str, Profile]) -> Iterable[str]:
    """Each profile that is asked for, or all."""
    wanted = [known_profile(profiles, one) for one in arguments.profiles] or list(profiles.values())
    summaries = [_summary(one, arguments.language) for one in sorted(wanted, key=lambda one: one.id)]
    if arguments.json:
        return [msgspec.json.format(msgspec.json.encode(summaries), indent=1).decode()]
    return [line for one in summaries for line in _summary_lines(one, arguments.language)]


def _summary(profile: Profile, language: Language) -> ProfileSummary:
    figures = list(figures_of(profile).values())
    numbers: list[Figure | Requirement] = [*figures, *profile.requirements]
    trust = Counter(one.trust for one in numbers)
    return ProfileSummary(
        id=profile.id,
        title=choose(profile.title, language),
        valid_from=profile.valid_from.isoformat(),
        requirements=len(profile.requirements),
        figures=len(figures),
        trust={one.value: trust[one] for one in Trust},
        whose=sorted({one.whose for one in numbers if one.whose}),
    )


def _summary_lines(one: ProfileSummary, language: Language) -> Iterator[str]:
    yield from _wrapped(f"{one.id}: {one.title}", "")
    counts = {"requirements": one.requirements, "figures": one.figures}
    yield from _wrapped(say("profiles_counts", language, **counts, valid_from=one.valid_from), "  ")
    yield from _wrapped(say("profiles_trust", language, **one.trust), "  ")
    if one.whose:
        yield from _wrapped(say("profiles_whose", language, whose=", ".join(one.whose)), "  ")


def _differing(arguments: Namespace, profiles: Mapping[str, Profile]) -> Iterable[str]:
    """What differs between the two that are named. Raises UnusableInputError for any other number of them."""
    if len(arguments.profiles) != TWO:
        raise UnusableInputError(Text("profiles_diff_two", {"known": ", ".join(sorted(profiles))}))
    before, after = (known_profile(profiles, one) for one in arguments.profiles)
    found = profile_diff(before, after)
    if arguments.json:
        return [msgspec.json.format(msgspec.json.encode(found), indent=1).decode()]
    return _diff_lines(found, arguments.language)


def _diff_lines(found: ProfileDiff, language: Language) -> Iterator[str]:
    yield f"{found.before} → {found.after}"
    if found.is_empty:
        yield say("profiles_diff_none", language)
    yield from _group("profiles_diff_figures", language, (_figure_line(one, language) for one in found.figures))
    yield from _group("profiles_diff_added", language, (_asked(one, language) for one in found.added))
    yield from _group("profiles_diff_removed", language, (_asked(one, language) for one in found.removed))
    asked = [one for one in found.changed if not one.only_in_words]
    if asked:
        yield from ("", say("profiles_diff_changed", language))
    for one in asked:
        yield from _wrapped(f"{one.id}: {choose(one.title, language)}", "  ")
        yield from _changes(one.changes, language)
    if words := [one.id for one in found.changed if one.only_in_words]:
        yield from ("", *_wrapped(say("profiles_diff_only_words", language, ids=", ".join(words)), ""))


def _group(code: str, language: Language, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if listed:
        yield from ("", say(code, language))
    for line in listed:
        yield from _wrapped(line, "  ")


def _figure_line(change: FigureChange, language: Language) -> str:
    before, after = (_figure(one, language) for one in (change.before, change.after))
    return f"{change.name}: {before} → {after}"


def _figure(figure: Figure | None, language: Language) -> str:
    if figure is None:
        return say("profiles_diff_absent", language)
    kind = "" if figure.kind is None else f" … {quantity(figure.kind, figure.unit, language)}"
    return f"{quantity(figure.value, figure.unit, language)}{kind} ({_trusted(figure, language)})"


def _trusted(one: Figure | Requirement, language: Language) -> str:
    """How far it can be trusted, and whose rule it is."""
    words = phrase(language, f"page_trust_{one.trust.value}")
    return words if one.whose is None else phrase(language, "page_trust_whose", whose=one.whose, trust=words)


def _asked(one: Requirement, language: Language) -> str:
    """A requirement in one line, as a file writes it."""
    fact = one.fact if isinstance(one.fact, str) else ", ".join(one.fact)
    asked = f"{fact} {one.operator} {_written(one.value)} {one.unit}".rstrip()
    return f"{one.id}: {choose(one.title, language)} [{asked}; {one.severity}; {_trusted(one, language)}]"


def _changes(changes: list[KeyChange], language: Language) -> Iterator[str]:
    for one in changes:
        if one.key not in IN_WORDS:
            yield from _wrapped(f"{one.key}: {_written(one.before)} → {_written(one.after)}", "      ")
    if words := [one.key for one in changes if one.key in IN_WORDS]:
        yield from _wrapped(say("profiles_diff_words", language, keys=", ".join(words)), "      ")


def _written(value: object) -> str:
    """A value nearly as YAML would have it."""
    if isinstance(value, list) and value:
        return ", ".join(map(str, value))
    return "–" if value is None or value == [] else msgspec.json.encode(value).decode().strip('"')


def _wrapped(line: str, indent: str) -> list[str]:
    deeper = f"{indent}    "
    return textwrap.wrap(line, WIDTH, initial_indent=indent, subsequent_indent=deeper, break_on_hyphens=False)

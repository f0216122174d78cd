"""What a command line chooses among: a sitting, a profile; and what it says where there is no such thing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime

from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.i18n.messages import Language, render
from collector.judgement.service import still_to_come
from collector.readiness.domain.model import Profile, Sitting, Text


class UnusableInputError(Exception):
    """What was asked for can not be done with what is there; `why` says so, and what there is."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.code)
        self.why = why


def _unknown(code: str, name: str, known: list[str]) -> UnusableInputError:
    return UnusableInputError(Text(code, {"name": name, "known": ", ".join(known[:20]) or "–"}))


def chosen_sittings(configuration: Configuration, wanted: str | None, now: datetime) -> list[Sitting]:
    """The one that is wanted, or all that are still to come where None is. Raises UnusableInputError, also for ""."""
    to_come = [sitting for sitting in configuration.sittings if still_to_come(sitting, now)]
    if wanted is None:
        return to_come
    if not wanted:
        raise _unknown("which_sitting", wanted, [sitting.id for sitting in to_come])
    found = [sitting for sitting in configuration.sittings if sitting.id == wanted]
    if not found:
        raise _unknown("unknown_sitting", wanted, [sitting.id for sitting in configuration.sittings])
    return found


def chosen_profile(configuration: Configuration, wanted: str | None) -> Profile | None:
    """The profile that is wanted; None where each sitting has its own. Raises UnusableInputError."""
    return None if wanted is None else known_profile(configuration.profiles, wanted)


def known_profile(profiles: Mapping[str, Profile], wanted: str) -> Profile:
    """The profile of that id. Raises UnusableInputError where there is none."""
    if wanted not in profiles:
        raise _unknown("unknown_profile", wanted, sorted(profiles))
    return profiles[wanted]


def refused(error: Exception, language: Language) -> int:
    """Says on the error output why nothing was done; gives the exit code for that."""
    if isinstance(error, UnusableInputError):
        print(render(error.why, language), file=sys.stderr)
    elif isinstance(error, ConfigurationErrors):
        print(error.render(language), file=sys.stderr)
    else:
        print(error, file=sys.stderr)
    return 2

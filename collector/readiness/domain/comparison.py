"""What an operator of requirements is: it compares one measured value with the wanted one. Pure.

The answer is True, False, or None where it cannot be told: a value of the wrong type, a version that is none, a
product without release data. None never passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from agent.protocol.wire import FactValue
from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.lifetimes import goes_on
from collector.readiness.domain.releases import Releases
from collector.readiness.domain.versions import Version, parse_version

RequiredValue = FactValue | list[str]
Kind = Literal["numbers", "values", "versions", "releases", "dates"]
KINDS: tuple[Kind, ...] = ("numbers", "values", "versions", "releases", "dates")
"""Of what an operator can be, in the order in which people are told of them. `values` are whole values of any type; one
of `releases` looks a version up in the list of releases, by how many newer ones there are or how old it is; one of
`dates` holds when something ends against the end of the sitting, by a number of days.
"""


@dataclass(frozen=True)
class Setting:
    """What an operator may need beside the two values: whose version it is, the known releases, the time, and when the
    sitting is over that it is asked for (None where it is asked for no sitting).
    """

    fact: str
    releases: Releases
    now: datetime
    ends_at: datetime | None = None

    @property
    def product(self) -> str:
        """The browser that the fact is a version of."""
        return self.fact.rpartition(".")[2].removesuffix("_version")

    @cached_property
    def list_age_days(self) -> int:
        """How old the list of the product's releases is."""
        return self.releases.age_days(self.product, self.now)

    @cached_property
    def known(self) -> list[tuple[Version, date]]:
        """The releases of the product behind the fact that were out by then; none if it is not in the list."""
        parsed = [(parse_version(release.version), release.released) for release in self.releases.known(self.product)]
        return [(version, day) for version, day in parsed if version is not None and day <= self.now.date()]

    def unless_supported(self, passes: bool | None, measured: FactValue) -> bool | None:
        """What the list of releases says of a version, unless its maker goes on supporting it for longer: then it is as
        good as the latest. Where it may be such a version, and may be an ordinary one that is behind, nobody knows.
        """
        version = parse_version(measured)
        if passes is not False or version is None:
            return passes
        listed = self.releases.lifetimes.get(f"{self.product}{EXTENDED}")
        if listed is None:
            return None if is_called_extended(measured) else passes
        supported = goes_on(listed, str(version.major), self.now.date())
        if supported is False:
            return passes
        return True if supported and says_extended(measured, version) else None

    def may_be_supported(self, measured: FactValue) -> bool:
        """Whether it may be a version with extended support, for all that is known."""
        return parse_version(measured) is not None and self.unless_supported(False, measured) is None


EXTENDED = "-esr"
"""What the list of a browser's versions with extended support is called beside the browser."""


def is_called_extended(measured: FactValue) -> bool:
    """Whether a version is called one with extended support."""
    return isinstance(measured, str) and "esr" in measured.lower()


def says_extended(measured: FactValue, version: Version) -> bool:
    """Whether a version says itself that it is one with extended support: by name, or by a second number that ordinary
    releases of Firefox never have (140.3 is one; 140.0 may be either).
    """
    return is_called_extended(measured) or (len(version.numbers) > 1 and version.numbers[1] > 0)


Comparison = Callable[[FactValue, RequiredValue, Setting], bool | None]


@dataclass(frozen=True, kw_only=True)
class ComparisonOperator:
    """An operator: of what it is, which side is `better` (None: neither, so nothing is at risk before it fails), and
    how it compares. `takes_list`: what is wanted is a list of texts. `goes_by_the_latest`: what passes is believed only
    while the list of releases is fresh; release dates do not age.

    The rest is for docs/profiles.md: what it is for, when it is met, and what `value` and `at_risk_value` are.
    """

    of: Kind
    compare: Comparison
    better: Literal["higher", "lower"] | None = None
    takes_list: bool = False
    goes_by_the_latest: bool = False
    used_for: str
    met_when: str
    value: str
    at_risk_value: str = "none"

    @property
    def mended_by_an_update(self) -> bool:
        """Whether what fails it is too old, so that a newer version is enough."""
        return self.of == "releases" or (self.of == "versions" and self.better == "higher")


def two_numbers(measured: FactValue, wanted: RequiredValue) -> tuple[float, float] | None:
    """Both, where both are finite numbers."""
    if isinstance(wanted, list):
        return None
    found, limit = number_of(measured), number_of(wanted)
    return None if found is None or limit is None else (found, limit)


def two_versions(measured: FactValue, wanted: RequiredValue) -> tuple[Version, Version] | None:
    """Both, where both are versions."""
    found, limit = parse_version(measured), parse_version(wanted)
    return None if found is None or limit is None else (found, limit)

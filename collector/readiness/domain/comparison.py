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

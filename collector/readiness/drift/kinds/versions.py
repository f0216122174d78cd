"""A newer release came out, and a requirement that goes by the newest holds no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from collector.readiness.domain.model import DriftChange, Status, Text
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.drift.compared import Compared


def differs(compared: Compared) -> Iterator[DriftChange]:
    """Releases of the products that failing requirements ask about, since then."""
    failing = {one.requirement for one in compared.now.findings if one.status is not Status.READY}
    for requirement in compared.requirements:
        if requirement.id in failing and OPERATORS[requirement.operator].goes_by_the_latest:
            facts = [requirement.fact] if isinstance(requirement.fact, str) else requirement.fact
            for product in sorted({fact.partition(".")[2].removesuffix("_version") for fact in facts}):
                yield from _released(compared, product)


def _released(compared: Compared, product: str) -> Iterator[DriftChange]:
    for release in compared.releases.known(product):
        at = datetime.combine(release.released, time(), UTC)
        if compared.until < at <= compared.observed.now:
            what = Text("drift_release", {"product": product, "version": release.version})
            yield DriftChange("versions", at, what)

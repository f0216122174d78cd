"""The cases: small inputs of real devices and services that were once read wrongly (`tests/fixtures/cases`)."""

from __future__ import annotations

from pathlib import Path

CASES = Path(__file__).parents[1] / "fixtures" / "cases"


def case_names(kind: str, ending: str) -> set[str]:
    """The names of all cases of a kind, such as `saml`, without that and without their ending."""
    return {path.name.removesuffix(ending).removeprefix(f"{kind}-") for path in CASES.glob(f"{kind}-*{ending}")}

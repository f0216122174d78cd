"""Rules of a profile's requirements: the fact exists, and the operator, value and unit make sense for it.

A rule that can never be judged would be unknown for ever, and one that compares the wrong things would be wrong
without anybody noticing; both are refused when the profile is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from agent.protocol.facts import FactSpec
from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.configuration.rules.profiles import whose_problems
from collector.readiness.domain.comparison import Kind
from collector.readiness.domain.fact_values import DATE_UNIT
from collector.readiness.domain.model import Requirement
from collector.readiness.domain.operators import OPERATORS
from collector.readiness.domain.versions import parse_version

_BY_VERSION = ("versions", "releases")
_NOT_NEGATIVE = ("releases", "dates")
"""Kinds whose values count something: newer versions, months, days."""
_SYSTEMS = ("android", "chromeos", "ipados", "linux", "macos", "windows")

FactSpecs = Mapping[str, FactSpec]


def requirement_problems(
    place: DocumentPath,
    requirement: Requirement,
    measured: FactSpecs,
    derived: FactSpecs,
    products: Collection[str] | None,
    *,
    rooms: FactSpecs,
) -> Iterator[ConfigurationProblem]:
    """All that is wrong with one requirement. `measured` are facts of devices, `derived` those of whole schools and
    `rooms` those of rooms; `products` the browsers with known releases, or None where that list could not be read.
    """
    names = facts_of(requirement)
    if not names:
        yield problem((*place, "fact"), "config_no_fact", requirement=requirement.id)
    for name in names:
        spec = measured.get(name) or derived.get(name) or rooms.get(name)
        if spec is None:
            known = [*measured, *derived, *rooms]
            nearest = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            yield problem(
                (*place, "fact"), "config_unknown_fact", requirement=requirement.id, fact=name, nearest=nearest
            )
            continue
        if name in rooms:
            yield from _scope_of_room(place, requirement, name)
        else:
            yield from _scope(place, requirement, name, derived)
        yield from _operator(place, requirement, name, spec, products)
    yield from whose_problems(place, requirement.id, requirement.trust, requirement.whose)
    yield from _only_on(place, requirement)
    yield from _value(place, requirement)


def _only_on(place: DocumentPath, requirement: Requirement) -> Iterator[ConfigurationProblem]:
    """Operating systems go by the names that devices tell, and only single devices have one."""
    where = (*place, "only_on")
    if requirement.only_on and requirement.applies_to != "device":
        yield problem(where, "config_only_on_devices", requirement=requirement.id)
    for name in requirement.only_on:
        if name not in _SYSTEMS:
            nearest = get_close_matches(name, _SYSTEMS, n=1, cutoff=0.0)[0]
            yield problem(where, "config_unknown_system", system=name, nearest=nearest, known=", ".join(_SYSTEMS))


def facts_of(requirement: Requirement) -> list[str]:
    """The facts that a requirement looks at: any one is enough."""
    return [requirement.fact] if isinstance(requirement.fact, str) else requirement.fact


def _scope(
    place: DocumentPath, requirement: Requirement, name: str, derived: FactSpecs
) -> Iterator[ConfigurationProblem]:
    if requirement.applies_to == "school" and name not in derived:
        yield problem((*place, "applies_to"), "config_fact_of_devices", requirement=requirement.id, fact=name)
    if requirement.applies_to != "school" and name in derived:
        yield problem((*place, "applies_to"), "config_fact_of_school", requirement=requirement.id, fact=name)
    if requirement.applies_to == "room" and OPERATORS[requirement.operator].of != "numbers":
        values = {"requirement": requirement.id, "operator": requirement.operator}
        yield problem((*place, "operator"), "config_room_needs_number", **values)


def _scope_of_room(place: DocumentPath, requirement: Requirement, name: str) -> Iterator[ConfigurationProblem]:
    if requirement.applies_to != "room" or len(facts_of(requirement)) > 1:
        yield problem((*place, "applies_to"), "config_fact_of_room", requirement=requirement.id, fact=name)


def _operator(
    place: DocumentPath, requirement: Requirement, name: str, spec: FactSpec, products: Collection[str] | None
) -> Iterator[ConfigurationProblem]:
    values = {"requirement": requirement.id, "operator": requirement.operator, "fact": name}
    where, of = (*place, "operator"), OPERATORS[requirement.operator].of
    if of == "numbers" and not spec.is_number:
        yield problem(where, "config_operator_needs_number", **values)
    elif of == "dates":
        yield from _date(place, requirement, spec, values)
    elif of in _BY_VERSION and not name.endswith("_version"):
        yield problem(where, "config_operator_needs_version", **values)
    elif of == "releases" and products is not None and product_of(name) not in products:
        yield problem((*place, "fact"), "config_no_releases", product=product_of(name), **values)
    elif of not in _BY_VERSION and requirement.unit != spec.unit:
        yield problem(
            (*place, "unit"),
            "config_wrong_unit",
            name=requirement.id,
            written=requirement.unit or "–",
            unit=spec.unit or '""',
        )
    elif of == "values" and not _same_kind(requirement, spec):
        yield problem((*place, "value"), "config_value_cannot_equal", **values)


def _date(
    place: DocumentPath, requirement: Requirement, spec: FactSpec, values: Mapping[str, str]
) -> Iterator[ConfigurationProblem]:
    """An end is held against the sitting's, so many days after it."""
    if spec.unit != DATE_UNIT:
        yield problem((*place, "operator"), "config_operator_needs_date", **values)
    elif requirement.unit != "days":
        written = {"name": requirement.id, "written": requirement.unit or "–", "unit": "days"}
        yield problem((*place, "unit"), "config_wrong_unit", **written)


def product_of(fact: str) -> str:
    """The browser that `browsers.chrome_version` is a version of."""
    return fact.rpartition(".")[2].removesuffix("_version")


def _same_kind(requirement: Requirement, spec: FactSpec) -> bool:
    value, takes_list = requirement.value, OPERATORS[requirement.operator].takes_list
    if takes_list or isinstance(value, list):
        return spec.type == "str" and isinstance(value, list) and takes_list
    if spec.is_number:
        return _is_number(value)
    return isinstance(value, bool if spec.type == "bool" else str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(place: DocumentPath, requirement: Requirement) -> Iterator[ConfigurationProblem]:
    """`value` is of the operator's kind, and `at_risk_value` of the same kind and on the worse side of it."""
    values = {"requirement": requirement.id, "operator": requirement.operator}
    operator = OPERATORS[requirement.operator]
    limit = _ordered(operator.of, requirement.value)
    if operator.of != "values" and limit is None:
        code = "config_value_no_version" if operator.of == "versions" else "config_value_no_number"
        yield problem((*place, "value"), code, **values)
    if requirement.at_risk_value is None:
        return
    where = (*place, "at_risk_value")
    risk = _ordered(operator.of, requirement.at_risk_value)
    if operator.better is None or risk is None:
        yield problem(where, "config_at_risk_does_not_fit", **values)
    elif limit is not None and (risk >= limit if operator.better == "higher" else risk <= limit):
        code = "config_at_risk_not_below" if operator.better == "higher" else "config_at_risk_not_above"
        written = {"at_risk": str(requirement.at_risk_value), "value": str(requirement.value)}
        yield problem(where, code, **written, **values)


def _ordered(of: Kind, value: object) -> tuple[float, ...] | None:
    """Something that two values of the same operator can be laid in order by, or None if `value` is of another kind."""
    if of == "versions":
        version = parse_version(value)
        return None if version is None else version.numbers
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (value,) if of not in _NOT_NEGATIVE or value >= 0 else None
    return None

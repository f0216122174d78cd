"""Rules of `profiles/*.yaml`: units that the capacity model counts in, and requirements that lean on each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from collector.configuration.problems import ConfigurationProblem, DocumentPath, problem
from collector.readiness.domain.model import Figure, Profile, Requirement, Trust


class Expected(NamedTuple):
    """The unit that a figure must have and the bounds, both included, that its value must keep within. `kinder` is the
    side of the value that its kind end lies on; None for a figure that defines what is asked, and has no such end.
    """

    unit: str
    least: float
    most: float
    kinder: Literal["lower", "higher"] | None = None


FIGURES = {
    "down_per_pupil": Expected("Mbit/s", 0.001, 1_000),
    "up_per_pupil": Expected("Mbit/s", 0.001, 1_000),
    "start_burst_per_pupil": Expected("Mbyte", 0, 10_000),
    "start_burst_within": Expected("s", 1, 3_600, "higher"),
    "margin": Expected("ratio", 1, 10),
    "background_down_per_other_user": Expected("Mbit/s", 0, 1_000, "lower"),
    "background_up_per_other_user": Expected("Mbit/s", 0, 1_000, "lower"),
    "line_quantile": Expected("ratio", 0.01, 0.5),
    "confidence": Expected("ratio", 0.5, 0.999),
    "spare_share": Expected("ratio", 0, 1),
    "device_days": Expected("days", 1, 400),
    "line_days": Expected("days", 1, 400),
    "regular_days": Expected("days", 1, 400),
    "room_devices": Expected("devices", 1, 1_000),
    "room_quantile": Expected("ratio", 0.01, 0.5),
    "background_quantile": Expected("ratio", 0.5, 0.99),
    "background_days": Expected("days", 7, 400),
    "gave_way_share": Expected("ratio", 0, 1, "lower"),
    "sitters_take": Expected("ratio", 0, 10, "higher"),
    "newest_days": Expected("school days", 0.1, 40),
    "heard_days": Expected("school days", 0.1, 40),
    "others_slower": Expected("ratio", 1, 10),
    "rehearsal_days": Expected("school days", 1, 100),
    "session_rtt": Expected("ms", 1, 10_000, "higher"),
    "packet_overhead": Expected("µs", 1, 10_000, "lower"),
    "old_packet_overhead": Expected("µs", 1, 10_000, "lower"),
    "oldest_packet_overhead": Expected("µs", 1, 10_000, "lower"),
    "contention": Expected("ratio", 0.1, 1, "higher"),
    "repeats_untold": Expected("ratio", 0, 0.9, "lower"),
    "untold_rate_share": Expected("ratio", 0.01, 1, "higher"),
    "untold_rate": Expected("Mbit/s", 1, 10_000, "higher"),
    "unmet_rate": Expected("Mbit/s", 1, 10_000, "higher"),
    "busy_2_4": Expected("%", 0, 100, "lower"),
    "busy_5": Expected("%", 0, 100, "lower"),
    "busy_share": Expected("ratio", 0, 1, "lower"),
    "old_radio_clients": Expected("ratio", 0.1, 1),
    "new_radio_clients": Expected("ratio", 1, 10),
}
"""Every figure of a profile. The capacity model counts in these units; another unit would be wrong by thousands."""


def profile_problems(name: str, profile: Profile) -> Iterator[ConfigurationProblem]:
    """All that is wrong with a profile as a whole; `name` is its file's name without `.yaml`."""
    if profile.id != name:
        yield problem(("id",), "config_profile_name", id=profile.id, name=name)
    yield from _figures(("capacity",), profile.capacity)
    yield from _figures(("evidence",), profile.evidence)
    yield from _figures(("air",), profile.air)
    if not profile.requirements:
        yield problem(("requirements",), "config_asks_nothing")
    if profile.evidence.regular_days.value > profile.evidence.line_days.value:
        yield problem(("evidence", "regular_days"), "config_regular_days")
    yield from _dependencies(profile.requirements)
    yield from _repeated_figures(profile)


def _figures(place: DocumentPath, group: msgspec.Struct) -> Iterator[ConfigurationProblem]:
    for field in msgspec.structs.fields(group):
        figure: Figure | None = getattr(group, field.name)
        expected = FIGURES[field.name]
        if figure is None:
            continue
        yield from whose_problems((*place, field.name), field.name, figure.trust, figure.whose)
        yield from _kind_end((*place, field.name), field.name, figure, expected)
        if figure.unit != expected.unit:
            where = (*place, field.name, "unit")
            values = {"name": field.name, "written": figure.unit, "unit": expected.unit}
            yield problem(where, "config_wrong_unit", **values)
        elif not expected.least <= figure.value <= expected.most:
            where = (*place, field.name, "value")
            bounds = {"least": f"{expected.least:g}", "most": f"{expected.most:g}"}
            yield problem(where, "config_figure_out_of_range", name=field.name, written=f"{figure.value:g}", **bounds)


def _kind_end(place: DocumentPath, name: str, figure: Figure, expected: Expected) -> Iterator[ConfigurationProblem]:
    """The kind end of an assumption lies on the kinder side of its value, within the same bounds."""
    if figure.kind is None:
        return
    where, written = (*place, "kind"), {"name": name, "written": f"{figure.kind:g}"}
    if expected.kinder is None:
        yield problem(where, "config_kind_of_a_rule", name=name)
    elif not expected.least <= figure.kind <= expected.most:
        bounds = {"least": f"{expected.least:g}", "most": f"{expected.most:g}"}
        yield problem(where, "config_figure_out_of_range", **written, **bounds)
    elif (figure.kind > figure.value) if expected.kinder == "lower" else (figure.kind < figure.value):
        yield problem(where, f"config_kind_not_{expected.kinder}", value=f"{figure.value:g}", **written)


def whose_problems(place: DocumentPath, name: str, trust: Trust, whose: str | None) -> Iterator[ConfigurationProblem]:
    """A rule that somebody else has set says who: whether they decide here is for the reader to see."""
    if trust is not Trust.ASSUMED and not whose:
        yield problem((*place, "trust"), "config_whose_missing", name=name, trust=trust.value)


def _repeated_figures(profile: Profile) -> Iterator[ConfigurationProblem]:
    """Some requirements repeat a figure of the profile; then the profile must say one thing only."""
    margin, regular_days = (
        ("margin", profile.capacity.margin.value),
        ("regular_days", profile.evidence.regular_days.value),
    )
    repeated = {
        "line.down_headroom": margin,
        "line.up_headroom": margin,
        "line.start_burst_headroom": margin,
        "line.measured_days": regular_days,
    }
    for index, requirement in enumerate(profile.requirements):
        if not isinstance(requirement.fact, str) or requirement.fact not in repeated:
            continue
        name, value = repeated[requirement.fact]
        if requirement.value != value:
            values = {"requirement": requirement.id, "written": str(requirement.value), "figure": name}
            yield problem(("requirements", index, "value"), "config_figure_differs", wanted=f"{value:g}", **values)


def _dependencies(requirements: Sequence[Requirement]) -> Iterator[ConfigurationProblem]:
    known = {requirement.id: requirement for requirement in requirements}
    for index, requirement in enumerate(requirements):
        for position, name in enumerate(requirement.depends_on):
            place = ("requirements", index, "depends_on", position)
            if name not in known:
                yield problem(place, "config_unknown_dependency", requirement=requirement.id, id=name)
        circle = _circle(requirement, known)
        if circle is not None:
            yield problem(
                ("requirements", index, "depends_on"),
                "config_dependency_circle",
                requirement=requirement.id,
                circle=" → ".join(circle),
            )


def _circle(start: Requirement, known: dict[str, Requirement]) -> list[str] | None:
    """The way from a requirement back to itself, or None. A circle is told once, at its first id by the alphabet."""
    paths = [[start.id]]
    visited: set[str] = set()
    while paths:
        path = paths.pop()
        for name in known[path[-1]].depends_on:
            if name == start.id:
                return [*path, name] if start.id == min(path) else None
            if name in known and name not in visited:
                visited.add(name)
                paths.append([*path, name])
    return None

"""Machines go to sittings by assignment: what others take of a sitting's machines is not there for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.readiness.domain.model import DeviceSeen, Observation, Sitting, Status, Verdict
from collector.readiness.domain.verdicts import BADNESS
from collector.readiness.machines.sharing import Sharing, most_served
from collector.readiness.occasions.occasion import occasion_of
from collector.readiness.verdict.judge import judge
from tests.support.properties import examples
from tests.unit.collector.readiness.cases import (
    NOW,
    RELEASES,
    SCHOOL,
    device,
    evidence,
    memory,
    on_school,
    profile,
    requirement,
    school,
    sitting,
)

RULES = [requirement(at_risk_value=2048), on_school("devices.usable_headroom")]
BEGINS = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)


def held(name: str, pupils: int, *groups: str, minute: int = 0) -> Sitting:
    """On the same morning."""
    begins_at = BEGINS.replace(minute=minute)
    return msgspec.structs.replace(sitting(pupils=pupils), id=name, groups=list(groups), starts_at=begins_at)


def machines_of(
    groups: Mapping[str, int], *, prefix: str = "", mib: int = 8192
) -> list[tuple[DeviceSeen, Observation]]:
    """So many of each group, `*` for spare ones and `` for those of no group."""
    found = []
    for group, count in groups.items():
        for number in range(count):
            name = f"{prefix}{group}{number}"
            told = {"role": "spare"} if group == "*" else {"group": group or None}
            found.append((msgspec.structs.replace(device(name), **told), memory(name, mib)))
    return found


def verdicts(
    sittings: Sequence[Sitting], found: Sequence[tuple[DeviceSeen, Observation]], owned: int | None = None
) -> list[Verdict]:
    """Of each sitting, at a school that owns no more than are enrolled, unless told otherwise."""
    at = school(devices=len(found) if owned is None else owned)
    seen = evidence([said for _, said in found], [one for one, _ in found])
    judged_by = profile(*RULES)
    return [
        judge(occasion_of(one, sittings, {SCHOOL: at}, [], NOW), judged_by, {SCHOOL: seen}, RELEASES, NOW)
        for one in sittings
    ]


def statuses(sittings: Sequence[Sitting], groups: Mapping[str, int]) -> list[str]:
    """How each stands."""
    return [one.status.value for one in verdicts(sittings, machines_of(groups))]


@pytest.mark.parametrize(
    ("sittings", "groups", "said"),
    [
        pytest.param(
            [held("a", 10, "9a"), held("b", 10, "9b")], {"9a": 11, "9b": 11}, "ready ready", id="each its own"
        ),
        pytest.param(
            [held("a", 10, "9a"), held("b", 10, "9b")], {"9a": 16, "9b": 6}, "ready not_ready", id="not a pool"
        ),
        pytest.param([held("a", 10, "9a"), held("b", 10)], {"9a": 11, "": 11}, "ready ready", id="one names none"),
        pytest.param([held("a", 10, "9a"), held("b", 10)], {"9a": 22}, "ready not_ready", id="a named group is taken"),
        pytest.param(
            [held("a", 10, "9a"), held("b", 10)], {"9a": 11, "9b": 11}, "ready ready", id="a group nobody names"
        ),
        pytest.param([held("a", 10, "9a")], {"": 30}, "not_ready", id="of no group"),
        pytest.param(
            [held("a", 10, "9a"), held("b", 10, "9b")], {"9a": 10, "9b": 11, "*": 1}, "ready ready", id="spare"
        ),
        pytest.param(
            [held("a", 10, "9a"), held("b", 10, "9b")], {"9a": 10, "9b": 10, "*": 1}, "at_risk at_risk", id="one spare"
        ),
        pytest.param(
            [held("a", 10, "9a", "c"), held("b", 10, "9b", "c")], {"9a": 11, "9b": 1, "c": 10}, "ready ready", id="cart"
        ),
        pytest.param(
            [held("a", 10, "9a", minute=0), held("b", 10, "9a", minute=30)],
            {"9a": 16},
            "not_ready not_ready",
            id="both",
        ),
        pytest.param([held("a", 10), held("b", 10)], {"9a": 22}, "ready ready", id="without groups all is one pool"),
        pytest.param([held("a", 10), held("b", 10)], {"9a": 19}, "not_ready not_ready", id="which is too small"),
    ],
)
def test_said(sittings: list[Sitting], groups: dict[str, int], said: str) -> None:
    """Each needs eleven for its ten pupils."""
    assert statuses(sittings, groups) == said.split()


def test_it_is_shown() -> None:
    """Whose machines, and how many others take."""
    a, b = held("a", 10, "9a", "c"), held("b", 10, "9b", "c")
    finding = verdicts([a, b], machines_of({"9a": 11, "9b": 5, "c": 10}))[0].findings[0]
    steps = {one.name: one.value for one in finding.steps}
    assert (finding.measured, finding.required) == (15, 11)
    assert (steps["step_machines_groups"], steps["step_machines_taken"]) == ("9a, c", 6)


def test_what_is_not_known_of_another_groups_machines_leaves_it_open() -> None:
    """If the other's own machines turn out to be in order, less is taken of this one's cart: neither is known."""
    a, b = held("a", 10, "c"), held("b", 10, "9b", "c")
    known = machines_of({"c": 12})
    unknown = [(one, msgspec.structs.replace(said, status="failed")) for one, said in machines_of({"9b": 11})]
    assert [one.status for one in verdicts([a, b], [*known, *unknown])] == [Status.UNKNOWN, Status.UNKNOWN]


# --- the assignment

SHARES = ("x", "y", "z")
wants = st.lists(st.tuples(st.integers(0, 4), st.lists(st.sampled_from(SHARES), unique=True)), max_size=3)
supplies = st.fixed_dictionaries({share: st.integers(0, 4) for share in SHARES})


def by_trying(wanted: Sequence[tuple[int, Sequence[str]]], supply: Mapping[str, int]) -> int:
    """The most that can be given: each set of shares bounds what those who want of it alone can get (Hall)."""
    best = sum(count for count, _ in wanted)
    for chosen in product((False, True), repeat=len(SHARES)):
        out = {share for share, is_in in zip(SHARES, chosen, strict=True) if not is_in}
        inside = sum(count for count, of in wanted if not set(of) & out)
        best = min(best, sum(count for count, _ in wanted) - inside + sum(supply[s] for s in SHARES if s not in out))
    return best


@given(wants, supplies)
def test_as_many_as_can_be_served(wanted: list[tuple[int, list[str]]], supply: dict[str, int]) -> None:
    """Against the bound that holds with equality."""
    assert most_served(wanted, supply) == by_trying(wanted, supply)


GROUPS = st.lists(st.sampled_from(["9a", "9b", "c"]), unique=True, max_size=2)
drawn_sittings = st.lists(st.tuples(st.integers(1, 8), GROUPS, st.sampled_from([0, 30])), min_size=1, max_size=3)
drawn_groups = st.fixed_dictionaries({group: st.integers(0, 10) for group in ("9a", "9b", "c", "*", "")})


def sat(drawn: Sequence[tuple[int, list[str], int]]) -> list[Sitting]:
    """The sittings that were drawn."""
    return [held(f"s{n}", pupils, *of, minute=minute) for n, (pupils, of, minute) in enumerate(drawn)]


@settings(max_examples=examples(60))
@given(drawn_sittings, drawn_groups, st.sampled_from(["9a", "9b", "c", "*", ""]))
def test_one_more_healthy_machine_never_makes_any_worse(
    drawn: list[tuple[int, list[str], int]], groups: dict[str, int], of: str
) -> None:
    """Law 16, whichever group it is of."""
    sittings, found = sat(drawn), machines_of(groups)
    before = verdicts(sittings, found)
    after = verdicts(sittings, [*found, *machines_of({of: 1}, prefix="more")])
    for earlier, later in zip(before, after, strict=True):
        assert BADNESS[later.status] <= BADNESS[earlier.status]


@settings(max_examples=examples(60))
@given(drawn_sittings, drawn_groups, st.tuples(st.integers(1, 8), GROUPS, st.sampled_from([0, 30])))
def test_one_more_sitting_never_makes_any_greener(
    drawn: list[tuple[int, list[str], int]], groups: dict[str, int], more: tuple[int, list[str], int]
) -> None:
    """Law 5."""
    sittings, found = sat(drawn), machines_of(groups)
    before = verdicts(sittings, found)
    after = verdicts([*sittings, *sat([*drawn, more])[-1:]], found)
    for earlier, later in zip(before, after, strict=False):
        assert BADNESS[later.status] >= BADNESS[earlier.status]


@settings(max_examples=examples(60))
@given(drawn_sittings, drawn_groups)
def test_ready_together_only_if_each_can_have_its_own(
    drawn: list[tuple[int, list[str], int]], groups: dict[str, int]
) -> None:
    """If all that go on at once are ready, there are machines for all of them."""
    sittings, found = sat([(pupils, of, 0) for pupils, of, _ in drawn]), machines_of(groups)
    if all(one.status is Status.READY for one in verdicts(sittings, found)):
        sharing = [Sharing(one, [[other for other in sittings if other is not one]]) for one in sittings]
        supply = {group: count for group, count in groups.items() if count}
        examples_of = {share: machines_of({share: 1})[0][0] for share in supply}
        wanted = [
            (one.pupils, [share for share in supply if shared.is_for(examples_of[share])])
            for one, shared in zip(sittings, sharing, strict=True)
        ]
        assert most_served(wanted, supply) == sum(one.pupils for one in sittings)

"""Every dashboard of the folder: its JSON is what the code builds, and it breaks no rule. The rules bite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from dashboards.grafana.__main__ import main
from dashboards.grafana.build import FOLDER, built
from dashboards.grafana.look import STATUSES
from tests.support import dashboards as rules
from tests.support.dashboards import DASHBOARDS, Dashboard, Panel, panels

PER_DASHBOARD: tuple[Callable[[Dashboard], Iterator[str]], ...] = (rules.overlapping, rules.unknown_names)
PER_PANEL: tuple[Callable[[Panel], Iterator[str]], ...] = (
    rules.undescribed,
    rules.green_by_mistake,
    rules.unmapped_status,
)
Spoil = Callable[[Panel], Any]


def panel_of(kind: str) -> Panel:
    """A panel of the readiness dashboard to spoil."""
    return deepcopy(next(panel for panel in panels(DASHBOARDS["readiness"]) if panel["type"] == kind))


def test_every_module_of_the_folder_is_a_dashboard() -> None:
    """But for those that build them and say how they look."""
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "__main__", "build", "look"}
    assert {name.removesuffix(".json") for name in built()} == modules == set(DASHBOARDS)


def test_the_committed_json_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """Run `make generate` after a change."""
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_dashboards_are_told_apart() -> None:
    assert list(rules.shared(DASHBOARDS)) == []


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
@pytest.mark.parametrize("rule", PER_DASHBOARD, ids=lambda rule: rule.__name__)
def test_a_dashboard_keeps_the_rules(rule: Callable[[Dashboard], Iterator[str]], name: str) -> None:
    assert list(rule(DASHBOARDS[name])) == []


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
@pytest.mark.parametrize("rule", PER_PANEL, ids=lambda rule: rule.__name__)
def test_its_panels_keep_the_rules(rule: Callable[[Panel], Iterator[str]], name: str) -> None:
    assert [f"{panel['title']}: {what}" for panel in panels(DASHBOARDS[name]) for what in rule(panel)] == []


@pytest.mark.parametrize("what", ["uid", "title"])
def test_a_copy_is_refused(what: str) -> None:
    """Grafana would keep one of the two, and nobody would know which."""
    original = DASHBOARDS["readiness"]
    copy = {**original, "uid": "another", "title": "Another", what: original[what]}
    assert list(rules.shared({"readiness": original, "copy": copy})) == [
        f"{name}: the {what} {original[what]!r} is another dashboard's too" for name in ("readiness", "copy")
    ]


def test_panels_on_top_of_each_other_are_refused() -> None:
    spoilt = deepcopy(DASHBOARDS["readiness"])
    first, second = panels(spoilt)[:2]
    second["gridPos"] = {**first["gridPos"], "x": first["gridPos"]["x"] + 1}
    panels(spoilt)[-1]["gridPos"]["x"] = 20
    assert f"{second['title']}: lies over {first['title']}" in list(rules.overlapping(spoilt))
    assert f"{panels(spoilt)[-1]['title']}: wider than the grid" in list(rules.overlapping(spoilt))


@pytest.mark.parametrize(
    ("expr", "complaint"),
    [
        ("provklar_sitting_state", "there is no metric provklar_sitting_state"),
        ('provklar_devices{rung="dns"}', "provklar_devices has no label rung"),
        ('provklar_devices{school=~"$place"}', "there is no variable place"),
    ],
)
def test_names_that_nobody_has_are_refused(expr: str, complaint: str) -> None:
    spoilt = deepcopy(DASHBOARDS["readiness"])
    panels(spoilt)[0]["targets"][0]["expr"] = expr
    assert [told.partition(": ")[2] for told in rules.unknown_names(spoilt)] == [complaint]


def thresholds(*colours: str) -> Spoil:
    """Another scale."""
    steps = [{"value": None if n == 0 else n, "color": colour} for n, colour in enumerate(colours)]
    return lambda panel: panel["fieldConfig"]["defaults"].update(thresholds={"mode": "absolute", "steps": steps})


def coloured(**colour: str) -> Spoil:
    """Another way to colour."""
    return lambda panel: panel["fieldConfig"]["defaults"].update(color=colour)


def mapped(kind: str, options: dict[str, Any]) -> Spoil:
    """One more mapping."""
    return lambda panel: panel["fieldConfig"]["defaults"]["mappings"].append({"type": kind, "options": options})


@pytest.mark.parametrize(
    ("kind", "spoil", "complaint"),
    [
        ("stat", lambda panel: panel["fieldConfig"]["defaults"].pop("noValue"), "does not say that nothing is there"),
        ("stat", thresholds("green", "red"), "begins in green, which is what a missing value gets"),
        ("stat", thresholds("dark-green", "red"), "begins in green, which is what a missing value gets"),
        ("timeseries", thresholds("#37872D", "red"), "begins in green, which is what a missing value gets"),
        ("stat", thresholds(), "has no scale of its own: Grafana's begins in green"),
        ("stat", coloured(mode="palette-classic"), "has no scale of its own: Grafana's begins in green"),
        ("state-timeline", coloured(mode="continuous-GrYlRd"), "has no scale of its own: Grafana's begins in green"),
        ("state-timeline", coloured(mode="fixed", fixedColor="semi-dark-green"), "is green whatever it shows"),
        ("stat", mapped("value", {"unknown": {"text": "?", "color": "green"}}), "shows unknown in green"),
        ("stat", mapped("value", {"0": {"text": "?", "color": "#00ff00"}}), "shows 0 in green"),
        ("stat", mapped("special", {"match": "null", "result": {"color": "green"}}), "shows special in green"),
        ("stat", mapped("range", {"from": 0, "to": 9, "result": {"color": "green"}}), "shows range in green"),
    ],
)
def test_green_by_mistake_is_refused(kind: str, spoil: Spoil, complaint: str) -> None:
    """By whichever of Grafana's ways."""
    panel = panel_of(kind)
    assert list(rules.green_by_mistake(panel)) == []
    spoil(panel)
    assert list(rules.green_by_mistake(panel)) == [complaint]


def test_a_status_without_words_is_refused() -> None:
    """One of four that is forgotten, and the one that is not there at all."""
    panel = panel_of("state-timeline")
    words, missing = panel["fieldConfig"]["defaults"]["mappings"]
    forgotten = {value: shown for value, shown in words["options"].items() if value != str(len(STATUSES))}
    panel["fieldConfig"]["defaults"]["mappings"] = [{**words, "options": forgotten}, missing]
    assert list(rules.unmapped_status(panel)) == ["has no words for every status"]
    panel["fieldConfig"]["defaults"]["mappings"] = [words]
    assert list(rules.unmapped_status(panel)) == ["has no words for a status that is not there"]


def test_a_query_is_asked_as_grafana_asks_it() -> None:
    """Variables that were not chosen stand for all; a longer name is another variable."""
    dashboard = {"templating": {"list": [{"name": "school", "allValue": ".+"}, {"name": "schools"}]}}
    expr = 'a{school=~"$school",b=~"${school}",c=~"$schools"}[$__range]'
    assert rules.filled_in(expr, dashboard) == 'a{school=~".+",b=~".+",c=~".*"}[1h]'
    assert rules.filled_in(expr, dashboard, school="x") == 'a{school=~"x",b=~"x",c=~".*"}[1h]'

"""What every dashboard is held to, as rules that tell what breaks them: over the whole folder, whatever lies there.

A status is never green by mistake: not where it is unknown, not where nothing is there, not by Grafana's own defaults.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from collector.metrics.groups import METRICS
from dashboards.grafana.build import FOLDER
from dashboards.grafana.look import NOTHING, STATUSES

Dashboard = dict[str, Any]
Panel = dict[str, Any]

DASHBOARDS: dict[str, Dashboard] = {path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")}
"""The committed dashboards, as Grafana reads them, by the name of their file."""

GRID_COLUMNS = 24
PAINTED = ("bargauge", "gauge", "stat", "state-timeline", "status-history")
"""Panels that paint every value; without colours of their own, Grafana's begin in green."""

_HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
_SELECTED = re.compile(r"(provklar_\w+)(?:\{([^}]*)\})?")
_VARIABLE = re.compile(r"\$\{?(\w+)")
_GOOD = {"ready", "1"}
"""The values that may be green: a status by name, and its number or a yes."""


def panels(dashboard: Dashboard) -> list[Panel]:
    """The panels that show something: all but the headings of rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    """Every query with a name to tell it by."""
    for panel in panels(dashboard):
        for target in panel["targets"]:
            yield f"{panel['title']}-{target['refId']}", target["expr"]


def filled_in(expr: str, dashboard: Dashboard, **chosen: str) -> str:
    """A query as Grafana asks it: the variables that are not `chosen` stand for all that there is."""
    for variable in dashboard["templating"]["list"]:
        value = chosen.get(variable["name"], variable.get("allValue") or ".*")
        pattern = rf"\$(?:{variable['name']}\b|\{{{variable['name']}\}})"
        expr = re.sub(pattern, value.replace("\\", r"\\"), expr)
    return expr.replace("$__range", "1h").replace("$__rate_interval", "1m")


def is_green(colour: str) -> bool:
    """Any shade of it, by name or by number."""
    number = _HEX.fullmatch(colour)
    if number is None:
        return "green" in colour
    red, green, blue = (int(part, 16) for part in number.groups())
    return green > red + 10 and green > blue + 10


def mappings(panel: Panel) -> Iterator[dict[str, Any]]:
    """The value mappings of a panel and of its columns."""
    yield from panel["fieldConfig"]["defaults"].get("mappings") or []
    for override in panel["fieldConfig"]["overrides"]:
        for setting in override["properties"]:
            if setting["id"] == "mappings":
                yield from setting["value"]


def shared(dashboards: Mapping[str, Dashboard]) -> Iterator[str]:
    """Grafana keeps one dashboard of a uid, and people tell them apart by title."""
    for what in ("uid", "title"):
        counted = Counter(dashboard.get(what) for dashboard in dashboards.values())
        for name, dashboard in dashboards.items():
            if not dashboard.get(what):
                yield f"{name}: has no {what}"
            elif counted[dashboard[what]] > 1:
                yield f"{name}: the {what} {dashboard[what]!r} is another dashboard's too"


def overlapping(dashboard: Dashboard) -> Iterator[str]:
    """Every panel has its own place on the grid."""
    taken: dict[tuple[int, int], str] = {}
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        if at["x"] + at["w"] > GRID_COLUMNS:
            yield f"{panel['title']}: wider than the grid"
        for cell in [(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]:
            if cell in taken:
                yield f"{panel['title']}: lies over {taken[cell]}"
                break
            taken[cell] = panel["title"]


def undescribed(panel: Panel) -> Iterator[str]:
    """The title is for those who look, the description for those who ask; data come from the chosen source."""
    if not panel.get("title"):
        yield "has no title"
    if not panel.get("description", "").endswith("."):
        yield "has no description"
    if panel["datasource"]["uid"] != "${datasource}":
        yield "asks a source that nobody chose"
    if not panel.get("targets"):
        yield "asks nothing"


def unknown_names(dashboard: Dashboard) -> Iterator[str]:
    """Queries use metrics, labels and variables that exist."""
    labels = {metric.name: set(metric.labels) for metric in METRICS}
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    for name, expr in queries(dashboard):
        for metric, selector in _SELECTED.findall(expr):
            if metric not in labels:
                yield f"{name}: there is no metric {metric}"
            elif unknown := set(re.findall(r"(\w+)\s*[=!]", selector)) - labels[metric]:
                yield f"{name}: {metric} has no label {', '.join(unknown)}"
        for variable in set(_VARIABLE.findall(expr)) - variables:
            if not variable.startswith("__"):
                yield f"{name}: there is no variable {variable}"


def green_by_mistake(panel: Panel) -> Iterator[str]:
    """No scale begins in green, no mapping paints unknown or missing green, and no panel takes Grafana's own scale."""
    defaults = panel["fieldConfig"]["defaults"]
    if defaults.get("noValue") != NOTHING:
        yield "does not say that nothing is there"
    steps = (defaults.get("thresholds") or {}).get("steps", [])
    if steps and (steps[0]["value"] is not None or is_green(steps[0]["color"])):
        yield "begins in green, which is what a missing value gets"
    if panel["type"] in PAINTED:
        yield from _painted_by_default(defaults.get("color") or {}, steps)
    for mapping in mappings(panel):
        yield from _mapped_to_green(mapping)


def _painted_by_default(colour: dict[str, Any], steps: list[dict[str, Any]]) -> Iterator[str]:
    mode = colour.get("mode")
    if mode == "fixed":
        if is_green(colour.get("fixedColor", "green")):
            yield "is green whatever it shows"
    elif mode != "thresholds" or not steps:
        yield "has no scale of its own: Grafana's begins in green"


def _mapped_to_green(mapping: dict[str, Any]) -> Iterator[str]:
    options = mapping["options"]
    shown = options if mapping["type"] == "value" else {mapping["type"]: options["result"]}
    for value, result in shown.items():
        if is_green(result.get("color") or "") and value not in _GOOD:
            yield f"shows {value} in green"


def unmapped_status(panel: Panel) -> Iterator[str]:
    """A panel that shows a status, by name or number, has words and a colour for each, and for none at all."""
    if not _shows_status(panel):
        return
    known = [set(mapping["options"]) for mapping in mappings(panel) if mapping["type"] == "value"]
    numbers = {str(number) for number in range(1, len(STATUSES) + 1)}
    if not any(set(STATUSES) <= values or numbers <= values for values in known):
        yield "has no words for every status"
    special = [mapping["options"]["match"] for mapping in mappings(panel) if mapping["type"] == "special"]
    if not set(special) & {"null", "null+nan"}:
        yield "has no words for a status that is not there"


def _shows_status(panel: Panel) -> bool:
    """Whether a query gives statuses: of a metric that has them as a label, more than a single one that it names."""
    has_status = {metric.name for metric in METRICS if "status" in metric.labels}
    return any(
        len(set(re.findall(r'status="(\w+)"', expr))) != 1
        for expr in (target["expr"] for target in panel["targets"])
        for metric, _ in _SELECTED.findall(expr)
        if metric in has_status
    )

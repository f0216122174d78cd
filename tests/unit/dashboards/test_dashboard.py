"""The committed dashboard is what the code builds, names metrics that exist, and is never green by mistake."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from collector.metrics.groups import METRICS
from dashboards.grafana.__main__ import main
from dashboards.grafana.build import FOLDER, built
from dashboards.grafana.look import GREEN, STATUSES, status_number

DASHBOARD: dict[str, Any] = json.loads((FOLDER / "readiness.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
per_panel = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])


def mappings(panel: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The value mappings of a panel and of its columns."""
    yield from panel["fieldConfig"]["defaults"].get("mappings") or []
    for override in panel["fieldConfig"]["overrides"]:
        for setting in override["properties"]:
            if setting["id"] == "mappings":
                yield from setting["value"]


def test_the_committed_json_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """Run `python -m dashboards.grafana` after a change."""
    assert set(built()) == {path.name for path in FOLDER.glob("*.json")}
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_queries_use_metrics_that_exist() -> None:
    """And labels that those metrics have."""
    exprs = [target["expr"] for panel in PANELS for target in panel["targets"]]
    used = {name for expr in exprs for name in re.findall(r"provklar_\w+", expr)}
    assert used <= {metric.name for metric in METRICS}
    labels = {metric.name: set(metric.labels) for metric in METRICS}
    for expr in exprs:
        for name, selector in re.findall(r"(provklar_\w+)\{([^}]*)\}", expr):
            assert set(re.findall(r"(\w+)[=!]", selector)) <= labels[name], expr


@per_panel
def test_a_panel_has_a_swedish_title_and_an_english_description(panel: dict[str, Any]) -> None:
    """The title is for those who look, the description for those who ask."""
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["datasource"]["uid"] == "${datasource}"


@per_panel
def test_no_scale_begins_in_green(panel: dict[str, Any]) -> None:
    """The first colour is what a missing value gets."""
    steps = (panel["fieldConfig"]["defaults"].get("thresholds") or {}).get("steps", [])
    assert not steps or (steps[0]["value"] is None and steps[0]["color"] != GREEN)
    assert panel["fieldConfig"]["defaults"]["noValue"] == "ingen uppgift"


@per_panel
def test_only_what_is_good_is_green(panel: dict[str, Any]) -> None:
    """No mapping paints unknown or missing green."""
    for mapping in mappings(panel):
        options = mapping["options"]
        if mapping["type"] == "special":
            assert options["result"]["color"] != GREEN
            continue
        green = {key for key, shown in options.items() if shown["color"] == GREEN}
        assert green <= {"ready", "1"}, panel["title"]


def test_statuses_have_words_and_colours_of_their_own() -> None:
    """Each can be told apart without colour."""
    words, colours = zip(*STATUSES.values(), strict=True)
    assert words == ("Redo", "På gränsen", "Inte redo", "Vet inte än")
    assert colours == ("green", "orange", "red", "blue")


def test_the_number_of_a_status_is_its_place() -> None:
    """So that the timeline's words fit."""
    expr = status_number('school="x"')
    assert re.findall(r'status="(\w+)"} \* (\d)', expr) == [(name, str(n)) for n, name in enumerate(STATUSES, start=1)]


def test_sittings_and_findings_link_to_the_page_with_the_remedy() -> None:
    """From the column that people read to the collector's page."""
    for title, column in (("Provtillfällen", "Provtillfälle"), ("Det som inte är redo", "Krav")):
        (panel,) = [panel for panel in PANELS if panel["title"] == title]
        (override,) = [o for o in panel["fieldConfig"]["overrides"] if o["matcher"]["options"] == column]
        (link,) = [setting["value"][0] for setting in override["properties"] if setting["id"] == "links"]
        assert link["url"] == "${__data.fields.page}"


def test_panels_do_not_overlap() -> None:
    """Every panel has its own place on the grid of 24 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells

"""The dashboard of readiness: statuses as they are told apart, and the way to the remedy."""

from __future__ import annotations

import re

from dashboards.grafana.look import STATUSES, status_number
from tests.support.dashboards import DASHBOARDS, panels

PANELS = panels(DASHBOARDS["readiness"])


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

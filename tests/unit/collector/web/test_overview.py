"""The overview as plain values: what a reader sees for each kind of verdict, filter and emptiness."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from collector.judgement.snapshot import Snapshot
from collector.readiness.domain.model import Bilingual, Status, Text
from collector.web.pages.overview import Filter, Overview, overview
from collector.web.rendering import render_page
from collector.web.views.layout import Link
from tests.support.verdicts import NOW, changed, configuration, finding, school, sitting, snapshot, verdict

EVERYTHING = Filter()
EK, ASP = school(), school("10000002", "Aspskolan")


def three_schools() -> Snapshot:
    """A ready, an unknown and a not ready sitting: two on Thursday, one the Tuesday after."""
    bad = finding("line", Status.NOT_READY, headroom=0.6, advice=[Text("page_headroom_missing", {"percent": 40})])
    tuesday = NOW + timedelta(days=8)
    return snapshot(
        verdict(finding("line", headroom=1.8), of=EK, about=sitting("ek", of=EK)),
        verdict(bad, of=ASP, about=sitting("asp", of=ASP)),
        verdict(finding("wifi", Status.UNKNOWN, room="a1"), of=EK, about=sitting("ek-2", of=EK, starts_at=tuesday)),
    )


def shown(asked: Filter = EVERYTHING, made: Snapshot | None = None) -> Overview:
    """The Swedish overview."""
    return overview(made or three_schools(), NOW, "sv", asked)


def test_an_odd_day_is_told_with_the_sitting() -> None:
    page = shown(made=snapshot(changed(verdict(finding()), warnings=[Text("calendar_sunday")])))
    assert page.days[0].rows[0].warnings == ["Dagen är en söndag: inga lektioner."]
    assert "Dagen är en söndag" in render_page("overview.html", page, "sv")


def test_days_in_order_and_worst_first() -> None:
    """Thursday before Tuesday; within a day what needs work comes before what is ready."""
    days = shown().days
    assert [(day.heading, day.away) for day in days] == [
        ("Torsdag 19 november 2026", "om 3 dagar"),
        ("Tisdag 24 november 2026", "om 8 dagar"),
    ]
    assert [[row.school for row in day.rows] for day in days] == [["Aspskolan", "Ekskolan"], ["Ekskolan"]]


def test_a_row_that_is_not_ready() -> None:
    """What stops it, how much is missing, and the advice in numbers rather than the general remedy."""
    row = shown().days[0].rows[0]
    assert msgspec.structs.asdict(row) == {
        "path": "/sittings/asp",
        "badge": row.badge,
        "school": "Aspskolan",
        "test": "Matematik",
        "id": "asp",
        "at": "09:00",
        "who": "Årskurs 9, 52 elever",
        "standing": None,
        "warnings": [],
        "simulated": False,
        "headroom": "Saknas 40 %",
        "binds_label": "Stoppar",
        "binds": "Linjen ned",
        "action": "Saknas 40 %",
    }
    assert (row.badge.status, row.badge.words) == (Status.NOT_READY, "Inte redo")


def test_a_row_that_is_ready() -> None:
    """It says how well it is enough, and that there is nothing to do."""
    row = shown().days[0].rows[1]
    assert (row.badge.words, row.headroom, row.action) == ("Redo", "Räcker 1,8 gånger", "Inget att göra just nu.")


def test_a_row_that_is_unknown() -> None:
    """It says so in words, names the room, and falls back on the profile's remedy."""
    row = shown().days[1].rows[0]
    assert (row.badge.status, row.badge.words) == (Status.UNKNOWN, "Vet inte än")
    assert row.headroom == "Går inte att säga än"
    assert (row.binds_label, row.binds) == ("Saknas besked om", "Linjen ned (Sal A1)")
    assert row.action == "Beställ en snabbare linje."


def test_a_verdict_without_findings() -> None:
    """A school that could not be judged is unknown, and its row says where to look."""
    row = shown(made=snapshot(verdict())).days[0].rows[0]
    assert (row.badge.status, row.binds) == (Status.UNKNOWN, None)
    assert row.action == "Skolan kunde inte bedömas. Läs insamlarens logg."


def test_at_risk_without_a_number_has_no_headroom() -> None:
    """An old browser is a risk that no number of times over describes."""
    old = finding("browser", Status.AT_RISK, title=Bilingual(sv="Webbläsaren", en="The browser"))
    row = shown(made=snapshot(verdict(old))).days[0].rows[0]
    assert (row.headroom, row.binds_label, row.binds) == (None, "Trångt", "Webbläsaren")


def test_tiles_count_and_lead_to_each_status() -> None:
    """Worst first, zero included."""
    tiles = shown().tiles
    assert [(tile.badge.words, tile.count, tile.link.path) for tile in tiles] == [
        ("Inte redo", "1 tillfälle", "/?status=not_ready"),
        ("Vet inte än", "1 tillfälle", "/?status=unknown"),
        ("På gränsen", "0 tillfällen", "/?status=at_risk"),
        ("Redo", "1 tillfälle", "/?status=ready"),
    ]


def test_the_chosen_tile_leads_back() -> None:
    """The tile of the filter in use takes the filter away and keeps the school."""
    tile = shown(Filter(school=ASP.code, status="not_ready")).tiles[0]
    assert tile.link == Link("/?school=10000002", "Visa alla igen", current=True)


@pytest.mark.parametrize(
    ("asked", "paths", "said"),
    [
        (EVERYTHING, ["/sittings/asp", "/sittings/ek", "/sittings/ek-2"], None),
        (Filter(school="10000001"), ["/sittings/ek", "/sittings/ek-2"], "2 provtillfällen passar filtret."),
        (Filter(status="ready"), ["/sittings/ek"], "1 provtillfälle passar filtret."),
        (Filter(school="10000001", status="not_ready"), [], "0 provtillfällen passar filtret."),
        (Filter(status="green"), [], "0 provtillfällen passar filtret."),
    ],
)
def test_filters(asked: Filter, paths: list[str], said: str | None) -> None:
    """School and status narrow the list together; a value that fits nothing shows nothing and says so."""
    view = shown(asked)
    assert [row.path for day in view.days for row in day.rows] == paths
    assert view.filtered == said
    assert (view.empty is None) == bool(paths)


def test_the_filter_shows_what_was_chosen() -> None:
    """Schools by name, statuses worst first, the chosen one selected."""
    view = shown(Filter(school=ASP.code))
    assert [(o.words, o.selected) for o in view.schools] == [
        ("Alla skolor", False),
        ("Aspskolan", True),
        ("Ekskolan", False),
    ]
    assert [o.value for o in view.statuses if o.selected] == [""]


@pytest.mark.parametrize(
    ("made", "title"),
    [
        (msgspec.structs.replace(snapshot(), configuration=configuration(sittings=[])), "Kalendern är tom"),
        (
            msgspec.structs.replace(snapshot(judged_at=None), configuration=configuration(sittings=[sitting()])),
            "Den första bedömningen pågår",
        ),
        (
            msgspec.structs.replace(snapshot(), configuration=configuration(sittings=[sitting()])),
            "Alla provtillfällen har varit",
        ),
    ],
)
def test_empty_states(made: Snapshot, title: str) -> None:
    """Each kind of nothing has its own reason and its own next step."""
    empty = shown(made=made).empty
    assert empty is not None
    assert empty.title == title


def test_the_headline_counts_what_is_ready() -> None:
    """Some, all, one and none."""
    ready = verdict(finding(headroom=2.0))
    assert shown().headline == "1 av 3 provtillfällen är redo."
    assert shown(made=snapshot(ready)).headline == "Provtillfället är redo."
    assert shown(made=snapshot(ready, ready)).headline == "Alla 2 provtillfällen är redo."
    assert shown(made=snapshot()).headline == "Det finns inget provtillfälle att bedöma."


def test_a_hundred_sittings_a_page() -> None:
    """The rest is behind plain links that keep the filter."""
    many = snapshot(*(verdict(finding(), about=sitting(f"s-{number:03}")) for number in range(201)))
    view = shown(Filter(status="ready", page=3), many)
    assert [row.path for day in view.days for row in day.rows] == ["/sittings/s-200"]
    assert [(link.path, link.current) for link in view.pages] == [
        ("/?status=ready", False),
        ("/?status=ready&page=2", False),
        ("/?status=ready&page=3", True),
    ]
    assert view.frame.other_languages[0].path == "/en/?status=ready&page=3"
    assert shown().pages == []


def test_the_age_of_things_is_told() -> None:
    """When it was judged and how old the newest measurement is."""
    assert shown().frame.freshness == [
        "Bedömt 16 nov. 2026 09:00 (nyss).",
        "Nyaste mätningen kom för 5 minuter sedan.",
    ]
    bare = snapshot(verdict(finding(status=Status.UNKNOWN, count=0, newest_at=None)))
    assert shown(made=bare).frame.freshness[1] == "Det finns inga mätningar än."
    assert shown(made=snapshot(judged_at=None)).frame.freshness == ["Inget är bedömt än."]


def test_when_judging_stopped_nothing_is_ready() -> None:
    """The page says so first, and what was ready is unknown."""
    hours_ago = NOW - timedelta(hours=3)
    view = shown(made=snapshot(verdict(finding(headroom=1.8), judged_at=hours_ago), judged_at=hours_ago))
    assert [notice.kind for notice in view.frame.notices] == ["stopped"]
    assert "16 nov. 2026 06:00" in view.frame.notices[0].text
    assert view.days[0].rows[0].badge.status is Status.UNKNOWN
    assert view.headline == "0 av 1 provtillfälle är redo."


def test_errors_in_the_configuration_are_told() -> None:
    """Word for word as the loader gave them."""
    broken = snapshot(configuration_errors=["config/schools.yaml:12: unknown key 'nmae'."])
    [notice] = shown(made=broken).frame.notices
    assert (notice.kind, notice.items) == ("configuration", ["config/schools.yaml:12: unknown key 'nmae'."])


@pytest.mark.parametrize(
    ("simulated", "kinds"), [([True, True], ["simulated"]), ([True, False], ["partly_simulated"]), ([False, False], [])]
)
def test_simulated_data_is_marked(simulated: list[bool], kinds: list[str]) -> None:
    """On the page when any is, and on each row that is."""
    verdicts = [verdict(finding(), about=sitting(f"s-{n}"), simulated=is_) for n, is_ in enumerate(simulated)]
    view = shown(made=snapshot(*verdicts))
    assert [notice.kind for notice in view.frame.notices] == kinds
    assert [row.simulated for row in view.days[0].rows] == simulated


def test_english() -> None:
    """The same page in English, under its own address, with the way back to Swedish."""
    view = overview(three_schools(), NOW, "en", Filter(school=ASP.code))
    row = view.days[0].rows[0]
    assert (row.path, row.headroom, row.binds_label) == ("/en/sittings/asp", "40 % is missing", "Stops it")
    [other] = view.frame.other_languages
    assert other == Link("/?school=10000002", "Svenska", language="sv")
    assert [link.words for link in view.frame.navigation if link.current] == ["Sittings"]


def test_a_day_without_a_date_is_told() -> None:
    """A standing sitting moves with the calendar, and a planner must know."""
    view = shown(made=snapshot(verdict(finding(), about=sitting(standing=True))))
    assert view.days[0].rows[0].standing == "tänkt dag"

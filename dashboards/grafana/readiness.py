"""The dashboard "Provklar: beredskap per skola": which sittings are ready, what stops them, and how we know."""

from __future__ import annotations

from grafana_foundation_sdk.builders import common as build_common
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as model

from dashboards.grafana.look import (
    BLUE,
    GREEN,
    GREY,
    NOTHING,
    ORANGE,
    RED,
    SOURCE,
    STATUSES,
    coloured_words,
    columns,
    fixed,
    missing,
    number_panel,
    property_of,
    query,
    rows,
    scale,
    status_number,
    status_numbers,
)

CHOSEN = 'school=~"$school"'
PER_SITTING = "max by (school, sitting)"
NAMED = f"* on (school) group_left (name) max by (school, name) (provklar_school_info{{{CHOSEN}}})"
ABOUT_SITTING = (
    "* on (school, sitting) group_left (test, year_group, simulated, page) max by "
    f"(school, sitting, test, year_group, simulated, page) (provklar_sitting_info{{{CHOSEN}}})"
)
ABOUT_FINDING = (
    "* on (school, sitting, requirement, room) group_left (title, severity, caused_by) max by "
    f"(school, sitting, requirement, room, title, severity, caused_by) (provklar_finding_info{{{CHOSEN}}})"
)
SIMULATED_WORDS = {"true": {"text": "SIMULERAD", "color": ORANGE}, "false": {"text": "nej", "color": GREY}}


def dashboard() -> build.Dashboard:
    """The whole dashboard, panel by panel."""
    made = (
        build.Dashboard("Provklar: beredskap per skola")
        .uid("provklar-readiness")
        .description("Which schools are ready for their digital tests, what stops the others, and how we know.")
        .tags(["provklar"])
        .timezone("Europe/Stockholm")
        .refresh("1m")
        .time("now-7d", "now")
        .readonly()
        .with_variable(build.DatasourceVariable("datasource").label("Datakälla").type("prometheus"))
        .with_variable(_school_variable())
        .with_row(build.Row("Läget nu"))
        .with_panel(_simulated())
    )
    for status in STATUSES:
        made = made.with_panel(_count(status))
    made = made.with_panel(_sittings()).with_panel(_findings()).with_row(build.Row("Över tid"))
    made = made.with_panel(_history()).with_panel(_headroom()).with_panel(_line())
    made = made.with_row(build.Row("Hur vi vet")).with_panel(_age_of_evidence()).with_panel(_without_evidence())
    made = made.with_panel(_devices()).with_panel(_reports()).with_panel(_judged()).with_panel(_configuration())
    return made.with_panel(_delivery())


def _school_variable() -> build.QueryVariable:
    return (
        build.QueryVariable("school")
        .label("Skola")
        .datasource(SOURCE)
        .query("query_result(provklar_school_info)")
        .regex('/name="(?<text>[^"]*)".*school="(?<value>[^"]*)"/')
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
    )


def _simulated() -> stat.Panel:
    words = model.ValueMap(options={"0": model.ValueMappingResult(text="Inga simulerade skolor", color=GREY, index=0)})
    shown = f'count(max by (school) (provklar_school_info{{{CHOSEN},simulated="true"}})) or vector(0)'
    return (
        number_panel("Simulerade skolor", "Schools shown here that are simulated, not real.", shown, (1, ORANGE))
        .mappings([words, missing()])
        .span(8)
    )


def _count(status: str) -> stat.Panel:
    words, colour = STATUSES[status]
    shown = f'sum({PER_SITTING} (provklar_sitting_status{{{CHOSEN},status="{status}"}}))'
    description = f"How many sittings are {status.replace('_', ' ')} now. Grey when there is none."
    return number_panel(words, description, shown, (1, colour)).span(4)


def _sittings() -> table.Panel:
    status = f"({PER_SITTING[:-1]}, status) (provklar_sitting_status{{{CHOSEN}}}) == 1) {ABOUT_SITTING} {NAMED}"
    names = {
        "status": "Status", "name": "Skola", "sitting": "Provtillfälle", "test": "Prov", "year_group": "Årskurs",
        "Value #B": "Börjar", "Value #C": "Marginal", "simulated": "Simulerad",
    }  # fmt: skip
    return (
        table.Panel()
        .title("Provtillfällen")
        .description("Every sitting: status, start, headroom (1.0 is just enough). Follow a sitting to its remedies.")
        .datasource(SOURCE)
        .with_target(rows(status, "A"))
        .with_target(rows(f"{PER_SITTING} (provklar_sitting_start_timestamp_seconds{{{CHOSEN}}}) * 1000", "B"))
        .with_target(rows(f"{PER_SITTING} (provklar_sitting_headroom_ratio{{{CHOSEN}}})", "C"))
        .transformations(columns(names, ("Time", "Value #A", "school")))
        .override_by_name("Status", coloured_words())
        .override_by_name("Provtillfälle", _link_to_page())
        .override_by_name("Börjar", [property_of("unit", "dateTimeAsLocal")])
        .override_by_name("Marginal", [property_of("decimals", 2), property_of("noValue", "okänd")])
        .override_by_name("Simulerad", [property_of("mappings", [{"type": "value", "options": SIMULATED_WORDS}])])
        .override_by_name("page", [property_of("custom.hidden", True)])
        .sort_by([build_common.TableSortByFieldState().display_name("Börjar")])
        .no_value(NOTHING)
        .span(24)
        .height(9)
    )


def _findings() -> table.Panel:
    unwell = (
        "(max by (school, sitting, requirement, room, status) "
        f'(provklar_finding_status{{{CHOSEN},status!="ready"}}) == 1) {ABOUT_FINDING} {ABOUT_SITTING} {NAMED}'
    )
    names = {
        "status": "Status", "name": "Skola", "sitting": "Provtillfälle", "title": "Krav", "room": "Sal",
        "severity": "Vikt", "caused_by": "Förklaras av", "requirement": "Kravets namn", "simulated": "Simulerad",
    }  # fmt: skip
    return (
        table.Panel()
        .title("Det som inte är redo")
        .description("Every finding that is not ready or not known. The link leads to why, and what to do.")
        .datasource(SOURCE)
        .with_target(rows(unwell))
        .transformations(columns(names, ("Time", "Value", "school", "test", "year_group")))
        .override_by_name("Status", coloured_words())
        .override_by_name("Krav", _link_to_page())
        .override_by_name("Simulerad", [property_of("mappings", [{"type": "value", "options": SIMULATED_WORDS}])])
        .override_by_name("page", [property_of("custom.hidden", True)])
        .no_value(NOTHING)
        .span(24)
        .height(9)
    )


def _link_to_page() -> list[model.DynamicConfigValue]:
    link = {"title": "Visa varför och vad som behöver göras", "url": "${__data.fields.page}", "targetBlank": True}
    return [property_of("links", [link])]


def _history() -> statetimeline.Panel:
    return (
        statetimeline.Panel()
        .title("Status över tid")
        .description("The status of every sitting over time. Grey: nothing was judged.")
        .datasource(SOURCE)
        .with_target(query(status_number(CHOSEN), "{{sitting}}"))
        .mappings(status_numbers())
        .color_scheme(build.FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color(GREY))
        .no_value(NOTHING)
        .span(24)
        .height(8)
    )


def _headroom() -> timeseries.Panel:
    style = build_common.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
    return (
        _series("Marginal per provtillfälle", "Available / needed. Below 1.0 it does not do; from 1.3 it is ready.")
        .with_target(query(f"{PER_SITTING} (provklar_sitting_headroom_ratio{{{CHOSEN}}})", "{{sitting}}"))
        .thresholds(scale((0, RED), (1.0, ORANGE), (1.3, GREEN)))
        .thresholds_style(style)
        .min(0)
        .decimals(2)
    )


def _line() -> timeseries.Panel:
    def mbit(kind: str) -> str:
        return f"8 * max by (school, sitting, direction) (provklar_line_{kind}_bytes_per_second{{{CHOSEN}}})"

    return (
        _series("Linjen: uppmätt mot behov", "What the line can give the pupils, and what they need, per direction.")
        .with_target(query(mbit("measured"), "{{sitting}} {{direction}} uppmätt", "A"))
        .with_target(query(mbit("required"), "{{sitting}} {{direction}} behov", "B"))
        .override_by_query("B", [property_of("custom.lineStyle", {"fill": "dash", "dash": [8, 8]})])
        .unit("bps")
        .min(0)
    )


def _age_of_evidence() -> timeseries.Panel:
    return (
        _series("Underlagets ålder", "Age of the oldest evidence that a sitting's verdict rests on.")
        .with_target(query(f"{PER_SITTING} (provklar_evidence_age_seconds{{{CHOSEN}}})", "{{sitting}}"))
        .unit("s")
        .min(0)
    )


def _without_evidence() -> timeseries.Panel:
    absent = f"sum by (school, sitting) (1 - min without (instance) (provklar_evidence_present{{{CHOSEN}}}))"
    return (
        _series("Bedömningar utan underlag", "Findings with no evidence at all behind them, per sitting.")
        .with_target(query(absent, "{{sitting}}"))
        .min(0)
        .decimals(0)
    )


def _devices() -> timeseries.Panel:
    return (
        _series("Enheter som rapporterar", "Devices heard within a day, and silent ones, per state.")
        .with_target(query(f"sum by (state) (max by (school, state) (provklar_devices{{{CHOSEN}}}))", "{{state}}"))
        .override_by_name("reporting", [*fixed(BLUE), property_of("displayName", "rapporterar")])
        .override_by_name("silent", [*fixed(GREY), property_of("displayName", "tysta")])
        .min(0)
        .decimals(0)
    )


def _reports() -> timeseries.Panel:
    return (
        _series("Rapporter per timme", "Reports taken in per hour by outcome, and rejected ones by reason.")
        .with_target(query("sum by (outcome) (increase(provklar_reports_total[1h]))", "{{outcome}}", "A"))
        .with_target(query("sum by (code) (increase(provklar_reports_rejected_total[1h]))", "avvisad: {{code}}", "B"))
        .min(0)
    )


def _judged() -> stat.Panel:
    age = "time() - max(provklar_judged_timestamp_seconds)"
    title, description = "Senast bedömt för", "How long ago anything was judged."
    return number_panel(title, description, age, (0, GREEN), (300, ORANGE), (900, RED)).unit("s").span(8)


def _configuration() -> stat.Panel:
    return _yes_or_no(
        "Inställningarna på disk används",
        "Whether the configuration on disk is valid and in use.",
        "min(provklar_configuration_last_reload_successful)",
    )


def _delivery() -> stat.Panel:
    return _yes_or_no(
        "Varningar når Alertmanager",
        "Whether the last round of warnings was delivered. No value when no Alertmanager is configured.",
        "min(provklar_alert_delivery_successful)",
    )


def _yes_or_no(title: str, description: str, expr: str) -> stat.Panel:
    words = model.ValueMap(
        options={
            "0": model.ValueMappingResult(text="Nej", color=RED, index=0),
            "1": model.ValueMappingResult(text="Ja", color=GREEN, index=1),
        }
    )
    return number_panel(title, description, expr).mappings([words, missing()]).span(8)


def _series(title: str, description: str) -> timeseries.Panel:
    return (
        timeseries.Panel().title(title).description(description).datasource(SOURCE).no_value(NOTHING).span(12).height(8)
    )

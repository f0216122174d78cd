"""How a dashboard shows what Provklar knows: statuses in words and colour, queries, and grey for what is not there.

Unknown is blue and missing is grey: neither is ever green, and no scale begins in green.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import prometheus, stat
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import prometheus as prometheus_model

GREEN, ORANGE, RED, BLUE, GREY = "green", "orange", "red", "blue", "#8e8e8e"

STATUSES: Mapping[str, tuple[str, str]] = {
    "ready": ("Redo", GREEN),
    "at_risk": ("På gränsen", ORANGE),
    "not_ready": ("Inte redo", RED),
    "unknown": ("Vet inte än", BLUE),
}
"""Each status as people read it, and its colour."""

NOTHING = "ingen uppgift"
SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")


def query(expr: str, legend: str = "", ref_id: str = "A") -> prometheus.Dataquery:
    """A query over the dashboard's time range."""
    return prometheus.Dataquery().expr(expr).legend_format(legend).ref_id(ref_id).range().datasource(SOURCE)


def newest(expr: str, legend: str = "", ref_id: str = "A") -> prometheus.Dataquery:
    """A query of the newest value only."""
    return prometheus.Dataquery().expr(expr).legend_format(legend).ref_id(ref_id).instant().datasource(SOURCE)


def rows(expr: str, ref_id: str = "A") -> prometheus.Dataquery:
    """The newest values as rows of a table, one column per label."""
    return newest(expr, ref_id=ref_id).format(prometheus_model.PromQueryFormat.TABLE)


def status_words() -> list[model.ValueMapping]:
    """Shows the label `status` as words in its colour."""
    shown = {name: _result(text, colour, n) for n, (name, (text, colour)) in enumerate(STATUSES.items())}
    return [model.ValueMap(options=shown), missing()]


def status_numbers() -> list[model.ValueMapping]:
    """Shows the numbers of `status_number` as words in their colour."""
    shown = {str(n): _result(text, colour, n) for n, (text, colour) in enumerate(STATUSES.values(), start=1)}
    return [model.ValueMap(options=shown), missing()]


def status_number(selector: str) -> str:
    """A query that gives one number per sitting: 1 for the first of `STATUSES`, and so on."""
    numbered = [
        f'provklar_sitting_status{{{selector},status="{name}"}} * {number}'
        for number, name in enumerate(STATUSES, start=1)
    ]
    return f"max by (school, sitting) ({' or '.join(numbered)})"


def missing() -> model.SpecialValueMap:
    """A missing value is said to be missing, in grey."""
    options = model.DashboardSpecialValueMapOptions(
        match=model.SpecialValueMatch.NULL_AND_NAN, result=_result(NOTHING, GREY, len(STATUSES))
    )
    return model.SpecialValueMap(options=options)


def scale(*steps: tuple[float, str]) -> build.ThresholdsConfig:
    """Colours from the given values on; grey below the first, which is also the colour of no value at all."""
    thresholds = [model.Threshold(value=None, color=GREY), *(model.Threshold(value=v, color=c) for v, c in steps)]
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(thresholds)


def number_panel(title: str, description: str, expr: str, *steps: tuple[float, str]) -> stat.Panel:
    """One big number on a background in the colour of `steps`."""
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .with_target(newest(expr))
        .thresholds(scale(*steps))
        .color_scheme(build.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
        .mappings([missing()])
        .no_value(NOTHING)
        .color_mode(common.BigValueColorMode.BACKGROUND)
        .graph_mode(common.BigValueGraphMode.NONE)
        .height(4)
    )


def property_of(name: str, value: object) -> model.DynamicConfigValue:
    """One setting of one column."""
    return model.DynamicConfigValue(id_val=name, value=value)


def fixed(colour: str) -> list[model.DynamicConfigValue]:
    """A series in one colour whatever its value."""
    return [property_of("color", {"mode": "fixed", "fixedColor": colour})]


def coloured_words() -> list[model.DynamicConfigValue]:
    """A column of statuses: words on their colour."""
    return [
        property_of("mappings", status_words()),
        property_of("custom.cellOptions", {"type": "color-background", "mode": "basic"}),
        property_of("color", {"mode": "fixed", "fixedColor": GREY}),
    ]


def columns(names: Mapping[str, str], hidden: Sequence[str]) -> list[model.DataTransformerConfig]:
    """One table of all queries: columns in the order of `names`, called as its values say, without `hidden`."""
    organised = {
        "indexByName": {name: place for place, name in enumerate(names)},
        "renameByName": dict(names),
        "excludeByName": dict.fromkeys(hidden, True),
    }
    return [
        model.DataTransformerConfig(id_val="merge", options={}),
        model.DataTransformerConfig(id_val="organize", options=organised),
    ]


def _result(text: str, colour: str, index: int) -> model.ValueMappingResult:
    return model.ValueMappingResult(text=text, color=colour, index=index)

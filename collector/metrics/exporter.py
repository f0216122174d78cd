"""Everything that `/metrics` shows: the catalogue of metrics, and the collector that fills it from a snapshot.

Nothing is measured or judged in a scrape. What is not known is absent or has the status `unknown`; no metric turns
a missing value into a healthy number. Units are Prometheus' base units: seconds, ratio, bytes per second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version
from types import MappingProxyType
from typing import get_args, get_type_hints

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector, CollectorRegistry

from agent.protocol.wire import ReportAnswer
from collector.alerting.deliver import Delivery
from collector.clock import Clock
from collector.configuration.links import base_url, sitting_page
from collector.judgement.snapshot import ReadSnapshot, Snapshot
from collector.metrics.gear import GEAR_METRICS, gear_samples
from collector.metrics.metric import BYTES_PER_MBIT, Metric, NamedSample
from collector.metrics.path import PATH_METRICS, path_samples
from collector.readiness.alerts.causes import worst
from collector.readiness.domain.model import Finding, Profile, Status, Verdict

REPORTING_WITHIN = timedelta(days=1)
"""A device that was not heard for longer is silent."""

LINE_FACTS: Mapping[str, str] = MappingProxyType({"line.down_headroom": "down", "line.up_headroom": "up"})
"""The facts whose findings tell the rate of the line, and the direction of each."""


SITTING = ("school", "sitting")
FINDING = (*SITTING, "requirement", "room")

METRICS: list[Metric] = [
    Metric("provklar_build_info", "info", "", "Which version of the collector answers.", ("version",)),
    Metric(
        "provklar_school_info",
        "info",
        "",
        "A school of the inventory. simulated is true when the school, or any of its devices, is simulated.",
        ("school", "name", "simulated"),
    ),
    Metric(
        "provklar_sitting_info",
        "info",
        "",
        "A judged sitting: what it is, which profile judges it, whether any of it is simulated, and its page.",
        (*SITTING, "test", "year_group", "profile", "simulated", "page"),
    ),
    Metric(
        "provklar_sitting_status",
        "gauge",
        "",
        "1 for the status that the sitting has (ready, at_risk, not_ready or unknown), 0 for the others.",
        (*SITTING, "status"),
    ),
    Metric(
        "provklar_sitting_headroom_ratio",
        "gauge",
        "ratio",
        "Available divided by needed for what binds the sitting; 1 is just enough. Absent when it is not known.",
        SITTING,
    ),
    Metric(
        "provklar_sitting_start_timestamp_seconds",
        "gauge",
        "seconds",
        "When the sitting starts, as seconds since 1970 (UTC).",
        SITTING,
    ),
    Metric("provklar_sitting_pupils", "gauge", "", "How many pupils take the test at once.", SITTING),
    Metric(
        "provklar_finding_info",
        "info",
        "",
        "A finding's title in Swedish, its severity, and the requirement that explains it, if any.",
        (*FINDING, "title", "severity", "caused_by"),
    ),
    Metric(
        "provklar_finding_status",
        "gauge",
        "",
        "1 for the status that the finding has, 0 for the others. room is empty for what concerns the whole school.",
        (*FINDING, "status"),
    ),
    Metric(
        "provklar_finding_headroom_ratio",
        "gauge",
        "ratio",
        "Available divided by needed for this requirement. Absent when it is not known or has no meaning.",
        FINDING,
    ),
    Metric(
        "provklar_evidence_present",
        "gauge",
        "",
        "1 when there is any evidence behind the finding, 0 when there is none.",
        FINDING,
    ),
    Metric(
        "provklar_evidence_age_seconds",
        "gauge",
        "seconds",
        "Age of the newest evidence behind the finding. Absent when there is none.",
        FINDING,
    ),
    Metric(
        "provklar_line_measured_bytes_per_second",
        "gauge",
        "bytes_per_second",
        "What the line gives, by the cautious bound that the verdict uses. Absent when it is not known.",
        (*SITTING, "direction"),
    ),
    Metric(
        "provklar_line_required_bytes_per_second",
        "gauge",
        "bytes_per_second",
        "What the line must give for the sitting, with its margin, while the rest of the school goes on.",
        (*SITTING, "direction"),
    ),
    Metric(
        "provklar_devices",
        "gauge",
        "",
        "Enrolled agents by whether they were heard within a day (reporting) or not (silent).",
        ("school", "state"),
    ),
    Metric(
        "provklar_web_devices",
        "gauge",
        "",
        "Browsers that ran the web probe: web counts as a device, web_once keeps nothing between visits and does not.",
        ("school", "kind"),
    ),
    Metric("provklar_reports_total", "counter", "", "Reports taken in since the start, by outcome.", ("outcome",)),
    Metric(
        "provklar_reports_rejected_total",
        "counter",
        "",
        "Reports rejected since the start, by the reason's code.",
        ("code",),
    ),
    Metric(
        "provklar_results_left_out_total",
        "counter",
        "",
        "Results since the start that were not kept: they told of another network than the school's (networks).",
        ("probe",),
    ),
    Metric(
        "provklar_judged_timestamp_seconds",
        "gauge",
        "seconds",
        "When verdicts were last judged, as seconds since 1970 (UTC). Absent until the first judgement.",
    ),
    Metric(
        "provklar_configuration_last_reload_successful",
        "gauge",
        "",
        "1 when the files on disk are in use, 0 when they are wrong and the older configuration stands.",
    ),
    Metric(
        "provklar_configuration_loaded_timestamp_seconds",
        "gauge",
        "seconds",
        "When the configuration in use was loaded, as seconds since 1970 (UTC).",
    ),
    Metric(
        "provklar_alert_delivery_successful",
        "gauge",
        "",
        "1 when the last round of warnings reached Alertmanager, 0 when it did not. Absent when none was tried.",
    ),
    *GEAR_METRICS,
    *PATH_METRICS,
]

CATALOGUE: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in METRICS})

OUTCOMES: tuple[str, ...] = get_args(get_type_hints(ReportAnswer)["outcome"])

Sample = tuple[tuple[str, ...], float]
Samples = dict[str, list[Sample]]
"""Label values (in the catalogue's order) and a value, by metric name."""


class SnapshotCollector(Collector):
    """Gives a registry the metrics of the newest snapshot, anew at each scrape."""

    def __init__(
        self,
        read_snapshot: ReadSnapshot,
        clock: Clock,
        read_delivery: Callable[[], Delivery | None] = lambda: None,
    ) -> None:
        """`read_delivery` tells how the last round of warnings went; None when there was none."""
        self._read_snapshot = read_snapshot
        self._read_delivery = read_delivery
        self._clock = clock

    def describe(self) -> Iterator[Family]:
        """The names alone, so that nothing is read when the collector is registered."""
        return (_family(metric, []) for metric in METRICS)

    def collect(self) -> Iterator[Family]:
        """Every metric of the catalogue, in its order."""
        samples: Samples = {metric.name: [] for metric in METRICS}
        for name, labels, value in _all_samples(self._read_snapshot(), self._read_delivery(), self._clock()):
            samples[name].append((labels, value))
        return (_family(metric, samples[metric.name]) for metric in METRICS)


def registry(collector: SnapshotCollector) -> CollectorRegistry:
    """A registry of its own with nothing else in it."""
    made = CollectorRegistry()
    made.register(collector)
    return made


def _family(metric: Metric, samples: Iterable[Sample]) -> Family:
    match metric.type:
        case "info":
            info = InfoMetricFamily(metric.name.removesuffix("_info"), metric.help, labels=metric.labels)
            for labels, _ in samples:
                info.add_metric(labels, {})
            return info
        case "counter":
            counter = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, value in samples:
                counter.add_metric(labels, value)
            return counter
        case "gauge":
            gauge = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels, unit=metric.unit)
            for labels, value in samples:
                gauge.add_metric(labels, value)
            return gauge


def _all_samples(snapshot: Snapshot, delivery: Delivery | None, now: datetime) -> Iterator[NamedSample]:
    yield from _about_collector(snapshot, delivery)
    yield from _about_schools(snapshot, now)
    yield from gear_samples(snapshot.gear, now)
    yield from path_samples(snapshot)
    base = base_url(snapshot.configuration.settings)
    for verdict in snapshot.verdicts:
        yield from _about_sitting(verdict, base)
        yield from _about_line(verdict, snapshot.configuration.profiles.get(verdict.profile))
        for finding in _one_per_series(verdict.findings):
            yield from _about_finding(verdict, finding, now)


def _about_collector(snapshot: Snapshot, delivery: Delivery | None) -> Iterator[NamedSample]:
    yield "provklar_build_info", (version("provklar"),), 1
    yield "provklar_configuration_last_reload_successful", (), not snapshot.configuration_errors
    yield "provklar_configuration_loaded_timestamp_seconds", (), snapshot.configuration.loaded_at.timestamp()
    if snapshot.judged_at is not None:
        yield "provklar_judged_timestamp_seconds", (), snapshot.judged_at.timestamp()
    if delivery is not None:
        yield "provklar_alert_delivery_successful", (), delivery.problem is None
    for outcome in OUTCOMES:
        yield "provklar_reports_total", (outcome,), snapshot.outcomes_total.get(outcome, 0)
    for code, count in sorted(snapshot.rejected_total.items()):
        yield "provklar_reports_rejected_total", (code,), count
    for probe, count in sorted(snapshot.left_out_total.items()):
        yield "provklar_results_left_out_total", (probe,), count


def _about_schools(snapshot: Snapshot, now: datetime) -> Iterator[NamedSample]:
    reporting, silent, simulated = Counter[str](), Counter[str](), set[str]()
    browsers = Counter((device.school, device.kind) for device in snapshot.devices)
    for device in snapshot.devices:
        heard = device.last_seen_at is not None and now - device.last_seen_at <= REPORTING_WITHIN
        if device.kind == "agent":  # a browser reports when somebody opens the page: its silence means nothing
            (reporting if heard else silent)[device.school] += 1
        if device.simulated:
            simulated.add(device.school)
    for code, school in sorted(snapshot.configuration.schools.items()):
        marked = school.simulated or code in simulated
        yield "provklar_school_info", (code, school.name, _boolean(marked)), 1
        yield "provklar_devices", (code, "reporting"), reporting[code]
        yield "provklar_devices", (code, "silent"), silent[code]
        yield "provklar_web_devices", (code, "web"), browsers[code, "web"]
        yield "provklar_web_devices", (code, "web_once"), browsers[code, "web_once"]


def _about_sitting(verdict: Verdict, base: str) -> Iterator[NamedSample]:
    sitting = verdict.sitting
    key = (verdict.school.code, sitting.id)
    page = sitting_page(base, sitting.id)
    about = (sitting.test, sitting.year_group, verdict.profile, _boolean(verdict.simulated), page)
    yield "provklar_sitting_info", (*key, *about), 1
    yield "provklar_sitting_start_timestamp_seconds", key, verdict.starts_at.timestamp()
    yield "provklar_sitting_pupils", key, sitting.pupils
    yield from _states("provklar_sitting_status", key, verdict.status)
    if verdict.headroom is not None and verdict.status is not Status.UNKNOWN:
        yield "provklar_sitting_headroom_ratio", key, verdict.headroom


def _about_finding(verdict: Verdict, finding: Finding, now: datetime) -> Iterator[NamedSample]:
    key = (verdict.school.code, verdict.sitting.id, finding.requirement, finding.room or "")
    yield "provklar_finding_info", (*key, finding.title.sv, finding.severity, finding.caused_by or ""), 1
    yield from _states("provklar_finding_status", key, finding.status)
    if finding.headroom is not None and finding.status is not Status.UNKNOWN:
        yield "provklar_finding_headroom_ratio", key, finding.headroom
    newest_at = finding.evidence.newest_at
    yield "provklar_evidence_present", key, newest_at is not None
    if newest_at is not None:
        yield "provklar_evidence_age_seconds", key, max(0.0, (now - newest_at).total_seconds())


def _one_per_series(findings: Iterable[Finding]) -> list[Finding]:
    """One finding per requirement and room, the worst: two values for one series would lose one at random."""
    together: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        together.setdefault((finding.requirement, finding.room), []).append(finding)
    return [found for group in together.values() if (found := worst(group))]


def _about_line(verdict: Verdict, profile: Profile | None) -> Iterator[NamedSample]:
    key = (verdict.school.code, verdict.sitting.id)
    requirements = profile.requirements if profile else []
    directions = {r.id: LINE_FACTS[str(r.fact)] for r in requirements if str(r.fact) in LINE_FACTS}
    for finding in _one_per_series(verdict.findings):
        if finding.unit != "Mbit/s" or finding.requirement not in directions:
            continue
        labels = (*key, directions[finding.requirement])
        if isinstance(finding.measured, int | float) and finding.status is not Status.UNKNOWN:
            yield "provklar_line_measured_bytes_per_second", labels, finding.measured * BYTES_PER_MBIT
        if isinstance(finding.required, int | float):
            yield "provklar_line_required_bytes_per_second", labels, finding.required * BYTES_PER_MBIT


def _states(name: str, key: tuple[str, ...], current: Status) -> Iterator[NamedSample]:
    """A state set: every status is always there, so that a query can tell "not so" from "not known"."""
    for status in Status:
        yield name, (*key, status.value), status is current


def _boolean(value: bool) -> str:
    return "true" if value else "false"

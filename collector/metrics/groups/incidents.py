"""What fails on the way to the test right now, and who has to act."""

from __future__ import annotations

from collections.abc import Iterator

from collector.judgement.snapshot import Snapshot
from collector.metrics.metric import Metric, MetricGroup, NamedSample, Scrape, boolean
from collector.readiness.incidents.attribute import Incident

INCIDENT = ("rung", "kind", "code", "reach", "actor", "doubt", "school", "name", "authority", "simulated")

METRICS = [
    Metric(
        "provklar_incident_schools",
        "gauge",
        "",
        "Schools at which a rung of the ladder fails now; one series per incident. school and name are empty where "
        "there are several; actor says who has to act, and doubt why that is not known.",
        INCIDENT,
    ),
    Metric("provklar_incident_devices", "gauge", "", "Devices for which the rung fails, by incident.", INCIDENT),
    Metric(
        "provklar_incident_since_timestamp_seconds",
        "gauge",
        "seconds",
        "When the first device saw it, by incident, as seconds since 1970 (UTC).",
        INCIDENT,
    ),
]


def samples(scrape: Scrape) -> Iterator[NamedSample]:
    """One series per incident."""
    for incident in scrape.snapshot.incidents:
        labels = _labels(incident, scrape.snapshot)
        yield "provklar_incident_schools", labels, len(incident.schools)
        yield "provklar_incident_devices", labels, incident.failing_count
        yield "provklar_incident_since_timestamp_seconds", labels, incident.since.timestamp()


def _labels(incident: Incident, snapshot: Snapshot) -> tuple[str, ...]:
    alone = incident.schools[0].school if len(incident.schools) == 1 else ""
    school = snapshot.configuration.schools.get(alone)
    return (
        incident.rung,
        incident.kind,
        incident.code,
        incident.reach,
        incident.actor,
        incident.doubt or "",
        alone,
        school.name if school else "",
        incident.authority or "",
        boolean(incident.simulated),
    )


GROUP = MetricGroup(120, METRICS, samples)

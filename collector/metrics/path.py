"""Metrics of the path: leave to fill schools' lines, the rungs of the ladder, and what fails there now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from collector.judgement.snapshot import Snapshot
from collector.metrics.metric import Metric, NamedSample
from collector.readiness.incidents.attribute import RUNG_STATUSES, Incident
from collector.readiness.leases.scheduler import Refusal

INCIDENT = ("rung", "kind", "code", "reach", "actor", "doubt", "school", "name", "authority", "simulated")

PATH_METRICS: list[Metric] = [
    Metric("provklar_leases_granted_total", "counter", "", "Leases of schools' lines given since the start."),
    Metric(
        "provklar_leases_refused_total",
        "counter",
        "",
        "Leases of schools' lines refused since the start, by the reason's code.",
        ("code",),
    ),
    Metric("provklar_leases_held", "gauge", "", "Leases that this collector gave and that are in force now."),
    Metric(
        "provklar_ladder_devices",
        "gauge",
        "",
        "Devices that tried a rung of the ladder within half an hour, by what they found (ok, slow or failed).",
        ("school", "rung", "kind", "status"),
    ),
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


def path_samples(snapshot: Snapshot) -> Iterator[NamedSample]:
    """All samples of `PATH_METRICS`."""
    leases = snapshot.leases
    yield "provklar_leases_granted_total", (), leases.granted
    for code in get_args(Refusal):
        yield "provklar_leases_refused_total", (code,), leases.refused.get(code, 0)
    yield "provklar_leases_held", (), leases.held
    for one in snapshot.rungs:
        for status in RUNG_STATUSES:
            yield "provklar_ladder_devices", (one.school, one.rung, one.kind, status), one.devices.get(status, 0)
    for incident in snapshot.incidents:
        labels = _labels(incident, snapshot)
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
        "true" if incident.simulated else "false",
    )

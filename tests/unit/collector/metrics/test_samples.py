"""What the metrics say about a snapshot: right numbers, and never a healthy one for what is not known."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from collector.judgement.snapshot import Snapshot
from collector.metrics.exporter import SnapshotCollector, registry
from collector.readiness.alerts.delivery import Delivery
from collector.readiness.domain.model import DeviceKind, Status
from collector.readiness.incidents.attribute import RUNG_STATUSES
from tests.support.incidents import failing, incident
from tests.support.metrics_server import eventful_snapshot
from tests.support.verdicts import NOW, changed, device, finding, school, snapshot, verdict

OAK, ELM, ASH = "10000001", "10000002", "10000003"


class Scrape:
    """The values of one scrape at `NOW` by metric name and labels."""

    def __init__(self, shown: Snapshot, delivery: Delivery | None = None) -> None:
        self._registry = registry(SnapshotCollector(lambda: shown, lambda: NOW, lambda: delivery))

    def value(self, name: str, /, **labels: str) -> float | None:
        """The value of exactly that series; None when it is absent."""
        return self._registry.get_sample_value(name, labels)

    def names(self) -> set[str]:
        """The names of all series that have a value."""
        return {sample.name for family in self._registry.collect() for sample in family.samples}


def statuses(scrape: Scrape, name: str, **labels: str) -> dict[str, float | None]:
    """The state set by status."""
    return {status.value: scrape.value(name, **labels, status=status.value) for status in Status}


def test_a_status_is_one_of_four() -> None:
    """Exactly the status that holds is 1, and all four are there."""
    scrape = Scrape(eventful_snapshot())
    assert statuses(scrape, "provklar_sitting_status", school=OAK, sitting="ek-9-ma") == {
        "ready": 1, "at_risk": 0, "not_ready": 0, "unknown": 0,
    }  # fmt: skip
    assert statuses(scrape, "provklar_sitting_status", school=ASH, sitting="ask-9-ma") == {
        "ready": 0, "at_risk": 0, "not_ready": 0, "unknown": 1,
    }  # fmt: skip
    room = {"school": ELM, "sitting": "alm-9-ma", "requirement": "wifi_signal", "room": "a2"}
    assert statuses(scrape, "provklar_finding_status", **room)["unknown"] == 1


def test_headroom_start_and_pupils() -> None:
    """The numbers of a sitting, in base units."""
    scrape, key = Scrape(eventful_snapshot()), {"school": ELM, "sitting": "alm-9-ma"}
    assert scrape.value("provklar_sitting_headroom_ratio", **key) == 0.8
    assert scrape.value("provklar_sitting_start_timestamp_seconds", **key) == (NOW + timedelta(days=10)).timestamp()
    assert scrape.value("provklar_sitting_pupils", **key) == 52


def test_an_unknown_sitting_has_no_headroom_even_if_the_verdict_carries_one() -> None:
    """A healthy number beside an unknown status would look green."""
    careless = changed(verdict(finding("x", Status.UNKNOWN, headroom=9.0)), headroom=9.0)
    scrape = Scrape(snapshot(careless))
    assert "provklar_sitting_headroom_ratio" not in scrape.names()
    assert "provklar_finding_headroom_ratio" not in scrape.names()


def test_a_judgement_that_has_grown_old_is_no_good_news() -> None:
    """When judging has stopped, metrics say what the pages say: what was ready is unknown."""
    scrape = Scrape(snapshot(verdict(finding("x", headroom=2.0), judged_at=NOW - timedelta(hours=1))))
    key = {"school": OAK, "sitting": "ek-9-ma"}
    assert statuses(scrape, "provklar_sitting_status", **key) == {
        "ready": 0, "at_risk": 0, "not_ready": 0, "unknown": 1,
    }  # fmt: skip
    assert scrape.value("provklar_sitting_headroom_ratio", **key) is None


def test_age_of_evidence_and_its_absence() -> None:
    """Age counts to the scrape; without evidence there is no age, and `present` says why."""
    scrape = Scrape(eventful_snapshot())
    there = {"school": OAK, "sitting": "ek-9-ma", "requirement": "line_down", "room": ""}
    assert scrape.value("provklar_evidence_age_seconds", **there) == 300
    assert scrape.value("provklar_evidence_present", **there) == 1
    missing = {"school": ELM, "sitting": "alm-9-ma", "requirement": "wifi_signal", "room": "a2"}
    assert scrape.value("provklar_evidence_age_seconds", **missing) is None
    assert scrape.value("provklar_evidence_present", **missing) == 0


def test_evidence_from_a_clock_ahead_is_new_not_negative() -> None:
    """A minute ahead of the collector's clock is age 0."""
    scrape = Scrape(snapshot(verdict(finding(newest_at=NOW + timedelta(minutes=1)))))
    labels = {"school": OAK, "sitting": "ek-9-ma", "requirement": "line_down", "room": ""}
    assert scrape.value("provklar_evidence_age_seconds", **labels) == 0


def test_two_findings_of_one_requirement_show_the_worse() -> None:
    """One series has one value: the worse finding's, whatever the order."""
    for pair in ((Status.READY, Status.NOT_READY), (Status.NOT_READY, Status.READY)):
        scrape = Scrape(snapshot(verdict(*(finding(status=status) for status in pair))))
        labels = {"school": OAK, "sitting": "ek-9-ma", "requirement": "line_down", "room": ""}
        assert scrape.value("provklar_finding_status", **labels, status="not_ready") == 1
        assert scrape.value("provklar_finding_status", **labels, status="ready") == 0


def test_line_in_bytes_per_second() -> None:
    """20.8 Mbit/s is 2.6 Mbyte/s; what was measured too little to be known is absent, though a number is there."""
    scrape, key = Scrape(eventful_snapshot()), {"school": ELM, "sitting": "alm-9-ma"}
    assert scrape.value("provklar_line_measured_bytes_per_second", **key, direction="down") == 2_600_000
    assert scrape.value("provklar_line_required_bytes_per_second", **key, direction="down") == 3_250_000
    assert scrape.value("provklar_line_measured_bytes_per_second", **key, direction="up") is None
    assert scrape.value("provklar_line_required_bytes_per_second", **key, direction="up") == 650_000


def test_devices_by_whether_they_report() -> None:
    """Heard within a day, to the second; never heard is silent; a school without devices shows zero of each."""
    seen = [NOW - timedelta(days=1), NOW - timedelta(days=1, seconds=1), None]
    devices = [device(f"d-{n}", last_seen_at=at) for n, at in enumerate(seen)]
    scrape = Scrape(snapshot(devices=devices, schools=[school(), school(ASH, "Askskolan")]))
    assert scrape.value("provklar_devices", school=OAK, state="reporting") == 1
    assert scrape.value("provklar_devices", school=OAK, state="silent") == 2
    assert scrape.value("provklar_devices", school=ASH, state="reporting") == 0


def test_browsers_are_no_silent_agents() -> None:
    """They report when somebody opens the page, so nobody is warned of their silence; each kind has its own count."""
    kinds: list[DeviceKind] = ["agent", "web", "web", "web_once"]
    gone = [msgspec.structs.replace(device(f"d-{n}", last_seen_at=None), kind=kind) for n, kind in enumerate(kinds)]
    scrape = Scrape(snapshot(devices=gone, schools=[school()]))
    assert scrape.value("provklar_devices", school=OAK, state="silent") == 1
    assert scrape.value("provklar_web_devices", school=OAK, kind="web") == 2
    assert scrape.value("provklar_web_devices", school=OAK, kind="web_once") == 1


def test_a_simulated_device_marks_its_school() -> None:
    """Simulated shows on the school whether the inventory or a device says so."""
    real = school()
    marked = Scrape(snapshot(devices=[device(simulated=True)], schools=[real]))
    assert marked.value("provklar_school_info", school=OAK, name="Ekskolan", simulated="true") == 1
    unmarked = Scrape(snapshot(devices=[device()], schools=[real]))
    assert unmarked.value("provklar_school_info", school=OAK, name="Ekskolan", simulated="false") == 1


def test_reports_count_from_zero() -> None:
    """Every outcome is there from the start, so that a rate is right from the first report."""
    scrape = Scrape(eventful_snapshot())
    outcomes = ("accepted", "duplicate", "rejected")
    assert [scrape.value("provklar_reports_total", outcome=outcome) for outcome in outcomes] == [40, 0, 2]
    assert scrape.value("provklar_reports_rejected_total", code="future_schema") == 2


def test_before_the_first_judgement() -> None:
    """Nothing was judged: no time, no status, no headroom."""
    scrape = Scrape(snapshot(judged_at=None, schools=[school()]))
    assert scrape.value("provklar_judged_timestamp_seconds") is None
    assert not any(name.startswith(("provklar_sitting", "provklar_finding")) for name in scrape.names())


def test_configuration_that_was_not_taken_over() -> None:
    """Errors on disk show as an unsuccessful reload, beside when the one in use was loaded."""
    broken = Scrape(snapshot(configuration_errors=["config/schools.yaml:12: ..."]))
    assert broken.value("provklar_configuration_last_reload_successful") == 0
    assert Scrape(snapshot()).value("provklar_configuration_last_reload_successful") == 1
    loaded_at = (NOW - timedelta(hours=2)).timestamp()
    assert broken.value("provklar_configuration_loaded_timestamp_seconds") == loaded_at


def test_delivery_of_warnings() -> None:
    """Unknown until a round was tried."""
    fine = Delivery(at=NOW, sent=3, unsent=0)
    failed = msgspec.structs.replace(fine, sent=0, unsent=3, problem="no answer")
    name = "provklar_alert_delivery_successful"
    assert [Scrape(snapshot(), delivery).value(name) for delivery in (None, fine, failed)] == [None, 1, 0]


def test_registering_reads_nothing() -> None:
    """The snapshot is read in a scrape and never before."""

    def never() -> Snapshot:
        raise AssertionError("read before a scrape")

    made = registry(SnapshotCollector(never, lambda: NOW))
    assert made.restricted_registry(["provklar_devices"]) is not None


OF_INCIDENT = {
    "rung": "dns-1", "kind": "dns", "code": "dns_silent", "reach": "school", "actor": "school", "doubt": "",
    "school": OAK, "name": "Ekskolan", "authority": "", "simulated": "false",
}  # fmt: skip


def test_an_incident_is_one_series() -> None:
    """With whose it is, how many devices see it, and since when."""
    scrape = Scrape(eventful_snapshot())
    assert scrape.value("provklar_incident_schools", **OF_INCIDENT) == 1
    assert scrape.value("provklar_incident_devices", **OF_INCIDENT) == 2
    assert scrape.value("provklar_incident_since_timestamp_seconds", **OF_INCIDENT) == incident().since.timestamp()


def test_an_incident_at_several_schools_is_still_one_series() -> None:
    """It names the authority and no school; one that is simulated says so."""
    wide = incident(
        failing(OAK), failing(ASH), reach="authority", actor="authority", authority="Exempelby", simulated=True
    )
    scrape = Scrape(msgspec.structs.replace(snapshot(), incidents=[wide]))
    labels = OF_INCIDENT | {"reach": "authority", "actor": "authority", "authority": "Exempelby"}
    labels |= {"school": "", "name": "", "simulated": "true"}
    assert scrape.value("provklar_incident_schools", **labels) == 2
    assert scrape.value("provklar_incident_devices", **labels) == 4


def test_why_it_is_not_known_whose_it_is() -> None:
    """Doubt is a label of its own."""
    doubtful = incident(reach="unknown", actor="unknown", doubt="too_few_devices")
    scrape = Scrape(msgspec.structs.replace(snapshot(), incidents=[doubtful]))
    labels = OF_INCIDENT | {"reach": "unknown", "actor": "unknown", "doubt": "too_few_devices"}
    assert scrape.value("provklar_incident_schools", **labels) == 1


def test_the_ladder_by_what_devices_found() -> None:
    """All three states are there, so that a query can tell "none" from "not known"."""
    scrape, rung = Scrape(eventful_snapshot()), {"school": OAK, "rung": "dns-1", "kind": "dns"}
    found = {status: scrape.value("provklar_ladder_devices", **rung, status=status) for status in RUNG_STATUSES}
    assert found == {"ok": 1, "slow": 0, "failed": 2}


def test_leases() -> None:
    """Every reason is there from the start."""
    scrape = Scrape(eventful_snapshot())
    assert scrape.value("provklar_leases_granted_total") == 12
    assert scrape.value("provklar_leases_refused_total", code="enough_for_now") == 30
    assert scrape.value("provklar_leases_refused_total", code="sitting_in_progress") == 0
    assert scrape.value("provklar_leases_held") == 1

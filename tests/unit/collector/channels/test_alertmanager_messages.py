"""What a warning says: labels for machines, Swedish and then English for people."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import msgspec

from collector.channels import Links
from collector.channels.alertmanager import PostableAlert, firing, resolved
from collector.configuration.links import runbook_page, sitting_page
from collector.readiness.alerts.decide import Alert, Decision, Ended
from collector.readiness.domain.model import Finding, Status, Text
from tests.support.alert_scenes import Scene, days_before, judged
from tests.support.verdicts import finding

BASE = "https://provklar.example"
LINKS = Links(sitting=partial(sitting_page, BASE), runbook=partial(runbook_page, BASE))
NOW = days_before(6)
LASTS = timedelta(minutes=15)
WHY = Text("alert_in_room", {"room": "x", "why": "y"})


def decided(*findings: Finding, simulated: bool = False) -> Decision:
    """The decision six days before the sitting."""
    return Scene().at(NOW, judged(*findings, simulated=simulated))


def told(*findings: Finding, simulated: bool = False) -> PostableAlert:
    """The only alert of these findings."""
    alert: Alert = decided(*findings, simulated=simulated).active[0]
    return firing(alert, links=LINKS, now=NOW, lasts=LASTS)


def slow_line(status: Status = Status.NOT_READY, **changes: object) -> Finding:
    """A line finding with a sentence of this catalogue as its why."""
    return msgspec.structs.replace(finding("line", status, why=WHY), **changes)


def test_labels() -> None:
    """All that identifies the alert, and nothing that changes while it holds."""
    assert told(slow_line()).labels == {
        "alertname": "ProvklarNotReady",
        "severity": "critical",
        "school": "10000001",
        "sitting": "ek-9-ma",
        "cause": "line",
        "days_before": "7",
        "simulated": "false",
    }


def test_each_status_has_its_name_and_severity() -> None:
    """At risk is the mildest; unknown is never less than a warning."""
    found = {status: told(slow_line(status)).labels for status in (Status.NOT_READY, Status.UNKNOWN, Status.AT_RISK)}
    assert {status: (labels["alertname"], labels["severity"]) for status, labels in found.items()} == {
        Status.NOT_READY: ("ProvklarNotReady", "critical"),
        Status.UNKNOWN: ("ProvklarUnknown", "warning"),
        Status.AT_RISK: ("ProvklarAtRisk", "info"),
    }


def test_summary_in_swedish_and_english_with_local_time() -> None:
    """08:00 UTC is 09:00 at school."""
    assert told(slow_line()).annotations["summary"] == (
        "Ekskolan är inte redo för Matematik 30 nov. 2026 09:00. Krav som inte håller: Linjen ned / "
        "Ekskolan is not ready for Matematik 30 Nov 2026 09:00. Requirement that does not hold: Line down"
    )


def test_description_says_why_per_room() -> None:
    """Who is concerned, since when, and each room's reason; Swedish, an empty line, English."""
    rooms = [slow_line(room="a1"), slow_line(room="a2")]
    assert told(*rooms).annotations["description"] == (
        "Gäller 52 elever i årskurs 9. Sett sedan 24 nov. 2026 09:00.\nSal a1: Sal x: y\nSal a2: Sal x: y\n\n"
        "Concerns 52 pupils of year 9. Seen since 24 Nov 2026 09:00.\nRoom a1: Room x: y\nRoom a2: Room x: y"
    )


def test_unknown_says_that_it_is_not_ready() -> None:
    """The reader must not take silence for health."""
    description = told(slow_line(Status.UNKNOWN)).annotations["description"]
    assert "Okänt räknas aldrig som redo" in description
    assert "Unknown never counts as ready" in description


def test_remedy_and_advice_are_said_once() -> None:
    """Two rooms with the same remedy give it once, and the advice in numbers after it."""
    rooms = [slow_line(room="a1"), slow_line(room="a2", advice=[Text("alert_whole_verdict")])]
    assert told(*rooms).annotations["remedy"] == (
        "Beställ en snabbare linje. Provtillfället har inte kunnat bedömas, så inget är känt om det. / "
        "Order a faster line. The sitting could not be judged, so nothing is known about it."
    )


def test_a_verdict_without_findings_has_words_too() -> None:
    """A school that could not be judged."""
    alert = told()
    assert alert.labels["cause"] == "verdict"
    assert "Hela bedömningen" in alert.annotations["summary"]
    assert "logg" in alert.annotations["remedy"]


def test_links_lead_to_the_sitting_and_the_runbook() -> None:
    """Below the address that people reach the collector by."""
    alert = told(slow_line())
    assert alert.annotations["link"] == alert.generator_url == "https://provklar.example/sittings/ek-9-ma"
    assert alert.annotations["runbook_url"] == "https://provklar.example/runbooks/ProvklarNotReady"


def test_simulated_is_marked_in_label_and_words() -> None:
    """Nobody may drive out to a simulated school."""
    alert = told(slow_line(), simulated=True)
    assert alert.labels["simulated"] == "true"
    assert alert.annotations["summary"].startswith("[SIMULERAD SKOLA] ")


def test_times() -> None:
    """From when it was said, until it is not repeated."""
    alert = told(slow_line())
    assert (alert.starts_at, alert.ends_at) == (NOW, NOW + LASTS)


def test_an_end_has_the_labels_of_what_it_ends_and_says_the_reason() -> None:
    """Only `mended` claims that anything is mended."""
    before = decided(slow_line())
    said = before.active[0].said
    later = NOW + timedelta(hours=2)
    texts = {}
    for reason in ("mended", "replaced", "withdrawn"):
        alert = resolved(Ended(said, reason), links=LINKS, now=later)
        assert alert.labels == told(slow_line()).labels
        assert (alert.starts_at, alert.ends_at) == (NOW, later)
        assert alert.annotations["ended"] == reason
        texts[reason] = alert.annotations["summary"]
    assert texts["mended"] == (
        "Åtgärdat på Ekskolan. Krav som nu håller: Linjen ned / "
        "Mended at Ekskolan. Requirement that holds now: Line down"
    )
    assert all("Inget är visat åtgärdat" in texts[reason] for reason in ("replaced", "withdrawn"))


def test_the_json_is_what_alertmanager_reads() -> None:
    """Names and RFC 3339 times of its API, version 2."""
    posted = msgspec.json.decode(msgspec.json.encode(told(slow_line())))
    assert sorted(posted) == ["annotations", "endsAt", "generatorURL", "labels", "startsAt"]
    assert posted["startsAt"] == "2026-11-24T08:00:00Z"

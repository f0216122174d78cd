"""The same simulated municipality on both sides: its configuration, and what its machines send.

`provklar simulate` sends side by side, in an order that is left to chance. So a recorder takes it down, and it is sent
again to the collector one after the other, in the order of the machines' labels.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.support.same_bytes.http_talk import Answer, Question
from tests.support.same_bytes.recorder import as_sent, recorder, unpacked
from tests.support.same_bytes.side import Side

FLEET = ("--schools", "12", "--devices", "180", "--seed", "2023")
DAYS = "16"
SCHOOL = "99000001"
"""A school of the sample: where there are machines that are not simulated."""
AT_SCHOOL, AT_HOME = "10.20.0.7", "192.0.2.7"
GEAR = {
    "router": ("switch", "hpe-procurve-516733-b21", {"uplink": "1"}),
    "wlc": ("controller", "aruba-7010", {}),
    "silent": ("access_point", "nobody", {}),
}


class Machine(NamedTuple):
    """A device that has enrolled."""

    label: str
    school: str
    device_id: str
    token: str
    reports: list[Any]
    """What it has sent before, the oldest first."""

    @property
    def headers(self) -> dict[str, str]:
        """What it says who it is by."""
        return {"authorization": f"Bearer {self.token}", "content-type": "application/json"}


def written(side: Side) -> None:
    """Records what `provklar init` and the simulation write, and then fits it to the world."""
    side.command("provklar", "init", "site")
    side.command("provklar", "simulate", "--config", "site/config", "--prepare", *FLEET)
    site = side.world / "site"
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        side.note("file", str(path.relative_to(site)), path.read_text("utf-8"))
    side.command("provklar", "check-config", "site/config")
    _fit(side, site / "config")


def _fit(side: Side, config: Path) -> None:
    alertmanager = f"alertmanager_url: http://127.0.0.1:{side.ports.alerts}"
    _replace(config / "collector.yaml", "# alertmanager_url: http://127.0.0.1:9093", alertmanager)
    _replace(config / "collector.yaml", "leases:", "judge_every_s: 1\nleases:")
    _replace(config / "schools.yaml", "# networks:", "networks:")
    gear = [_gear(side, name, *entry) for name, entry in GEAR.items()]
    (config / "network.yaml").write_text(yaml.safe_dump({"devices": gear}), "utf-8")
    (config / "secrets").mkdir()
    for _, community, _ in GEAR.values():
        path = config / "secrets" / community
        path.write_text(f"{community}\n")
        path.chmod(0o600)


def _replace(path: Path, old: str, new: str) -> None:
    """Says it when the sample is another than the one that this was written for."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")


def _gear(side: Side, name: str, role: str, community: str, more: dict[str, str]) -> dict[str, Any]:
    return {
        "id": name,
        "address": "127.0.0.1",
        "port": side.ports.snmp,
        "role": role,
        "school": SCHOOL,
        "community_file": f"secrets/{community}",
        "uplink_every_s": 3_600,
        "wireless_every_s": 86_400,
        **more,
    }


def messages(side: Side) -> list[Question]:
    """What `provklar simulate` sends, recorded as wire messages."""
    with recorder(side.ports.recorder, _taken) as heard:
        url = f"http://127.0.0.1:{side.ports.recorder}"
        side.run(["provklar", "simulate", "--config", "site/config", "--url", url, "--days", DAYS, *FLEET])
    labels: dict[str, str] = {}
    for question in heard:
        label = _label(question, labels)
        side.note("wire", f"{question.method} {question.path} by {label}", as_sent(question), "key")
    return heard


def _taken(question: Question) -> Answer:
    """Answers as a collector does that finds everything in order."""
    said = json.loads(unpacked(question))
    headers = [("content-type", "application/json")]
    if question.path.endswith("/enrolments"):
        known = hashlib.sha256(said["label"].encode()).hexdigest()[:16]
        return Answer(201, headers, json.dumps({"device_id": known, "token": f"token-of-{known}"}).encode())
    answers = [
        {"index": index, "outcome": "accepted", "report_id": report["report_id"]}
        for index, report in enumerate(said["reports"])
    ]
    return Answer(200, headers, json.dumps({"answers": answers}).encode())


def _label(question: Question, labels: dict[str, str]) -> str:
    """Whose request it is; `labels` remembers those that have enrolled, by device id."""
    said = json.loads(unpacked(question))
    if "label" in said:
        labels[hashlib.sha256(said["label"].encode()).hexdigest()[:16]] = said["label"]
        return str(said["label"])
    return labels[said["reports"][0]["device_id"]]


def moved_in(side: Side, heard: list[Question]) -> list[Machine]:
    """Enrols the machines and sends what they sent, recording each answer."""
    batches: dict[str, list[Question]] = defaultdict(list)
    labels: dict[str, str] = {}
    for question in heard:
        batches[_label(question, labels)].append(question)
    return [_moved_in(side, label, *batches[label]) for label in sorted(batches)]


def _moved_in(side: Side, label: str, enrolment: Question, *batches: Question) -> Machine:
    said = json.loads(unpacked(enrolment))
    enrolled = side.ask(Question("POST", enrolment.path, enrolment.headers, enrolment.body), label).json()
    machine = Machine(label, said["school"], enrolled["device_id"], enrolled["token"], [])
    for batch in batches:
        reports = json.loads(unpacked(batch))["reports"]
        machine.reports.extend({**report, "device_id": machine.device_id} for report in reports)
        sent = json.dumps({"reports": machine.reports[-len(reports) :]}).encode()
        side.ask(Question("POST", batch.path, machine.headers, sent), label)
    return machine


def enrolled(side: Side, label: str, school: str = SCHOOL) -> Machine:
    """A machine that is not simulated, with a key of its own."""
    key = side.command("provklar", "enrolment-key", "--config", "site/config", "create", school).strip()
    body = json.dumps({"school": school, "key": key, "room": "A101", "label": label}).encode()
    answer = side.ask(Question("POST", "/api/v1/enrolments", {"content-type": "application/json"}, body), label).json()
    return Machine(label, school, answer["device_id"], answer["token"], [])


def schools(side: Side) -> Iterator[dict[str, Any]]:
    """The schools as they are configured."""
    for path in sorted((side.world / "site/config").glob("schools*/*.yaml")):
        yield from yaml.safe_load(path.read_text("utf-8"))["schools"]
    yield from yaml.safe_load((side.world / "site/config/schools.yaml").read_text("utf-8"))["schools"]

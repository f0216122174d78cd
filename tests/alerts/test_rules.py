"""The rules fire to the minute, as promtool plays the scripts beside this file; no alert without script and runbook."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.metrics.groups import METRICS
from collector.readiness.alerts.names import ALERTNAMES
from collector.web.runbooks import runbooks

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "dashboards/rules").glob("*.yaml"))
SCRIPTS = sorted(Path(__file__).parent.glob("*_test.yaml"))


def rules() -> list[dict[str, Any]]:
    """Every rule of every file."""
    files = [yaml.safe_load(path.read_text("utf-8")) for path in RULES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def scripted(*, firing: bool) -> set[str]:
    """The alerts that some script expects to fire (or not to) at some minute."""
    files = [yaml.safe_load(path.read_text("utf-8")) for path in SCRIPTS]
    checks = [check for file in files for test in file["tests"] for check in test["alert_rule_test"]]
    return {check["alertname"] for check in checks if bool(check["exp_alerts"]) == firing}


@pytest.mark.needs("promtool")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts(script: Path) -> None:
    """promtool plays the script; its output says what differs."""
    run = subprocess.run(["promtool", "test", "rules", script], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.needs("promtool")
def test_promtool_reads_the_rules() -> None:
    """No duplicate, no wrong syntax."""
    run = subprocess.run(
        ["promtool", "check", "rules", *RULES], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_alert_is_scripted_both_ways() -> None:
    """Each has a minute where it fires and one where it does not."""
    names = {rule["alert"] for rule in rules()}
    assert scripted(firing=True) == names
    assert scripted(firing=False) == names


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    """Prometheus' alerts and the collector's own three."""
    assert {rule["alert"] for rule in rules()} | set(ALERTNAMES.values()) == set(runbooks())


@pytest.mark.parametrize("name", sorted(runbooks()))
def test_a_runbook_says_what_first_and_how_to_know(name: str) -> None:
    """Swedish first, then English, with the three parts that a person on duty needs."""
    text = runbooks()[name]
    parts = [
        f"# {name}\n",
        "**Vad det betyder.**",
        "**Gör först detta.**",
        "**Så vet du att det är åtgärdat.**",
        "## In English",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "mended" in text[places[-1] :]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_rules_use_metrics_that_exist(rule: dict[str, Any]) -> None:
    """A renamed metric must not leave a rule that never fires."""
    used = set(re.findall(r"provklar_\w+", rule["expr"]))
    assert used <= {metric.name for metric in METRICS}
    assert used or 'job="provklar"' in rule["expr"]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_annotations_are_whole_and_in_both_languages(rule: dict[str, Any]) -> None:
    """Swedish / English, and a runbook by the alert's own name."""
    annotations = rule["annotations"]
    assert sorted(annotations) == ["description", "runbook_url", "summary"]
    assert all(" / " in annotations[name] for name in ("summary", "description"))
    assert annotations["runbook_url"] == "{{ $externalLabels.runbooks }}/" + rule["alert"]
    assert rule["labels"]["severity"] in {"critical", "warning"}

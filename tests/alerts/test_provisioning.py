"""The files that start Prometheus, Alertmanager and Grafana: read by the real tools, and pointing at what exists."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from dashboards.grafana.build import built

ROOT = Path(__file__).parents[2]
DASHBOARDS = ROOT / "dashboards"
PROVISIONING = DASHBOARDS / "provisioning"
SITTING = {"school": "10000001", "sitting": "ek-9-ma", "cause": "line"}


def run(*command: str | Path) -> str:
    """The tool's output; fails with it."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read(path: Path) -> Any:
    """A YAML file."""
    return yaml.safe_load(path.read_text("utf-8"))


@pytest.mark.needs("promtool")
def test_prometheus_reads_its_configuration_and_all_rule_files() -> None:
    """With the rules of the neighbouring folder."""
    count = len(list((DASHBOARDS / "rules").glob("*.yaml")))
    assert f"{count} rule files found" in run("promtool", "check", "config", PROVISIONING / "prometheus.yml")


@pytest.mark.needs("amtool")
def test_alertmanager_reads_its_configuration_and_template() -> None:
    """With the template beside it."""
    told = run("amtool", "check-config", PROVISIONING / "alertmanager.yml")
    assert "SUCCESS" in told
    assert "1 templates" in told


@pytest.mark.needs("amtool")
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({**SITTING, "alertname": "ProvklarNotReady", "simulated": "false"}, "school-it"),
        ({**SITTING, "alertname": "ProvklarNotReady", "simulated": "true"}, "nobody"),
        ({"alertname": "ProvklarEvidenceOld", "school": "10000001", "sitting": "x", "simulated": "false"}, "operators"),
        ({"alertname": "ProvklarDevicesSilent", "school": "10000001", "simulated": "true"}, "nobody"),
        ({"alertname": "ProvklarCollectorDown"}, "operators"),
        ({"alertname": "ProvklarIncident", "rung": "dns", "school": "10000001", "simulated": "false"}, "operators"),
        ({"alertname": "ProvklarIncident", "rung": "dns", "simulated": "true"}, "nobody"),
    ],
)
def test_who_is_told(labels: dict[str, str], receiver: str) -> None:
    """Schools about their sittings, operators about the chain, nobody about simulations."""
    given = [f"{name}={value}" for name, value in labels.items()]
    told = run("amtool", "config", "routes", "test", f"--config.file={PROVISIONING / 'alertmanager.yml'}", *given)
    assert told.strip() == receiver


def test_warnings_are_grouped_by_school_and_sitting_and_remembered_between_stages() -> None:
    """What was told is remembered for longer than the widest pause between stages (16 days), and than the repeat."""
    route = read(PROVISIONING / "alertmanager.yml")["route"]["routes"][1]
    assert route["group_by"] == ["school", "sitting"]
    command = read(DASHBOARDS / "compose.yaml")["services"]["alertmanager"]["command"]
    retention_h = next(int(flag.split("=")[1].removesuffix("h")) for flag in command if "retention" in flag)
    assert retention_h > 2 * int(route["repeat_interval"].removesuffix("h")) > 2 * 16 * 24


def test_no_secret_is_provisioned() -> None:
    """Passwords belong in files that the operator makes."""
    texts = [path.read_text("utf-8") for path in [*PROVISIONING.rglob("*.y*ml"), DASHBOARDS / "compose.yaml"]]
    words = ("password:", "credentials:", "bearer_token", "_PASSWORD")
    assert not [word for text in texts for word in words if word in text]


def rendered(tmp_path: Path, name: str, *alerts: dict[str, Any]) -> str:
    """The template of that name for a group of these alerts."""
    status = "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved"
    data = tmp_path / "data.json"
    data.write_bytes(msgspec.json.encode({"status": status, "alerts": alerts}))
    text = f'{{{{ template "{name}" . }}}}'
    glob = f"--template.glob={PROVISIONING / 'provklar.tmpl'}"
    return run("amtool", "template", "render", glob, f"--template.text={text}", f"--template.data={data}").strip()


def alert(status: str, summary: str, **annotations: str) -> dict[str, Any]:
    """One alert of a group, as Alertmanager hands it to a template."""
    shown = {"summary": summary, "school_name": "Ekskolan", "link": "http://p/sittings/x", **annotations}
    return {"status": status, "labels": SITTING, "annotations": shown}


@pytest.mark.needs("amtool")
def test_a_stage_that_was_replaced_is_not_told_beside_what_holds(tmp_path: Path) -> None:
    """While anything holds only that is in the message."""
    group = alert("firing", "Not ready"), alert("resolved", "Replaced", ended="replaced")
    assert rendered(tmp_path, "provklar.subject", *group) == "Not ready"
    assert "Replaced" not in rendered(tmp_path, "provklar.text", *group)
    assert rendered(tmp_path, "provklar.subject", *[group[0]] * 3) == "Not ready (+2)"
    text = rendered(tmp_path, "provklar.text", alert("firing", "Not ready", remedy="Order more", description="Slow"))
    assert text.splitlines()[:5] == ["Not ready", "", "Slow", "", "Åtgärd / remedy: Order more"]


@pytest.mark.needs("amtool")
def test_an_end_says_its_reason(tmp_path: Path) -> None:
    """Mended is mended, in subject and text."""
    mended = alert("resolved", "Mended: the line", ended="mended")
    assert rendered(tmp_path, "provklar.subject", mended) == "Mended: the line"
    assert rendered(tmp_path, "provklar.text", mended).splitlines()[0] == "Mended: the line"


@pytest.mark.needs("amtool")
def test_what_was_replaced_is_left_out_beside_what_was_mended(tmp_path: Path) -> None:
    """And is told when there is nothing else to tell."""
    mended, replaced = (
        alert("resolved", "Mended: b", ended="mended"),
        alert("resolved", "Replaced: a", ended="replaced"),
    )
    assert rendered(tmp_path, "provklar.subject", replaced, mended) == "Mended: b"
    assert "Replaced: a" not in rendered(tmp_path, "provklar.text", replaced, mended)
    assert rendered(tmp_path, "provklar.text", replaced).splitlines()[0] == "Replaced: a"


@pytest.mark.needs("amtool")
def test_an_alert_that_nobody_repeated_is_not_called_mended(tmp_path: Path) -> None:
    """A collector that died is silence, and silence proves nothing."""
    told = rendered(tmp_path, "provklar.subject", alert("resolved", "Not ready: the line"))
    assert "Provklar is silent about Ekskolan" in told
    assert "nothing is shown to be mended" in told


def test_compose_points_at_files_that_exist() -> None:
    """Every mounted path and every configuration file inside it, and the Dockerfile."""
    services = read(DASHBOARDS / "compose.yaml")["services"]
    assert sorted(services) == ["alertmanager", "collector", "grafana", "prometheus"]
    build = services["collector"]["build"]
    assert (DASHBOARDS / build["context"] / build["dockerfile"]).is_file()
    volumes = [volume.split(":") for service in services.values() for volume in service["volumes"]]
    mounted = [(DASHBOARDS / source, target) for source, target, *_ in volumes if source.startswith(".")]
    assert all(source.is_dir() for source, _ in mounted)
    inside = "/etc/provklar/dashboards/"
    flags = [flag.split("=")[1] for name in ("prometheus", "alertmanager") for flag in services[name]["command"]]
    named = [flag for flag in flags if flag.startswith(inside)]
    assert len(named) == 2
    assert all((DASHBOARDS / path.removeprefix(inside)).is_file() for path in named)


def test_images_are_pinned() -> None:
    """The same start tomorrow as today."""
    services = read(DASHBOARDS / "compose.yaml")["services"]
    tags = [service["image"].partition(":")[2] for service in services.values() if "image" in service]
    assert len(tags) == 3
    assert all(tag and tag != "latest" for tag in tags)


def test_the_image_is_built_from_hashed_requirements() -> None:
    """And only from what the repository holds."""
    lines = (DASHBOARDS / "Dockerfile").read_text("utf-8").splitlines()
    assert lines[1] == "FROM python:3.11-slim"
    assert any("--require-hashes -r requirements/run.txt" in line for line in lines)
    assert (ROOT / "requirements/run.txt").is_file()


def test_grafana_reads_the_committed_dashboards() -> None:
    """The provider's folder is where the compose file mounts the generated JSON."""
    provider = read(PROVISIONING / "grafana/dashboards/provklar.yaml")["providers"][0]
    folder = DASHBOARDS / provider["options"]["path"].removeprefix("/etc/provklar/dashboards/")
    assert {path.name for path in folder.glob("*.json")} == set(built()) != set()
    source = read(PROVISIONING / "grafana/datasources/prometheus.yaml")["datasources"][0]
    assert (source["type"], source["url"]) == ("prometheus", "http://localhost:9090")

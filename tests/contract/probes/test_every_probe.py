"""What holds for every probe, those of today and those to come: they are found, not listed."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec
import pytest

import agent.probes
from agent.measuring.contract import Probe, Task
from agent.probes import discovered
from agent.protocol.wire import Host, ProbeResult, ThroughputLimits
from agent.runtime.runner import run_probe
from agent.system.machine import System
from tests.support.full_line import full_line
from tests.support.haste import round_trips_in_a_hurry
from tests.support.recorded_system import RECORDINGS, RecordedSystem
from tests.support.stub_collector import TOKEN, StubCollector, stub_collector
from tests.support.units import wears_its_unit

pytestmark = pytest.mark.serial  # measures this machine's own loopback

PROBES = list(discovered().values())
MACHINES = ["here", *sorted(path.name for path in RECORDINGS.iterdir())]
TRIES = 3
"""A machine with other work makes a line unsteady, which is a failed result with a code: what is right then is tested
elsewhere.
"""
UNITS = {spec.unit for probe in PROBES for spec in probe.facts}


Results = Callable[[Probe, str], ProbeResult]


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    """What a probe finds on a machine, this one or a recorded one: measured once, and only if a test asks."""
    limits = ThroughputLimits(connections=2, precision=0.4)  # how sure it is, is not the subject
    with round_trips_in_a_hurry(), stub_collector() as stub:
        hosts = [Host("localhost", int(stub.url.rpartition(":")[2]))]
        task = Task(30.0, stub.measurement_url, TOKEN, hosts, limits, 6)
        yield lru_cache(lambda probe, machine: measured(probe, machine, stub, task))


def measured(probe: Probe, machine: str, stub: StubCollector, task: Task) -> ProbeResult:
    """The first result that did not fail, of a few."""
    system = System() if machine == "here" else RecordedSystem(machine)
    for _ in range(TRIES):
        stub.misbehave |= full_line()
        result = run_probe(probe, system, task)
        if result.status != "failed":
            break
    return result


def test_one_file_is_one_probe() -> None:
    """Of the file's own name."""
    modules = [module.name for module in pkgutil.iter_modules(agent.probes.__path__)]
    assert modules == [probe.name for probe in PROBES]
    for name in modules:
        module = importlib.import_module(f"agent.probes.{name}")
        assert [value for value in vars(module).values() if isinstance(value, Probe)] == [module.PROBE]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_names_end_in_their_unit(probe: Probe) -> None:
    """A number without a unit in its name will be misread some day."""
    names = [spec.name for spec in probe.facts]
    assert len(set(names)) == len(names)
    for spec in probe.facts:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.name)
        assert not spec.unit or wears_its_unit(spec, UNITS)
        if spec.type in {"int", "float"}:
            assert spec.minimum is not None
            assert spec.maximum is not None
            assert spec.minimum < spec.maximum


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_results_keep_the_declaration(probe: Probe, machine: str, results: Results) -> None:
    """Every declared fact is there, of its type and within its bounds, or None with a reason."""
    result = results(probe, machine)
    assert result.status in {"ok", "unsupported"}, result.error
    if result.status == "unsupported":
        assert result.error is not None
        assert result.facts == {}
        return
    specs = {spec.name: spec for spec in probe.facts}
    assert set(result.facts) == set(specs)
    assert [name for name, value in result.facts.items() if not specs[name].accepts(value)] == []
    assert set(result.missing) == {name for name, value in result.facts.items() if value is None}
    assert all(re.fullmatch(r"[a-z_]+", reason) for reason in result.missing.values())
    assert "implausible" not in result.missing.values()


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_results_travel(probe: Probe, machine: str, results: Results) -> None:
    """Out as JSON and back, the same; rows are flat and of one kind's values."""
    result = results(probe, machine)
    assert msgspec.json.decode(msgspec.json.encode(result), type=ProbeResult) == result


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_probe_that_needs_a_policy_says_so(probe: Probe) -> None:
    """Without one, measuring the machine itself still works, and the others fail in good order."""
    result = run_probe(probe, RecordedSystem("linux-sv-laptop"), Task())
    if result.status != "ok":
        assert probe.needs_policy
        assert result.error is not None
        assert (result.status, result.error.code) in {
            ("failed", "no_measurement_point"),
            ("unsupported", "internet_not_allowed"),
        }

"""Whether each machine reaches every host that it was told to try. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from collector.readiness.domain.fact_values import number_of
from collector.readiness.domain.model import Figure, Observation
from collector.readiness.evidence.compliance import DeviceCompliance, Fulfilment
from collector.readiness.evidence.index import STALE, EvidenceIndex, is_fresh
from collector.readiness.path.machines import Answers, by_device, unknown, without_climb, without_result

PROBE = "path"
FACT = "path.reached_ratio"
NO_HOSTS = "no_hosts"
_DEVICE_FACT = "path.hosts_reached_count"


def host_answers(observed: EvidenceIndex, days: Figure) -> Answers:
    """What each machine comes to; `value` is the host that it does not reach, `reason` why."""
    return {device: _answer(observed, device, ones, days) for device, ones in by_device(observed, PROBE).items()}


def _answer(observed: EvidenceIndex, device: str, ones: Sequence[Observation], days: Figure) -> DeviceCompliance:
    if not ones:
        return without_climb(observed, device, _DEVICE_FACT)
    newest = ones[0]
    told = next((one for one in ones if reached_all(one) is not None or _tried_none(one)), None)
    if told is not None and reached_all(told) is False:
        host, code = _worst(told)
        return DeviceCompliance(Fulfilment.FAILED, _DEVICE_FACT, host, code, told)
    if newest.status != "ok" or told is not newest:
        return _untold(newest)
    if _tried_none(newest):
        return unknown(_DEVICE_FACT, NO_HOSTS, newest)
    if not is_fresh(newest, observed.now, days):
        return unknown(_DEVICE_FACT, STALE, newest)
    return DeviceCompliance(Fulfilment.OK, _DEVICE_FACT, newest.facts.get("hosts_reached_count"), "", newest)


def _untold(newest: Observation) -> DeviceCompliance:
    """By what the machine itself gives as the reason, where it does: its browsers may go another way."""
    why = newest.missing.get("hosts_reached_count") if newest.status == "ok" else None
    return unknown(_DEVICE_FACT, why, newest) if why else without_result(_DEVICE_FACT, newest)


def reached_all(observation: Observation) -> bool | None:
    """Whether the device reached every host; None where it could not try, or had no host to try."""
    tried = number_of(observation.facts.get("hosts_count"))
    reached = number_of(observation.facts.get("hosts_reached_count"))
    if observation.status != "ok" or not tried or reached is None:
        return None
    return reached >= tried


def _tried_none(observation: Observation) -> bool:
    return observation.status == "ok" and observation.facts.get("hosts_count") == 0


def failing_hosts(blocked: Iterable[Observation]) -> list[tuple[str, int]]:
    """The hosts that were not reached with the number of devices that failed to, the worst first."""
    counted = Counter(
        str(row["host"]) for one in blocked for row in one.rows if row.get("host") and row.get("error_code")
    )
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _worst(blocked: Observation) -> tuple[str | None, str]:
    failed = [row for row in blocked.rows if row.get("host") and row.get("error_code")]
    return (str(failed[0]["host"]), str(failed[0]["error_code"])) if failed else (None, "no_answer")

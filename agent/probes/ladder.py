"""The way from this machine's own link up to the test service, rung by rung: where it breaks, and by what.

The rungs are data of the policy; what each kind does is in `agent/ladder`. A row carries a code and no sentence: the
collector has the words, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from agent.ladder.climb import RungRow, climb, first_failed, step_ms
from agent.ladder.episode import EpisodeMemory
from agent.ladder.proxy import PAC_NOT_EVALUATED
from agent.measuring.contract import Probe, ProbeReading, Task
from agent.protocol.facts import DefaultPlan, FactSpec
from agent.protocol.wire import Facts
from agent.system.machine import System

_SPARE_S = 1.0


def read(system: System, task: Task) -> ProbeReading:
    """Climbs the ladder of the policy; without one there is nothing to say."""
    reading = summary(climb(system, task.ladder, max(_SPARE_S, task.deadline_s - _SPARE_S)))
    if task.folder is None or not task.ladder:
        return reading
    return _remembered(reading, EpisodeMemory(task.folder), system.now())


def _remembered(reading: ProbeReading, memory: EpisodeMemory, now: datetime) -> ProbeReading:
    """With the beginning, to the minute, of what is broken."""
    if reading.facts["first_failed_rung"] is None:
        memory.whole()
        return reading
    since = f"{memory.broken(now).since:%Y-%m-%dT%H:%MZ}"
    missing = {name: why for name, why in reading.missing.items() if name != "failing_since_utc"}
    return msgspec.structs.replace(reading, facts=reading.facts | {"failing_since_utc": since}, missing=missing)


def summary(rows: Sequence[RungRow]) -> ProbeReading:
    """Where the ladder breaks first, and whether somebody looks into TLS."""
    broken = first_failed(rows)
    seen = [row for row in rows if row.rung.kind == "tls" and (row.holds or row.code == "tls_inspected")]
    inspected = any(row.code == "tls_inspected" for row in seen) if seen else None
    undecided = broken is None and any(row.code == PAC_NOT_EVALUATED for row in rows)
    unfinished = any(row.status == "not_reached" for row in rows)
    facts: Facts = {
        "rungs_count": len(rows),
        "ladder_ok": None if undecided or not rows else broken is None and not unfinished,
        "first_failed_rung": broken.rung.id if broken else None,
        "first_failed_kind": broken.rung.kind if broken else None,
        "first_failed_code": broken.code if broken else None,
        "failing_since_utc": None,
        "tls_inspected": inspected,
    }
    return ProbeReading(facts, _missing(facts), [_flat(row) for row in rows])


def _missing(facts: Facts) -> dict[str, str]:
    reasons = {"ladder_ok": PAC_NOT_EVALUATED if facts["rungs_count"] else "no_rungs", "tls_inspected": "tls_not_seen"}
    none_failed = "none_failed" if facts["rungs_count"] else "no_rungs"
    if facts["first_failed_rung"] is not None:
        reasons["failing_since_utc"] = "not_remembered"
    return {name: reasons.get(name, none_failed) for name, value in facts.items() if value is None}


def _flat(row: RungRow) -> Facts:
    return {
        "rung": row.rung.id,
        "kind": row.rung.kind,
        "target": row.rung.target,
        "status": row.status,
        "up_to_ms": None if row.time_ms is None else step_ms(row.time_ms, row.rung.slow_ms),
        "error_code": row.code,
        **row.details,
    }


PROBE = Probe(
    name="ladder",
    version=2,
    about="network",
    counts_late=True,  # one that could not be sent is how a broken line is known
    plan=DefaultPlan(every_s=900, jitter_s=300, deadline_s=60),
    read=read,
    needs_policy=True,
    again_s=lambda folder, chance: EpisodeMemory(folder).again_s(chance),
    facts=(
        FactSpec("rungs_count", "int", "rungs", "rungs of the ladder", 0, 100),
        FactSpec("ladder_ok", "bool", "", "whether every rung was reached and holds"),
        FactSpec("first_failed_rung", "str", "", "the first rung that fails"),
        FactSpec("first_failed_kind", "str", "", "what kind of rung that is"),
        FactSpec("first_failed_code", "str", "", "why it fails"),
        FactSpec(
            "failing_since_utc", "str", "", "when this device first found the ladder broken this time, by its clock"
        ),
        FactSpec("tls_inspected", "bool", "", "whether a box looks into TLS"),
    ),
)

"""The same facts for the peers: Prometheus' text format, numbers as samples and texts as labels of one info metric."""

from __future__ import annotations

from agent.protocol.wire import Report


def lines(report: Report, *, labels: dict[str, str], at_ms: int | None = None) -> list[str]:
    """One line per numeric fact, and one per probe that carries its texts; with a time where the peer takes one."""
    found: list[str] = []
    stamp = "" if at_ms is None else f" {at_ms}"
    for result in report.results:
        texts = dict(labels)
        for name, value in result.facts.items():
            if isinstance(value, str):
                texts[name] = value
            elif value is not None:
                found.append(f"provklar_{result.probe}_{name}{_braces(labels)} {float(value)}{stamp}")
        if texts != labels:
            found.append(f"provklar_{result.probe}_info{_braces(texts)} 1{stamp}")
    return found


def _braces(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"

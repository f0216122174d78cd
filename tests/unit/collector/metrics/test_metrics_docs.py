"""`docs/metrics.md` and the catalogue say the same."""

from __future__ import annotations

from pathlib import Path

from collector.metrics.groups import METRICS

DOCUMENT = Path(__file__).parents[4] / "docs/metrics.md"


def table() -> str:
    """The catalogue as the document has it."""
    lines = ["| Metric | Type | Labels | What it says |", "|---|---|---|---|"]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        lines.append(f"| `{metric.name}` | {metric.type} | {labels} | {metric.help} |")
    return "\n".join(lines)


def test_the_document_holds_the_catalogue() -> None:
    """Put the expected table into the document when this fails."""
    text = DOCUMENT.read_text("utf-8")
    start = text.index("| Metric |")
    assert text[start : text.index("\n\n", start)] == table()

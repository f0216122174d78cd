"""Prints the JSON Schema of a report, made from the wire. `make generate` runs it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from agent.protocol.wire import SCHEMA, Report


def report_schema() -> dict[str, Any]:
    """The schema of `Report` as a JSON Schema 2020-12 document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Provklar report, schema {SCHEMA}",
        **msgspec.json.schema(Report),
    }


if __name__ == "__main__":
    print(json.dumps(report_schema(), indent=1, ensure_ascii=False))

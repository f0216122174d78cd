"""Finds the dashboards of this folder and turns them into the JSON that Grafana reads."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from grafana_foundation_sdk.cog.encoder import JSONEncoder

FOLDER = Path(__file__).parent


def built() -> dict[str, str]:
    """The JSON of every dashboard by file name. A module with a `dashboard` function is a dashboard."""
    found = {}
    for module in iter_modules([str(FOLDER)]):
        if module.name.startswith("__"):
            continue
        build = getattr(import_module(f"dashboards.grafana.{module.name}"), "dashboard", None)
        if build is not None:
            text = json.dumps(build().build(), cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False)
            found[f"{module.name}.json"] = text + "\n"
    return found

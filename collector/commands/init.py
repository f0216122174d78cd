"""`provklar init`: writes out the sample configuration and the dashboards that the package carries."""

from __future__ import annotations

import shutil
import sys
from argparse import Namespace
from pathlib import Path

from collector.commands.printing import say

PACKAGE = Path(__file__).parents[1]
CARRIED = ("config", "dashboards")
SOURCES = (PACKAGE / "share", PACKAGE.parent)
"""In an installed package, and in a checkout."""


def run(arguments: Namespace) -> int:
    """Copies to a folder that has none of it yet; 2 and nothing written where there is something already."""
    source = next(folder for folder in SOURCES if (folder / "config").is_dir())
    target: Path = arguments.folder
    there = [target / name for name in CARRIED if (target / name).exists()]
    if there:
        print(say("init_there_already", arguments.language, path=str(there[0])), file=sys.stderr)
        return 2
    for name in CARRIED:
        shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        print(say("wrote_file", arguments.language, path=str(target / name)))
    return 0

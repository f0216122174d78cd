"""`provklar check-config`: says whether the configuration can be used, and every reason why not."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from collector.app import read_configuration, utc_now
from collector.commands.printing import say
from collector.configuration.problems import ConfigurationErrors


def run(arguments: Namespace) -> int:
    """0 when all of it is in order, 2 with file, line and remedy for each fault."""
    try:
        configuration = read_configuration(arguments.folder or arguments.config, utc_now(), os.environ)
    except ConfigurationErrors as errors:
        print(errors.render(arguments.language), file=sys.stderr)
        return 2
    counts = {
        "schools": len(configuration.schools),
        "sittings": len(configuration.sittings),
        "profiles": len(configuration.profiles),
    }
    print(say("configuration_in_order", arguments.language, **counts))
    return 0

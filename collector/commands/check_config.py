"""`provklar check-config`: says whether the configuration can be used, and every reason why not."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from datetime import datetime

from collector.app import read_configuration
from collector.clock import utc_now
from collector.commands.printing import say
from collector.configuration.model import Configuration
from collector.configuration.problems import ConfigurationErrors
from collector.gear.credentials import secret_errors
from collector.i18n.messages import Language, moment, render
from collector.readiness.domain.calendar_warnings import calendar_warnings
from collector.readiness.domain.releases import LIST_FRESH_DAYS, LIST_USABLE_DAYS
from collector.readiness.domain.sittings import starts_at


def run(arguments: Namespace) -> int:
    """0 when all of it is in order, 2 with file, line and remedy for each fault."""
    folder = arguments.folder or arguments.config
    try:
        configuration = read_configuration(folder, utc_now(), os.environ)
    except ConfigurationErrors as errors:
        return _refused(errors, arguments.language)
    if unusable := secret_errors(folder):
        return _refused(ConfigurationErrors(unusable), arguments.language)
    counts = {
        "schools": len(configuration.schools),
        "sittings": len(configuration.sittings),
        "profiles": len(configuration.profiles),
    }
    print(say("configuration_in_order", arguments.language, **counts))
    releases, now = configuration.releases, utc_now()
    stale = releases.aged(now)
    if stale:
        print(say("releases_stale", arguments.language, days=LIST_FRESH_DAYS, products=", ".join(stale)))
    if old := releases.aged_lifetimes(now):
        print(say("lifetimes_stale", arguments.language, days=LIST_USABLE_DAYS, products=", ".join(old)))
    if open_ones := [one.name for one in configuration.schools.values() if not (one.networks or one.simulated)]:
        print(say("schools_without_networks", arguments.language, schools=", ".join(sorted(open_ones))))
    _tell_odd_days(configuration, now, arguments.language)
    return 0


def _tell_odd_days(configuration: Configuration, now: datetime, language: Language) -> None:
    """One line for each sitting whose day or hour is odd."""
    for sitting in configuration.sittings:
        if odd := calendar_warnings(sitting, now, configuration.breaks):
            words = " ".join(render(one, language) for one in odd)
            at = moment(starts_at(sitting, now, configuration.breaks), language)
            print(say("calendar_odd", language, sitting=sitting.id, at=at, words=words))


def _refused(errors: ConfigurationErrors, language: Language) -> int:
    print(errors.render(language), file=sys.stderr)
    return 2

"""replace_machines: these machines are not good enough, and no update mends them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from collector.readiness.advice.change import Ailing, FixKind, SizedFix
from collector.readiness.advice.machines import asks_for_machines, failing_of, lacking, mended, updatable


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    if not asks_for_machines(ailing.requirement):
        return
    # Those that an update mends last: it is dear to replace them.
    failing = sorted(failing_of(ailing.case), key=lambda one: updatable(ailing.case, one))
    if failing and not all(updatable(ailing.case, one) for one in failing):
        make = partial(mended, ailing.case, failing, "fix_replace_machines")
        yield SizedFix(make, most=len(failing), guess=lacking(ailing.finding))


FIX = FixKind("replace_machines", rank=70, options=_options)

"""update_machines: these machines lag behind, and an update mends them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from collector.readiness.advice.change import Ailing, FixKind, SizedFix
from collector.readiness.advice.machines import asks_for_machines, failing_of, lacking, mended, updatable


def _options(ailing: Ailing) -> Iterable[SizedFix]:
    if not asks_for_machines(ailing.requirement):
        return
    behind = [one for one in failing_of(ailing.case) if updatable(ailing.case, one)]
    if behind:
        make = partial(mended, ailing.case, behind, "fix_update_machines")
        yield SizedFix(make, most=len(behind), guess=lacking(ailing.finding))


FIX = FixKind("update_machines", rank=30, options=_options)

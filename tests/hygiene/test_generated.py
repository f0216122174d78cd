"""What is written by code into documents and the sample is as the code is now. Else: make generate."""

from __future__ import annotations

import re

from collector.facts.catalogue import PLANNABLE
from tests.hygiene.generated import DOCUMENTS, SAMPLE, planned, tables, written
from tests.hygiene.modules import ROOT


def test_every_table_stands_in_one_document_as_it_is_now() -> None:
    documents = {name: (ROOT / name).read_text("utf-8") for name in DOCUMENTS}
    assert [name for name, text in documents.items() if text != written(text)] == []
    everything = "".join(documents.values())
    assert [name for name, table in tables().items() if everything.count(table) != 1] == []


def test_the_sample_plans_what_runs_by_default() -> None:
    assert SAMPLE.read_text("utf-8") == planned(SAMPLE.read_text("utf-8"))


def test_a_forgotten_plan_is_written_where_it_belongs() -> None:
    """With the numbers that the probe declares; whatever fills the line stays last."""
    whole = SAMPLE.read_text("utf-8")
    order = re.findall(r"- \{probe: (\w+)", whole)
    for name, declared in PLANNABLE.items():
        if declared.plan is not None:
            mended = planned(re.sub(rf"    - \{{probe: {name},.*\n", "", whole))
            assert sorted(mended.splitlines()) == sorted(whole.splitlines())
            assert re.findall(r"- \{probe: (\w+)", mended)[-1] == order[-1]

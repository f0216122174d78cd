"""The table of `alerting` in docs/settings.md, made from what the channels and the rules declare.

`python -m tests.hygiene.channel_settings` writes it into the document, between its two marks.
"""

from __future__ import annotations

import msgspec

from collector.configuration.model import Alerting
from tests.hygiene.modules import ROOT

DOCUMENT = ROOT / "docs/settings.md"
BEGIN, END = "<!-- alerting: written by `make generate` -->", "<!-- end of alerting -->"


def table() -> str:
    """Every key of `alerting` with its default and its description."""
    rows = [
        f"| `{field.encode_name}` | {_default(field)} | {_described(field.type)} |"
        for field in msgspec.structs.fields(Alerting)
    ]
    return "\n".join(["| Key | Default | Meaning |", "|---|---|---|", *rows])


def _default(field: msgspec.structs.FieldInfo) -> str:
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if value is None:
        return "none"
    return f"`{value if isinstance(value, str) else msgspec.json.encode(value).decode().replace(',', ', ')}`"


def _described(annotation: object) -> str:
    told = msgspec.inspect.type_info(annotation)
    assert isinstance(told, msgspec.inspect.Metadata), annotation
    return str((told.extra_json_schema or {})["description"])


def written(document: str) -> str:
    """The document with the table as it is now."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))

"""The rooms of the house as `rooms.yaml` declares them, and the same as a table for docs/development.md.

`python -m tests.hygiene.rooms` writes the table into the document, between its two marks.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from tests.hygiene.modules import ROOT

DECLARED = Path(__file__).with_name("rooms.yaml")
DOCUMENT = ROOT / "docs/development.md"
BEGIN, END = "<!-- rooms: written by `make generate` -->", "<!-- end of rooms -->"


class Room(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lies in a room, whether it is pure, and which rooms it may import, by their whole names."""

    what: str
    pure: bool = False
    imports: list[str] = []


@lru_cache(maxsize=1)
def rooms() -> dict[str, Room]:
    """Every room by its dotted name, top floor first."""
    declared = msgspec.yaml.decode(DECLARED.read_bytes(), type=dict[str, dict[str, Room]])
    return {
        f"{package}.{name}": msgspec.structs.replace(room, imports=[_whole(i, package, declared) for i in room.imports])
        for package, inside in declared.items()
        for name, room in inside.items()
    }


def _whole(name: str, package: str, declared: dict[str, dict[str, Room]]) -> str:
    return name if name.partition(".")[0] in declared else f"{package}.{name}"


def room_of(module: str) -> str | None:
    """The room that a module lies in: the longest declared name that it is or lies below. None if there is none."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in rooms()), None)


def table() -> str:
    """The rooms as a table, with what each may import."""
    rows = [f"| `{name}` | {_about(room)} | {_list(name, room)} |" for name, room in rooms().items()]
    return "\n".join(["| Room | What lives there | May import |", "|---|---|---|", *rows])


def _about(room: Room) -> str:
    return f"{room.what} (pure)" if room.pure else room.what


def _list(name: str, room: Room) -> str:
    own = name.partition(".")[0] + "."
    return ", ".join(f"`{imported.removeprefix(own)}`" for imported in room.imports) or "nothing of ours"


def written(document: str) -> str:
    """The document with the table as it is now."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))

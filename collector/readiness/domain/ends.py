"""What an operator tells of things that end."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec


class Agreement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a school needs and that ends: a contract with a provider, a licence, a list of addresses. It lasts
    through `ends_on`.
    """

    what: str
    ends_on: date


class ChromebookModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many Chromebooks of one model, by its name as Google writes it."""

    model: str
    devices: Annotated[int, msgspec.Meta(ge=1)]

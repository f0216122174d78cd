"""Every source of the folder, held to its recorded answer in `answers/`."""

from __future__ import annotations

import msgspec
import pytest

from collector.readiness.domain.versions import parse_version
from collector.releases.published import Published, SourceRefusedError
from collector.releases.sources import addresses, sources, understood
from tests.support.release_answers import ANSWERS, TODAY, recorded

per_source = pytest.mark.parametrize("name", sorted(sources()))


def reading(name: str, raw: bytes) -> Published | None:
    """What one source makes of a document, whether it is its own or not."""
    source = sources()[name]
    try:
        return source.read(msgspec.json.decode(raw, type=source.form), TODAY)
    except (msgspec.DecodeError, KeyError, ValueError):
        return None


def test_every_source_has_a_recorded_answer() -> None:
    assert {path.stem for path in ANSWERS.glob("*.json")} == set(sources())


@per_source
def test_an_answer_is_understood_by_its_own_source_alone(name: str) -> None:
    """Else it would depend on which one is tried first."""
    assert [other for other in sources() if reading(other, recorded(name)) is not None] == [name]


@per_source
def test_what_it_says_can_be_laid_in_order(name: str) -> None:
    said = reading(name, recorded(name))
    assert said is not None
    assert said.name
    assert said.day <= TODAY
    assert said.products
    for releases in said.products.values():
        assert releases
        assert all(parse_version(one.version) is not None and one.released <= said.day for one in releases)


def test_the_publishers_own_lists_are_asked_over_https() -> None:
    assert addresses()
    assert all(address.startswith("https://") for address in addresses())
    assert len(set(addresses())) == len(addresses())


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"[]", b"{}", b"null", b'{"releases": []}', b'{"160.0": "soon"}', b'[{"Product": "Beta"}]']
)
def test_anything_else_is_refused(raw: bytes) -> None:
    """With where it came from."""
    with pytest.raises(SourceRefusedError) as refused:
        understood("somewhere", raw, TODAY)
    assert (refused.value.code, refused.value.values) == ("releases_unknown_form", {"source": "somewhere"})

"""Every source of lifetimes, held to an answer in `answers/`: written by hand after the documented form of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from collector.configuration.structure import read
from collector.readiness.domain.releases import Lifetime, LifetimeList
from collector.readiness.domain.trust import Trust
from collector.releases.lifetime_sources import lifetime_addresses, lifetime_sources, lifetimes_in
from collector.releases.lifetimes import PublishedLifetimes, lifetimes_yaml, renewed_lifetimes, write_lifetimes
from collector.releases.published import SourceRefusedError
from tests.support.release_answers import ANSWERS as RELEASES
from tests.support.release_answers import TODAY

ANSWERS = Path(__file__).parent / "answers"
EDUCATION = ["Education", "EducationN", "Enterprise", "EnterpriseN", "IoTEnterprise"]


def answer(name: str) -> PublishedLifetimes:
    """What is understood of an answer."""
    found = lifetimes_in((ANSWERS / f"{name}.json").read_bytes(), TODAY)
    assert found is not None
    return found


def test_every_source_has_an_answer_and_knows_no_other() -> None:
    """Nor the answers of the sources of releases, nor the other way round."""
    assert {path.stem for path in ANSWERS.glob("*.json")} == set(lifetime_sources())
    for path in ANSWERS.glob("*.json"):
        understood = []
        for name, source in lifetime_sources().items():
            try:
                found = source.read(msgspec.json.decode(path.read_bytes(), type=source.form), TODAY)
            except msgspec.DecodeError:
                found = None
            understood += [] if found is None else [name]
        assert understood == [path.stem]
    assert [path.stem for path in RELEASES.glob("*.json") if lifetimes_in(path.read_bytes(), TODAY) is not None] == []
    assert all(address.startswith("https://") for address in lifetime_addresses())


def test_windows_by_edition() -> None:
    """What is no build of Windows 10 or 11 is left out."""
    said = answer("endoflife")
    assert said.products["windows"] == [
        Lifetime("Microsoft Windows 11 25H2 (E)", "10.0.26200", editions=EDUCATION, ends_on=date(2028, 10, 10)),
        Lifetime("Microsoft Windows 11 25H2 (W)", "10.0.26200", ends_on=date(2027, 10, 12)),
        Lifetime(
            "Microsoft Windows 11 24H2 (E) (LTS)",
            "10.0.26100",
            editions=["EnterpriseS", "EnterpriseSN"],
            ends_on=date(2029, 10, 9),
        ),
    ]
    assert (said.day, said.trust) == (TODAY, Trust.SECOND_HAND)


def of_product(product: str, **release: object) -> PublishedLifetimes | None:
    """An answer about another product with one release."""
    whole = {"name": "1", "label": "1", "isLts": False, "eolFrom": None, **release}
    raw = msgspec.json.encode({"result": {"name": product, "label": f"Apple {product}", "releases": [whole]}})
    return lifetimes_in(raw, TODAY)


def test_other_products() -> None:
    """By major; of Firefox only those with extended support; of what nobody asked for nothing."""
    macos = of_product("macos", name="15")
    assert macos is not None
    assert macos.products == {"macos": [Lifetime("macos 15", "15")]}
    firefox = of_product("firefox", name="140", isLts=True, eolFrom="2026-10-13")
    assert firefox is not None
    assert firefox.products["firefox-esr"][0].ends_on == date(2026, 10, 13)
    ordinary = of_product("firefox", name="160")
    assert ordinary is not None
    assert ordinary.products == {"firefox-esr": []}
    assert of_product("nodejs") is None


def test_chromebooks_by_model() -> None:
    """To the end of the month; one whose updates are over, and one without a date."""
    assert answer("chrome_management").products["chromebooks"] == [
        Lifetime("Example Chromebook 11 G1", ends_on=date(1970, 1, 1)),
        Lifetime("Example Chromebook 14", ends_on=date(2032, 6, 30)),
    ]


def test_the_operators_own_entry_stays() -> None:
    """Paid support of an edition that the source says is over; and what a source forgets is kept."""
    own = Lifetime("Förlängt stöd", "10.0.26200", ends_on=date(2030, 1, 1), source="our own contract")
    forgotten = Lifetime("Windows 10 22H2", "10.0.19045", ends_on=date(2025, 10, 14))
    old = {"windows": LifetimeList(date(2026, 1, 1), "before", Trust.ASSUMED, [own, forgotten])}
    renewed = renewed_lifetimes(old, {"https://example.org": answer("endoflife")})["windows"]
    assert own in renewed.entries
    assert forgotten in renewed.entries
    assert [one.ends_on for one in renewed.entries if one.version == "10.0.26200"] == [
        date(2030, 1, 1),
        date(2028, 10, 10),
    ]
    assert (renewed.as_of, renewed.source) == (TODAY, "endoflife.date (MIT)")


def test_a_source_without_any_is_refused() -> None:
    """An empty list would take the ends of all versions away."""
    empty = PublishedLifetimes("nobody", TODAY, Trust.ASSUMED, {"windows": []})
    with pytest.raises(SourceRefusedError) as refused:
        renewed_lifetimes({}, {"https://example.org": empty})
    assert refused.value.values == {"source": "https://example.org", "product": "windows"}


def test_what_is_written_reads_as_it_was(tmp_path: Path) -> None:
    """Quotes, editions, dates and sources; nothing of the old file is left."""
    listed = LifetimeList(TODAY, 'a "source"', Trust.PUBLISHED, [
        Lifetime("One: with, signs", "10.0.1", editions=["Education"], ends_on=TODAY, source="ours"),
        Lifetime("Two", release="26H1"),
    ])  # fmt: skip
    write_lifetimes({"windows": listed}, tmp_path)
    assert read(tmp_path / "windows.yaml", LifetimeList).value == listed
    assert "entries: []" in lifetimes_yaml("none", LifetimeList(TODAY, "s", Trust.ASSUMED, []))

"""A plugin of pytest: which tests may run beside others, and which of them go to the same worker."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest
from _pytest.nodeid import NodeId

LAB = "tests/lab/"
"""What is here measures, and so is `serial` unless it names a group. Elsewhere what measures carries the marker."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> Generator[None, object, object]:
    """Marks before `-m` selects and before xdist reads the groups."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            _mark(item)
    done = yield
    if config.getoption("loadgroup", False):
        for item in items:
            _name_group(item)
    return done


def _mark(item: pytest.Item) -> None:
    if item.nodeid.startswith(LAB):
        item.add_marker(pytest.mark.serial)
    if item.get_closest_marker("serial"):
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    elif shared := sorted(_shared(item)):
        item.add_marker(pytest.mark.xdist_group(shared[-1][1]))


def _name_group(item: pytest.Item) -> None:
    """The group goes to the scheduler at the end of the id.

    xdist 3.8 writes it there itself, but to where pytest kept the id before 9.2: then no test is in a group, and
    nothing says so (pytest-dev/pytest-xdist#1386). Superfluous with an xdist that mends that.
    """
    marker = item.get_closest_marker("xdist_group")
    if marker and not item.nodeid.endswith(suffix := f"@{marker.args[0]}"):
        item._id = NodeId.parse(item.nodeid + suffix)


def _shared(item: pytest.Item) -> Iterator[tuple[int, str]]:
    """What of ours is set up once for several tests (a collector, a browser), and how widely it is shared.

    Otherwise each worker would set it up for its share of the tests.
    """
    widths = ["module", "package", "session"]
    for name, [*_, fixture] in item._fixtureinfo.name2fixturedefs.items() if isinstance(item, pytest.Function) else ():
        if fixture.scope in widths and fixture.baseid:  # those of plugins stand nowhere
            within = item.nodeid.partition("::")[0] if fixture.scope == "module" else f"{fixture.baseid}/{name}"
            yield widths.index(fixture.scope), within

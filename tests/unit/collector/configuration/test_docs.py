"""docs/settings.md and docs/profiles.md say what the code says: every key, default, operator, figure and fact."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
import yaml

from agent.protocol.wire import Host, InternetLimits, ProbePlan, Rung, ThroughputLimits
from collector.configuration.environment import DATA, PORT
from collector.configuration.model import Agents, Alerting, Limits, Listen, Measurement, Settings, WebProbe
from collector.configuration.network import AccessPointPlace, NetworkDevice, NetworkPort, NetworkUser
from collector.configuration.profile_folder import DERIVED, OF_DEVICES, OF_ROOMS
from collector.configuration.rules.profiles import FIGURES
from collector.readiness.domain.breaks import Break
from collector.readiness.domain.model import (
    Agreement,
    ChromebookModel,
    Line,
    ListedMachine,
    MachineRule,
    Operator,
    Profile,
    Requirement,
    Room,
    School,
    Sitting,
    Standing,
    Trust,
    YearGroup,
)
from collector.readiness.leases.rules import Hours, LeaseRules
from tests.hygiene import channel_settings

DOCS = Path(__file__).parents[4] / "docs"
TABLES: dict[str, type[msgspec.Struct]] = {
    "collector.yaml": Settings,
    "listen": Listen,
    "agents": Agents,
    "agents.plans": ProbePlan,
    "agents.hosts": Host,
    "agents.throughput": ThroughputLimits,
    "agents.internet": InternetLimits,
    "limits": Limits,
    "measurement": Measurement,
    "leases": LeaseRules,
    "web_probe": WebProbe,
    "hours": Hours,
    "alerting": Alerting,
    "ladder.yaml": Rung,
    "network.yaml": NetworkDevice,
    "ports": NetworkPort,
    "access_points": AccessPointPlace,
    "user": NetworkUser,
    "breaks": Break,
    "schools.yaml": School,
    "machines": MachineRule,
    "devices.csv": ListedMachine,
    "rooms": Room,
    "year_groups": YearGroup,
    "line": Line,
    "agreements": Agreement,
    "chromebooks": ChromebookModel,
    "calendar.yaml": Sitting,
    "standing": Standing,
}


def section(document: str, heading: str) -> str:
    """The text between a heading and the next one."""
    text = (DOCS / document).read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#+ |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of a table whose first column is a name in backticks."""
    lines = re.findall(r"^\| `.*\|$", text, flags=re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def documented_default(field: msgspec.structs.FieldInfo) -> str:
    """How the table writes the default of a field."""
    if field.required:
        return "required"
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if value is None:
        return "none"
    if isinstance(value, msgspec.Struct):
        return "see below"
    return f"`{value if isinstance(value, str) else msgspec.json.encode(value).decode().replace(',', ', ')}`"


@pytest.mark.parametrize("heading", TABLES)
def test_every_setting_with_its_default(heading: str) -> None:
    """Same keys, same order, same defaults, and a meaning for each."""
    table = rows(section("settings.md", heading))
    fields = msgspec.structs.fields(TABLES[heading])
    assert [cells[:2] for cells in table] == [[f"`{one.encode_name}`", documented_default(one)] for one in fields]
    assert all(len(cells) == 3 and cells[2] for cells in table)


def test_the_table_of_alerting_is_made_from_the_channels() -> None:
    """Else: make generate."""
    text = channel_settings.DOCUMENT.read_text(encoding="utf-8")
    assert text == channel_settings.written(text)


def test_every_section_is_held() -> None:
    """A table that no test looks at would be free to lie."""
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    headings = re.findall(r"^##+ (.+)$", text, flags=re.MULTILINE)
    assert [heading for heading in headings if heading not in TABLES] == ["How the files are read", "Environment"]


def test_environment_variables() -> None:
    """Both, with what they override."""
    assert [cells[0] for cells in rows(section("settings.md", "Environment"))] == [f"`{PORT}`", f"`{DATA}`"]


def test_operators_and_trust_marks() -> None:
    """Every one explained, in the order of the code."""
    operators = [cells[0] for cells in rows(section("profiles.md", "Operators"))]
    assert operators == [f"`{operator}`" for operator in get_args(Operator)]
    marks = [cells[0] for cells in rows(section("profiles.md", "Where numbers come from: `source`, `date`, `trust`"))]
    assert marks == [f"`{trust}`" for trust in Trust]


def test_figures_with_units_and_bounds() -> None:
    """As the rules check them."""
    table = rows(section("profiles.md", "Figures: `capacity`, `evidence` and `air`"))
    assert [cells[:4] for cells in table] == [
        [f"`{name}`", expected.unit, f"{expected.least:g}", f"{expected.most:g}"] for name, expected in FIGURES.items()
    ]


def test_facts() -> None:
    """All that a requirement may name, with unit and a few words."""
    school = rows(section("profiles.md", "Facts about whole schools"))
    assert {cells[0]: cells[1] for cells in school} == {f"`{name}`": spec.unit for name, spec in DERIVED.items()}
    rooms = rows(section("profiles.md", "Facts about rooms"))
    assert {cells[0]: cells[1] for cells in rooms} == {f"`{name}`": spec.unit for name, spec in OF_ROOMS.items()}
    devices = rows(section("profiles.md", "Facts about devices"))
    known = [[f"`{name}`", spec.type, spec.unit] for name, spec in OF_DEVICES.items()]
    assert [cells[:3] for cells in devices] == known
    assert all(cells[-1] for cells in [*school, *rooms, *devices])


def test_the_example_has_every_key() -> None:
    """Of a profile, and of a requirement."""
    found = re.search(r"```yaml\n(.*?)```", (DOCS / "profiles.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found is not None
    example = yaml.safe_load(found[1])
    assert example.keys() == set(Profile.__struct_fields__)
    (requirement,) = example["requirements"]
    assert requirement.keys() == set(Requirement.__struct_fields__)
    assert requirement.pop("depends_on") == ["rooms-measured"]
    assert msgspec.convert(requirement, Requirement).at_risk_value == -72

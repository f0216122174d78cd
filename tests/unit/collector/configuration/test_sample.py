"""The sample in `config/`: valid today and in years, honest about its numbers, and big enough to show something."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from collector.configuration.load import load_configuration
from collector.configuration.model import Configuration
from collector.facts.catalogue import FACTS, PLANNABLE
from collector.i18n.messages import moment
from collector.readiness.domain.model import Figure, Profile, Requirement, Trust
from collector.readiness.domain.sittings import starts_at
from collector.releases.document import releases_yaml

SAMPLE = Path(__file__).parents[4] / "config"
NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
PROFILES = ("skoldigiguide-2023", "skolverket-dnp-2024")


def sample(now: datetime = NOW) -> Configuration:
    """The sample as loaded on that day."""
    return load_configuration(SAMPLE, now, environ={})


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each profile that comes with the product."""
    return sample().profiles[request.param]


def requirement(profile: Profile, name: str) -> Requirement:
    """One requirement by its id."""
    return next(one for one in profile.requirements if one.id == name)


@pytest.mark.parametrize("year", [2026, 2027, 2031])
@pytest.mark.parametrize("day", [(11, 21), (12, 31), (6, 1), (3, 27), (2, 28)])
def test_it_never_goes_stale(year: int, day: tuple[int, int]) -> None:
    """Standing sittings only: whoever tries the product in five years meets no date in the past."""
    now = max(NOW, datetime(year, *day, 12, 0, tzinfo=UTC))
    assert len(sample(now).sittings) == 4


def test_the_first_school_is_where_make_run_enrols() -> None:
    """Björkskolan with room A101, in an authority that does not exist."""
    configuration = sample()
    school = configuration.schools["99000001"]
    assert (school.name, school.rooms[0].id) == ("Björkskolan", "A101")
    assert configuration.settings.authority == "Exempelby kommun"
    assert configuration.settings.profile == "skoldigiguide-2023"
    assert (configuration.settings.listen.host, configuration.settings.listen.port) == ("127.0.0.1", 8080)
    assert all(code.startswith("9900") for code in configuration.schools)
    assert not any(school.simulated for school in configuration.schools.values())
    assert any("A101" in sitting.rooms for sitting in configuration.sittings if sitting.school == "99000001")


def test_every_probe_is_planned_with_room_to_finish() -> None:
    """All that have a plan of their own, by that plan; `internet` has none, as only an operator may allow it. None more
    often than it may take.

    A line is filled for less than a minute an hour, however many ask.
    """
    settings = sample().settings
    agents = settings.agents
    plans = {plan.probe: plan for plan in agents.plans}
    assert {name: (plan.every_s, plan.jitter_s, plan.deadline_s) for name, plan in plans.items()} == {
        name: msgspec.structs.astuple(one.plan) for name, one in PLANNABLE.items() if one.plan is not None
    }
    assert "internet" not in plans
    assert all(plan.deadline_s + plan.jitter_s < plan.every_s for plan in agents.plans)
    assert agents.throughput.max_seconds * 2 * settings.leases.tests_per_hour < 60
    assert agents.throughput.max_seconds * 2 < plans["throughput"].deadline_s


def test_hosts_do_not_pose_as_official() -> None:
    """No official list was found, and whoever reads the page must know."""
    assert sample().settings.agents.hosts
    assert all("not official" in host.purpose for host in sample().settings.agents.hosts)


def test_mission_profile_asks_for_all_that_the_guide_asks_for() -> None:
    """What the guide names and can be measured: this is what the mission is judged by."""
    profile = sample().profiles["skoldigiguide-2023"]
    facts = {fact for one in profile.requirements for fact in ([one.fact] if isinstance(one.fact, str) else one.fact)}
    assert facts >= {
        *("line.down_headroom", "line.up_headroom", "line.start_burst_headroom", "line.measured_days"),
        *("uplink.read_age_h", "uplink.speed_mbit_s", "uplink.error_ratio", "uplink.discard_ratio"),
        *("devices.usable_headroom", "rooms.measured_ratio", "path.reached_ratio", "latency.p95_ms"),
        *("room.snr_p10_db", "room.utilisation_percent", "room.clients_per_radio"),
        "room.signal_p10_dbm",
        "device.screen_width_px",
        "device.screen_height_px",
        "browsers.edge_version",
    }
    assert requirement(profile, "browser-current").operator == "months_old_at_most"
    assert requirement(profile, "line-down").depends_on[-1] == "line-measured"


def test_skolverket_numbers() -> None:
    """As published, or as the single source says, with the right mark on each."""
    profile = sample().profiles["skolverket-dnp-2024"]
    down, up = profile.capacity.down_per_pupil, profile.capacity.up_per_pupil
    assert (down.value, up.value, down.trust, up.trust) == (0.5, 0.1, Trust.SECOND_HAND, Trust.SECOND_HAND)
    width, height = requirement(profile, "screen-width"), requirement(profile, "screen-height")
    assert (width.value, height.value, width.trust) == (1366, 768, Trust.PUBLISHED)
    assert requirement(profile, "browser-current").operator == "latest_minus"
    assert requirement(profile, "browser-current").value == 0
    assert requirement(profile, "os-supported").value == ["windows", "macos", "ipados", "android", "chromeos"]
    assert profile.valid_from == date(2024, 8, 1)


def test_wifi_bands(profile: Profile) -> None:
    """The design edge of vendors' guides, never shown as anybody's requirement."""
    wifi = requirement(profile, "wifi-signal")
    assert (wifi.applies_to, wifi.value, wifi.at_risk_value, wifi.trust) == ("room", -67, -72, Trust.ASSUMED)
    for name, bands in {"wifi-snr": (25, 20), "wifi-busy": (50, 70), "wifi-crowd": (25, 40)}.items():
        found = requirement(profile, name)
        assert (found.applies_to, found.severity) == ("room", "if_known")
        assert (found.value, found.at_risk_value) == bands
        assert found.trust is not Trust.PUBLISHED


def figures(profile: Profile) -> dict[str, Figure]:
    """Every number behind the capacity model, by name."""
    groups = (profile.capacity, profile.evidence)
    return {name: getattr(group, name) for group in groups for name in group.__struct_fields__}


def test_assumptions_say_whose_they_are(profile: Profile) -> None:
    """A number marked as assumed names this project; no other does."""
    for name, figure in figures(profile).items():
        assert (figure.trust is Trust.ASSUMED) == figure.source.startswith("This project"), name


def test_every_remedy_is_a_sentence_in_both_languages(profile: Profile) -> None:
    """Plain words that say what to do; Swedish is not English."""
    for one in profile.requirements:
        for text in (one.remedy.sv, one.remedy.en):
            assert text[0].isupper(), text
            assert text.endswith("."), text
        assert one.remedy.sv != one.remedy.en
        assert one.title.sv != one.title.en
        assert one.source
        assert one.date <= NOW.date()


def test_browsers_are_all_known_products(profile: Profile) -> None:
    """Each browser that a probe can find and that has release data counts."""
    browsers = requirement(profile, "browser-current").fact
    products = sample().releases.products
    assert set(browsers) == {f"browsers.{product}_version" for product in products}
    assert set(browsers) <= FACTS.keys()


def test_release_list_is_as_the_refresher_writes_it() -> None:
    """Nobody edited it by hand; it is dated, sourced, and covers the last three years of every browser."""
    releases = sample().releases
    assert (SAMPLE / "releases.yaml").read_text(encoding="utf-8") == releases_yaml(releases)
    assert releases.as_of == date(2026, 11, 12)
    assert "CC0" in releases.source
    assert all(len(known) > 15 for known in releases.products.values())
    assert all(known[0].released >= date(2023, 11, 12) for known in releases.products.values())
    assert releases.products["chromium"] == releases.products["chrome"]
    assert releases.products["firefox"][-1].version == "160"


def test_standing_sittings_are_written_in_local_time() -> None:
    """08:30 is what the operator reads on the page."""
    first = sample().sittings[0]
    assert first.id == "bjork-6-engelska"
    assert moment(starts_at(first, NOW), "en").endswith("08:30")


def test_no_network_gear_is_asked_by_default(tmp_path: Path) -> None:
    """The file is there to be filled in, and what it shows would be read."""
    assert sample().network == []
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "config"))
    halves = (folder / "network.yaml").read_text(encoding="utf-8").split("devices: []")
    devices, points = ([line[1:] for line in half.splitlines() if line.startswith("#  ")] for half in halves)
    filled_in = ["devices:", *devices, "access_points:", *points]
    (folder / "network.yaml").write_text("\n".join(filled_in), encoding="utf-8")
    configuration = load_configuration(folder, NOW, environ={})
    assert [device.id for device in configuration.network] == ["bjork-router", "wlc"]
    assert [(point.name, point.room) for point in configuration.access_points] == [("BJORK-A101", "A101")]

"""The configuration folder of a world: the shipped profiles, and all else from its own numbers. JSON is YAML too."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tests.truth.worlds.air import Radio
from tests.truth.worlds.days import FIRST_MONDAYS, local
from tests.truth.worlds.results import HOST, LOGIN_HOST, NEW_BROWSER, OLD_BROWSER, RUNGS
from tests.truth.worlds.school import School
from tests.truth.worlds.sitting import PROFILE, SHIPPED, Sitting

OWN = ("agent.yaml", "calendar.yaml", "collector.yaml", "ladder.yaml", "network.yaml", "releases.yaml", "schools.yaml")
"""What the sample's folder has and a world writes itself; all that lies beside is taken as it is shipped."""


@dataclass
class Told:
    """What the operator tells. In `shared_lines` schools have one line together; where `point_is_inside`, the
    measurement point stands in the authority's own network.
    """

    schools: list[School]
    sittings: list[Sitting]
    shared_lines: dict[str, list[str]] = field(default_factory=dict)
    point_is_inside: bool = False

    def write(self, folder: Path) -> None:
        """Writes a whole configuration into the new `folder`."""
        shutil.copytree(SHIPPED, folder, ignore=_left_out)
        _write(folder / "collector.yaml", _settings("inside" if self.point_is_inside else "outside"))
        _write(folder / "ladder.yaml", {"rungs": [_rung(*rung) for rung in RUNGS]})
        _write(folder / "releases.yaml", _releases())
        _write(folder / "calendar.yaml", {"sittings": [_sitting(one) for one in self.sittings]})
        _write(folder / "network.yaml", _network(self.schools))
        carts = [one for school in self.schools for one in school.machines if one.group is not None]
        if carts:
            told = [f"{one.school},{one.id},{one.group}" for one in carts]
            (folder / "devices.csv").write_text("\n".join(["school,device,group", *told, ""]), "utf-8")
        lines = [{"id": name, "schools": codes} for name, codes in self.shared_lines.items()]
        _write(folder / "schools.yaml", {"schools": [_school(one) for one in self.schools], "lines": lines})


def _left_out(folder: str, names: list[str]) -> list[str]:
    """What a world writes itself, and the profiles that it is not judged by."""
    is_profiles = Path(folder).name == "profiles"
    return [name for name in names if (name != f"{PROFILE}.yaml" if is_profiles else name in OWN)]


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


def _settings(stands: str) -> dict[str, Any]:
    plans = [{"probe": name, "every_s": every_s} for name, every_s in (("throughput", 3600), ("latency", 900))]
    hosts = [{"name": HOST, "purpose": "test"}, {"name": LOGIN_HOST, "purpose": "login"}]
    told = {"authority": "Sanningsby", "profile": PROFILE, "measurement": {"stands": stands}}
    return told | {"agents": {"plans": plans, "hosts": hosts}}


def _rung(name: str, kind: str, target: str | None) -> dict[str, Any]:
    rung: dict[str, Any] = {"id": name, "kind": kind}
    if target is not None:
        rung["target"] = target
    return rung | ({"expect": {"scope": "sanningsby.example"}} if kind == "login" else {})


def _releases() -> dict[str, Any]:
    """Of each product, the newest came out the day before the first of all worlds begins, and an old one years ago."""
    newest = FIRST_MONDAYS[0] - timedelta(days=1)
    majors = {OLD_BROWSER: date(2022, 4, 26), NEW_BROWSER: newest}
    listed = [
        {"version": version.partition(".")[0], "released": released.isoformat()} for version, released in majors.items()
    ]
    return {
        "as_of": newest.isoformat(),
        "source": "a simulated world",
        "products": dict.fromkeys(_products(), listed),
    }


@lru_cache(maxsize=1)
def _products() -> list[str]:
    """Those that the shipped profiles may ask for."""
    shipped = yaml.load((SHIPPED / "releases.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return list(shipped["products"])


def _school(school: School) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": school.code,
        "name": school.name,
        "rooms": [{"id": room.id, "seats": room.seats} for room in school.rooms],
        "year_groups": [{"grade": "9", "pupils": school.pupils}, {"grade": "8", "pupils": school.younger}],
        "staff": school.staff,
    }
    if school.networks:
        told["networks"] = school.networks
    if school.owned is not None:
        told["devices"] = school.owned
    if school.contract is not None:
        told["line"] = {"down_mbit_s": school.contract[0], "up_mbit_s": school.contract[1]}
    return told


def _sitting(sitting: Sitting) -> dict[str, Any]:
    return {
        "id": sitting.id,
        "school": sitting.school.code,
        "test": "Matematik",
        "year_group": sitting.grade,
        "pupils": sitting.pupils,
        "rooms": sitting.rooms,
        "starts_at": f"{local(sitting.begins_at):%Y-%m-%d %H:%M}",
        "minutes": sitting.minutes,
        "groups": sitting.groups,
    }


def _known(school: School, radio: Radio) -> dict[str, str]:
    """By the name that the controller calls it; where there is none, by its address."""
    return {"name": radio.access_point} if school.has_controller else {"mac": radio.mac}


def _network(schools: list[School]) -> dict[str, Any]:
    devices, places = [], []
    for number, school in enumerate(schools, 1):
        common = {"address": f"192.0.2.{number}", "school": school.code, "community_file": "community"}
        if school.has_counters:
            devices.append({"id": f"router-{school.code}", "role": "switch", "uplink": "1"} | common)
        if school.has_controller:
            devices.append({"id": f"wlc-{school.code}", "role": "controller"} | common)
        if school.maps_air:
            radios = [(room.id, room.radio) for room in school.rooms if room.radio is not None]
            places += [_known(school, radio) | {"school": school.code, "room": room} for room, radio in radios]
    return {"devices": devices, "access_points": places}

"""Where a local run keeps its things, which device this machine is, and the commands that belong to the run."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import yaml

from collector.configuration.links import own_url
from collector.configuration.model import Configuration
from collector.i18n.messages import Language
from collector.local.processes import program
from collector.readiness.domain.model import Room, School

_HEADER = "# Written by each `make run`: the agent of this machine. `make shell` lets provklar-agent use it.\n"


class Workplace(msgspec.Struct, frozen=True):
    """Where this run keeps its things and which device it is."""

    config: Path
    data: Path
    url: str
    school: School
    room: Room
    language: Language

    @property
    def agent_data(self) -> Path:
        """The agent's folder: identity, outbox."""
        return self.data / "agent"

    @property
    def agent_settings(self) -> Path:
        """The agent's settings, for this run and for whoever runs `provklar-agent` beside it."""
        return self.data / "agent.yaml"

    def log(self, name: str) -> Path:
        """Where a child process writes what it has to say."""
        return self.data / "log" / f"{name}.log"

    def collector(self, command: str, *options: str) -> list[str]:
        """A command of the collector, with this run's configuration and language."""
        common = ("--config", str(self.config), "--language", self.language)
        return [*program("provklar"), command, *common, *options]

    def agent(self, command: str, *options: str) -> list[str]:
        """A command of the agent, with this run's settings and language."""
        common = ("--config", str(self.agent_settings), "--language", self.language)
        return [*program("provklar-agent"), command, *common, *options]


def workplace(configuration: Configuration, language: Language) -> Workplace:
    """This machine is a device in the first room of the first school that is not simulated."""
    school = next(s for s in configuration.schools.values() if not s.simulated)
    return Workplace(
        config=configuration.folder,
        data=Path(configuration.settings.data_dir),
        url=own_url(configuration.settings.listen),
        school=school,
        room=school.rooms[0],
        language=language,
    )


def write_agent_settings(place: Workplace) -> None:
    """Whole paths, so that they hold in whatever folder an agent is started."""
    settings = {
        "collector_url": place.url,
        "school": place.school.code,
        "room": place.room.id,
        "data_dir": str(place.agent_data.absolute()),
    }
    place.agent_settings.parent.mkdir(parents=True, exist_ok=True)
    place.agent_settings.write_text(_HEADER + yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def copy_config(source: Path, target: Path) -> Path:
    """A copy of the configuration for a demonstration, so that the operator's own files stay as they are."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
    return target

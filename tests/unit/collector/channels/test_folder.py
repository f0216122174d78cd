"""Every channel of the folder declares its own keys, and opens only when an operator wrote them."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from collector.channels import kinds, open_channels, settings_fields
from collector.configuration.model import Alerting

per_channel = pytest.mark.parametrize("name", sorted(kinds()))


@per_channel
def test_a_channel_is_silent_until_it_is_set_up(name: str) -> None:
    kind = kinds()[name]
    assert kind.opened(kind.settings(), 60) is None
    assert open_channels(Alerting(), 60) == {}


@per_channel
def test_its_keys_are_settings_of_alerting_and_say_what_they_are(name: str) -> None:
    declared = {field.name: field for field in msgspec.structs.fields(kinds()[name].settings)}
    known = {field.name: field.type for field in msgspec.structs.fields(Alerting)}
    assert declared
    for key, field in declared.items():
        assert known[key] == field.type
        told = msgspec.inspect.type_info(field.type)
        assert isinstance(told, msgspec.inspect.Metadata)
        assert (told.extra_json_schema or {}).get("description"), key


def test_no_two_channels_have_the_same_key() -> None:
    keys = [key for key, _, _ in settings_fields()]
    assert len(keys) == len(set(keys))


def test_what_is_set_up_is_opened_by_the_name_of_its_file() -> None:
    settings = msgspec.convert({"alertmanager_url": "http://alerts.test"}, Alerting)
    opened = open_channels(settings, 60)
    assert list(opened) == ["alertmanager"]
    opened["alertmanager"].close()


def test_reading_settings_loads_no_http_client() -> None:
    """A process that only reads them, such as a measurement point of its own, stays light."""
    asked = "import sys, collector.configuration.model; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], timeout=60, check=False).returncode == 0

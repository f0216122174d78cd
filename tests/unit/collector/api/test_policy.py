"""Whether devices may test towards the public internet is the operator's word, and by default it is no."""

from __future__ import annotations

import pytest

from agent.protocol.wire import InternetLimits
from collector.api.policy import machine_key, policy_of
from collector.configuration.model import Agents, Settings


@pytest.mark.parametrize("limits", [None, InternetLimits(), InternetLimits(30, 128, "https://matning.example.se")])
def test_the_policy_says_what_the_settings_say(limits: InternetLimits | None) -> None:
    """With its bounds, or not at all."""
    settings = Settings(authority="Exempelby", profile="plain", agents=Agents(plans=[], internet=limits))
    assert policy_of(settings, "ticket").internet == limits


def test_by_default_nobody_may() -> None:
    """Not a word about it in the settings."""
    assert policy_of(Settings(authority="Exempelby", profile="plain", agents=Agents(plans=[])), "").internet is None


def test_the_key_for_ids_of_machines() -> None:
    """One for the whole authority, that tells nothing of the secret; without a secret of its own there is none."""
    first, second = machine_key(b"a secret of forty characters, or of more"), machine_key(b"another secret")
    assert first == machine_key(b"a secret of forty characters, or of more") != second
    settings = Settings(authority="Exempelby", profile="plain", agents=Agents(plans=[]))
    assert (policy_of(settings, "", machine_key=first).machine_key, policy_of(settings, "").machine_key) == (first, "")

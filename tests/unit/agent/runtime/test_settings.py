"""Settings: every mistake is found, with its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.i18n.messages import Messages
from agent.runtime.settings import KEYS, Settings, SettingsError, enrolment_key, load_settings

NONE: dict[str, str | None] = {}
GOOD = "collector_url: https://provklar.example.se\nschool: 01234567\n"


def problems(text: str, tmp_path: Path, overrides: dict[str, str | None] = NONE) -> list[str]:
    """What is said about a file with that text, without the folder."""
    file = tmp_path / "agent.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load_settings(file, overrides)
    return refused.value.said(Messages("en")).replace(f"{tmp_path}/", "").splitlines()


def test_a_school_code_keeps_its_leading_zero(tmp_path: Path) -> None:
    """Though YAML would call it a number."""
    (tmp_path / "agent.yaml").write_text(GOOD, encoding="utf-8")
    settings = load_settings(tmp_path / "agent.yaml", NONE)
    assert settings == Settings(collector_url="https://provklar.example.se", school="01234567")
    assert settings.data_dir == "var/agent"


def test_all_keys(tmp_path: Path) -> None:
    """Everything that can be set; an optional key left empty is not set."""
    (tmp_path / "ca.pem").touch()
    text = GOOD + f"room: A101\ndata_dir: /var/lib/provklar\nkey_file: k\nlabel:\nca_file: {tmp_path}/ca.pem\n"
    (tmp_path / "agent.yaml").write_text(text + "proxy: http://proxy:3128\n", encoding="utf-8")
    settings = load_settings(tmp_path / "agent.yaml", NONE)
    assert (settings.room, settings.key_file, settings.label) == ("A101", "k", None)
    assert settings.proxy == "http://proxy:3128"


def test_options_override_the_file(tmp_path: Path) -> None:
    """Those that were given."""
    (tmp_path / "agent.yaml").write_text(GOOD + "room: A101\n", encoding="utf-8")
    settings = load_settings(tmp_path / "agent.yaml", {"room": "B7", "school": None})
    assert (settings.room, settings.school) == ("B7", "01234567")


def test_options_do_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If they say everything that is required, and no file was asked for."""
    monkeypatch.chdir(tmp_path)
    overrides: dict[str, str | None] = {"collector_url": "http://c:8080", "school": "99000001", "data_dir": "d"}
    assert load_settings(None, overrides).data_dir == "d"
    with pytest.raises(SettingsError, match="settings_no_file"):
        load_settings(Path("named.yaml"), overrides)
    with pytest.raises(SettingsError, match="settings_no_file"):
        load_settings(None, {"school": "99000001"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD + "rom: A1\n", "agent.yaml:3: there is no setting rom. Do you mean room?"),
        (GOOD + "x: 1\n", f"agent.yaml:3: there is no setting x. Remove the line, or use one of: {', '.join(KEYS)}"),
        (GOOD + "room: A\nroom: B\n", "agent.yaml:4: room is written twice. Remove one of them"),
        (GOOD + "label: [a]\n", 'agent.yaml:3: label must be text. Put the value in quotes: label: "..."'),
        (GOOD + "room: true\n", 'agent.yaml:3: room must be text. Put the value in quotes: room: "..."'),
        ("school: 01234567\n", "agent.yaml: collector_url is missing. Add it to the file, or give it as an option"),
        (
            "collector_url: provklar.example.se\nschool: 01234567\n",
            (
                "agent.yaml:1: collector_url is not a web address: provklar.example.se. "
                "Write it like https://provklar.example.se"
            ),
        ),
        (
            "collector_url: http://c:99999\nschool: 01234567\n",
            "agent.yaml:1: collector_url is not a web address: http://c:99999. Write it like https://provklar.example.se",
        ),
        (
            "collector_url: http://c\nschool: 1234567\n",
            'agent.yaml:2: the school code must be 8 digits, not 1234567. Write it like school: "12345678"',
        ),
        (
            GOOD + "room: Sal 1\n",
            (
                "agent.yaml:3: the room can't be called Sal 1. "
                "Use letters A-Z, digits, dot, dash and underscore, 64 at most"
            ),
        ),
        (
            GOOD + f"label: {'x' * 65}\n",
            "agent.yaml:3: label must be 1 to 64 characters. Write a shorter one, and never a person's name",
        ),
        (
            GOOD + "ca_file: /no/such.pem\n",
            "agent.yaml:3: the certificate file /no/such.pem does not exist. Correct the path, or remove ca_file",
        ),
        (GOOD + 'data_dir: ""\n', "agent.yaml:3: data_dir is empty. Write a path, or remove the line"),
        ("- a\n", "agent.yaml:1: here settings are expected. Write each as `name: value` on a line of its own"),
        (
            "collector_url: [\n",
            (
                "agent.yaml:2: this is not YAML (expected the node content, but found '<stream end>'). "
                "Write each setting as `name: value` on a line of its own"
            ),
        ),
    ],
)
def test_one_bad_file_per_rule(text: str, said: str, tmp_path: Path) -> None:
    """The exact message, with file and line."""
    assert problems(text, tmp_path) == [said]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Not one per attempt."""
    lines = problems("collector_url: x\nschool: y\nzz: 1\n", tmp_path)
    assert [line.split(": ")[0] for line in lines] == ["agent.yaml:3", "agent.yaml:1", "agent.yaml:2"]


def test_a_bad_option_is_called_by_its_name(tmp_path: Path) -> None:
    """Not by the file."""
    assert problems(GOOD, tmp_path, {"school": "7"})[0].startswith("--school: the school code must be 8 digits")


def test_an_empty_file_misses_everything(tmp_path: Path) -> None:
    """Both required keys."""
    assert len(problems("", tmp_path)) == 2


def test_the_key_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    """In that order; white space around it is not part of it."""
    file = tmp_path / "key"
    file.write_text(" from-file\n", encoding="utf-8")
    with_file = Settings("http://c", "99000001", key_file=str(file))
    assert enrolment_key(with_file, {"PROVKLAR_ENROLMENT_KEY": "from-environment"}) == "from-environment"
    assert enrolment_key(with_file, {}) == "from-file"
    assert enrolment_key(Settings("http://c", "99000001"), {}) is None


def test_the_sample_is_valid_and_names_every_key() -> None:
    """An operator sees all there is."""
    sample = Path(__file__).parents[4] / "config" / "agent.yaml"
    load_settings(sample, NONE)
    text = sample.read_text("utf-8")
    assert [key for key in KEYS if f"{key}: " not in text] == []

"""What is wrong with a folder as a whole, or with the environment: exact messages, Swedish and English."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.configuration.environment import overridden
from collector.configuration.load import load_configuration
from collector.configuration.problems import ConfigurationErrors
from tests.unit.collector.configuration.folders import NOW, errors_in, good_folder, said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good configuration to break."""
    return good_folder(tmp_path)


def test_missing_file(folder: Path) -> None:
    """The file is named, and no line is invented."""
    (folder / "calendar.yaml").unlink()
    assert said(folder) == [
        "calendar.yaml: The file is missing. Create it; the sample folder config/ shows what it looks like."
    ]
    assert said(folder, "sv") == [
        "calendar.yaml: Filen finns inte. Skapa den; exempelmappen config/ visar hur den ser ut."
    ]


def test_missing_folder(tmp_path: Path) -> None:
    """Every file is missing then, and so are the profiles."""
    messages = said(tmp_path / "nowhere")
    assert [message.partition(":")[0] for message in messages] == [
        "calendar.yaml",
        "collector.yaml",
        "profiles",
        "releases.yaml",
        "schools.yaml",
    ]
    assert messages[2] == (
        "profiles: There is no requirement profile in the folder. "
        "Add at least one; the sample folder config/profiles/ has two."
    )


def test_empty_file(folder: Path) -> None:
    """A file of comments only is empty too."""
    (folder / "schools.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert said(folder) == [
        "schools.yaml: The file is empty. Fill it in; the sample folder config/ shows what it looks like."
    ]


def test_wrong_encoding(folder: Path) -> None:
    """Windows' old code page is common in schools; the line with the first such letter is named."""
    (folder / "schools.yaml").write_bytes("schools:\n  - name: Björkskolan\n".encode("cp1252"))
    assert said(folder) == ["schools.yaml:2: The file is not written in UTF-8. Save it again as UTF-8."]
    assert said(folder, "sv") == [
        "schools.yaml:2: Filen är inte skriven med teckenkodningen UTF-8. Spara om den som UTF-8."
    ]


def test_byte_order_mark_is_no_fault(folder: Path) -> None:
    """Windows' Notepad writes one."""
    path = folder / "schools.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert said(folder) == []


def test_unreadable_file(folder: Path) -> None:
    """A folder in a file's place is the one unreadable thing that also root meets."""
    (folder / "schools.yaml").unlink()
    (folder / "schools.yaml").mkdir()
    assert said(folder) == ["schools.yaml: The file cannot be read (Is a directory). Check the file's permissions."]


def test_control_character(folder: Path) -> None:
    """Not YAML, and libyaml gives no line for it."""
    (folder / "schools.yaml").write_text("schools: \x00\n", encoding="utf-8")
    (message,) = said(folder)
    assert message.startswith("schools.yaml: The file is not valid YAML (")


def test_yml_is_not_passed_over_in_silence(folder: Path) -> None:
    """Its sittings would never be judged, and nobody would know."""
    (folder / "calendar.d").mkdir()
    (folder / "calendar.d" / "spring.yml").write_text("sittings: []\n", encoding="utf-8")
    assert said(folder) == ["calendar.d/spring.yml: Files ending in .yml are not read. Rename the file to spring.yaml."]


def test_profile_id_used_twice(folder: Path) -> None:
    """Two files with one id: the second one is told, with where the first is."""
    copied = (folder / "profiles" / "plain.yaml").read_bytes()
    (folder / "profiles" / "second.yaml").write_bytes(copied)
    assert said(folder) == [
        (
            "profiles/second.yaml:1: The profile is called “plain” but its file “second.yaml”. "
            "Let id and file name be the same."
        ),
        (
            "profiles/second.yaml:1: The profile “plain” is already at plain.yaml:1. "
            "Give one of them another id and file name."
        ),
    ]


def test_ids_are_unique_across_files(folder: Path) -> None:
    """A school in `schools.d` may not repeat one of `schools.yaml`, nor a sitting one of another file."""
    for part in ("schools", "calendar"):
        (folder / f"{part}.d").mkdir()
        (folder / f"{part}.d" / "more.yaml").write_bytes((folder / f"{part}.yaml").read_bytes())
    codes = [error.message.code for error in errors_in(folder) or ()]
    assert codes == ["config_duplicate_sitting", "config_duplicate_sitting", "config_duplicate_school"]


def test_all_files_are_told_together(folder: Path) -> None:
    """Mending one fault at a time, with a restart between, is no way to treat anybody."""
    for name in ("calendar.yaml", "schools.yaml"):
        (folder / name).write_text("wrong: true\n", encoding="utf-8")
    (folder / "releases.yaml").unlink()
    assert [message.partition(":")[0] for message in said(folder)] == [
        "calendar.yaml",
        "releases.yaml",
        "schools.yaml",
        "schools.yaml",
    ]


def test_a_broken_file_is_not_blamed_on_another(folder: Path) -> None:
    """With schools.yaml unreadable, no sitting is accused of naming an unknown school."""
    (folder / "schools.yaml").write_text("schools: [\n", encoding="utf-8")
    (folder / "profiles" / "plain.yaml").write_text("id: [\n", encoding="utf-8")
    assert [message.partition(":")[0] for message in said(folder)] == ["profiles/plain.yaml", "schools.yaml"]


@pytest.mark.parametrize("written", ["http", "0", "65536", "-1", "8080.0", "８０８０"])
def test_bad_port_in_the_environment(folder: Path, written: str) -> None:
    """The variable is named in the file's place."""
    assert said(folder, environ={"PROVKLAR_PORT": written}) == [
        f"PROVKLAR_PORT: “{written}” is no port. Write a whole number from 1 to 65535."
    ]


def test_data_folder_that_is_a_file(folder: Path) -> None:
    """Said at start, not at the first write."""
    occupied = folder / "collector.yaml"
    assert said(folder, "sv", environ={"PROVKLAR_DATA": str(occupied)}) == [
        (
            "PROVKLAR_DATA: ”collector.yaml” är en fil, men ska vara en mapp för data. "
            "Ange en mapp; den skapas om den inte finns."
        )
    ]


def test_environment_overrides_port_and_data_folder(folder: Path) -> None:
    """Both at once, and nothing else changes."""
    environ = {"PROVKLAR_PORT": "9321", "PROVKLAR_DATA": "/srv/provklar", "PATH": "/bin"}
    plain = load_configuration(folder, NOW, environ={}).settings
    settings = load_configuration(folder, NOW, environ=environ).settings
    assert (settings.listen.host, settings.listen.port, settings.data_dir) == ("127.0.0.1", 9321, "/srv/provklar")
    assert (plain.listen.port, plain.data_dir) == (8080, "var")
    assert settings.agents == plain.agents


def test_empty_variables_override_nothing(folder: Path) -> None:
    """`PROVKLAR_PORT= make run` is as good as unset."""
    settings = load_configuration(folder, NOW, environ={}).settings
    assert overridden(settings, {"PROVKLAR_PORT": "", "PROVKLAR_DATA": ""}) is settings


def test_str_is_swedish(folder: Path) -> None:
    """Swedish first: what is logged or printed without choosing is Swedish, one problem per line."""
    (folder / "calendar.yaml").unlink()
    (folder / "releases.yaml").unlink()
    errors = errors_in(folder)
    assert isinstance(errors, ConfigurationErrors)
    assert str(errors) == errors.render("sv")
    assert str(errors).splitlines() == [str(error) for error in errors]

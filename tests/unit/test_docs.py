"""The README says what is true: every setting, every command, every Make target."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from core.__main__ import app
from core.settings import ROOT, Settings, environment_name

README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_row(field: str) -> str:
    """The README's line for one setting."""
    info = Settings.model_fields[field]
    default = info.default
    if field == "data_dir":
        default = "var"
    elif default in ("", ()):
        default = ""
    shown = f"`{default}`" if default != "" else "empty"
    return f"| `{environment_name(field)}` | {shown} | {info.description} |"


@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_every_setting_stands_in_the_table(field: str) -> None:
    assert settings_row(field) in README


def test_the_table_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"^\| `(TOPN_[A-Z_]+)` \|", README, flags=re.MULTILINE))
    assert named == {environment_name(field) for field in Settings.model_fields}


def commands(command: object, path: str = "") -> list[str]:
    """Full names of all commands below this one."""
    children: dict[str, object] = getattr(command, "commands", {})
    if not children:
        return [path.strip()]
    return [name for child, value in children.items() for name in commands(value, f"{path} {child}")]


def test_every_command_is_in_the_readme() -> None:
    missing = [name for name in commands(get_command(app)) if f"python -m core {name}" not in README]
    assert missing == []


def test_every_make_target_is_in_the_readme() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [target for target in targets if f"make {target}" not in README] == []


def test_files_that_the_readme_links_to_exist() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []

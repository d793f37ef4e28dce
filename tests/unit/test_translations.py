"""Every word of the pages goes through the catalogues, and the Chinese one has all of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import ROOT
from dashboard.languages import CHINESE, FOLDER, translator

FILES = sorted((ROOT / "dashboard").rglob("*.py"))
SHOWN = """
    title header subheader markdown write caption text info warning error success toast button toggle checkbox radio
    selectbox multiselect text_input text_area number_input date_input time_input file_uploader form_submit_button
    download_button popover expander dialog metric tabs status spinner link_button page_link segmented_control pills
    TextColumn NumberColumn DatetimeColumn ProgressColumn LinkColumn CheckboxColumn MultiselectColumn
"""
MARKERS = frozenset(("_", "mark"))


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            yield name, node


def is_for_the_log(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="logger")):
            return True
        case _:
            return False


def literal(call: ast.Call, place: int = 0) -> str | None:
    argument = call.args[place] if len(call.args) > place else None
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def messages() -> list[str]:
    found = {literal(call) for file in FILES for name, call in calls(file) if name in MARKERS}
    found |= {
        literal(call, place) for file in FILES for name, call in calls(file) if name == "count" for place in (0, 1)
    }
    for template in (ROOT / "dashboard" / "templates").iterdir():
        found.update(re.findall(r'_\("([^"]+)"\)', template.read_text(encoding="utf-8")))
    return sorted(message for message in found if message is not None)


def test_templates_are_read_as_well() -> None:
    assert "Publish articles to your own accounts." in messages()


@pytest.mark.parametrize("message", messages())
def test_every_message_has_its_chinese(message: str) -> None:
    chinese = translator(CHINESE)(message)
    assert chinese != message or not re.search("[A-Za-z]{2}", re.sub(r"{\w+}", "", message))
    assert set(re.findall(r"{(\w*)[^}]*}", chinese)) == set(re.findall(r"{(\w*)[^}]*}", message))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_word_goes_past_the_catalogues(file: Path) -> None:
    texts = [
        (call.lineno, literal(call)) for name, call in calls(file) if name in SHOWN.split() and not is_for_the_log(call)
    ]
    past = [(line, text) for line, text in texts if text and re.search(r"[A-Za-z\u4e00-\u9fff]{2}", text)]
    assert past == []


def test_no_message_is_there_twice() -> None:
    catalogue = (FOLDER / CHINESE / "LC_MESSAGES" / "topn.po").read_text(encoding="utf-8")
    found = re.findall(r'^msgid (".+")$', catalogue, re.MULTILINE)
    assert sorted(found) == sorted(set(found))

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
    slider select_slider menu_button pagination feedback badge progress image table dataframe data_editor chat_input
    color_picker datetime_input camera_input audio_input set_page_config Page divider exception
    TextColumn NumberColumn DatetimeColumn ProgressColumn LinkColumn CheckboxColumn MultiselectColumn ButtonColumn
    SelectboxColumn DateColumn TimeColumn ListColumn ImageColumn JsonColumn LineChartColumn BarChartColumn Column
    draw_file_field
"""
SAID_IN = """
    label help placeholder text body caption title page_title page_subtitle subtitle message tooltip delta
    display_text on_label off_label column_label empty
"""
"""By these names a widget takes words, beside its first argument."""
SIGNS = re.compile(r":material/\w+:|:[a-z-]+(?=\[)|-badge(?=\[)|<[^>]*>")
"""What Streamlit and browsers make something else of: icons, colours, tags."""
WORDS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2}")
OWN_NAMES = re.compile(r"TOP_N|python -m core users password admin|https://\S+")
MARKERS = frozenset(("_", "mark"))
FOR_PROGRAMS = {
    "metrics.py": "read by Prometheus",
    "health.py": "read by what watches over the dashboard",
    "auth_gate.py": "for parts of pages and for programs; a person gets a page of templates/",
}
"""Answers in plain English, and who gets them."""


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield name_of(node), node


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else str(getattr(function, "attr", ""))


def is_for_a_terminal(call: ast.Call) -> bool:
    """The log, and what is printed where the dashboard was started."""
    return ast.unparse(call.func).startswith(("logger.", "sys.std"))


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


def written(node: ast.expr | None) -> Iterator[str]:
    """The texts that stand in this expression as they are: in lists, choices, sums and between what an f-string fills
    in. What a function makes of a text is the function's affair."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
            for part in parts:
                yield from written(part)
        case ast.FormattedValue(value=value):
            yield from written(value)
        case ast.Dict(values=values):
            for value in values:
                yield from written(value)
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, op=ast.Add(), right=second):
            yield from written(first)
            yield from written(second)


def past_the_catalogues(source: str) -> list[tuple[int, str]]:
    """Line and text of the words that a widget shows as they stand there."""
    found = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        if name_of(call) in SHOWN.split() and not is_for_a_terminal(call):
            told = [*call.args[:1], *(one.value for one in call.keywords if one.arg in SAID_IN.split())]
            found += [(call.lineno, text) for node in told for text in written(node)]
    return [(line, text) for line, text in found if WORDS.search(OWN_NAMES.sub("", SIGNS.sub("", text)))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_word_goes_past_the_catalogues(file: Path) -> None:
    assert past_the_catalogues(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'st.button("Press")',
        'st.button(f"Press {name}")',
        "st.markdown(f\"**{name or 'Nobody'}**\")",
        'st.slider(_("Priority"), help="9 goes first")',
        'st.text_input(label="Name", placeholder=_("Your name"))',
        'st.menu_button(label, text="More" if many else _("One"))',
        'st.tabs([_("One"), "Two"])',
        'st.metric(label, 3, delta="three " + _("more"))',
        'column.caption("中文")',
    ],
)
def test_words_are_found_wherever_a_widget_takes_them(source: str) -> None:
    assert len(past_the_catalogues(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        'st.button(_("Press"), key="press", icon=":material/add:")',
        "st.markdown(f\":gray-badge[{_('Stopped')}] :material/add: <b>{number}</b>\")",
        'logger.warning("The disk is full.")',
    ],
)
def test_what_is_no_word_is_let_through(source: str) -> None:
    assert past_the_catalogues(source) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_a_person_is_answered_is_a_page_in_two_languages(file: Path) -> None:
    answers = [call for name, call in calls(file) if name.endswith("Response") and name != "RedirectResponse"]
    told = [text for call in answers for node in call.args[:1] for text in written(node) if WORDS.search(text)]
    assert bool(told) is (file.name in FOR_PROGRAMS and file.parent.name == "dashboard")


@pytest.mark.parametrize("template", sorted((ROOT / "dashboard" / "templates").iterdir()), ids=lambda file: file.name)
def test_no_word_of_a_template_goes_past_the_catalogues(template: Path) -> None:
    page = template.read_text(encoding="utf-8")
    shown = SIGNS.sub("", re.sub(r"{{.*?}}|{%.*?%}", "", page, flags=re.DOTALL))
    assert WORDS.findall(OWN_NAMES.sub("", shown)) == []


def test_no_message_is_there_twice() -> None:
    catalogue = (FOLDER / CHINESE / "LC_MESSAGES" / "topn.po").read_text(encoding="utf-8")
    found = re.findall(r'^msgid (".+")$', catalogue, re.MULTILINE)
    assert sorted(found) == sorted(set(found))

"""What the pages must never do, read from their source: each of these was once a way past the sign-in
(`dashboard/visitor.py` has the guards)."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config
from streamlit.web.bootstrap import load_config_options

from core.settings import ROOT
from dashboard.auth_gate import SESSION_HEADER, USER_HEADER

DASHBOARD = ROOT / "dashboard"
FILES = sorted(DASHBOARD.rglob("*.py"))
HANDLERS = ("on_click", "on_change", "on_dismiss", "on_select", "on_submit")
GUARDS = {"callback", "callback_here"}
BY_STREAMLIT = frozenset(("ignore", "rerun"))
"""Words for what Streamlit does by itself, in place of a function."""
ONLY_REMEMBER = {
    "components/batch_list.py:_choose": "remembers a question, which a guarded dialog asks",
    "components/bulk_menu.py:_choose": "remembers a question, which a guarded dialog asks",
    "components/bulk_actions.py:forget": "forgets it",
    "components/worker_orders.py:_ask": "remembers a question, which a guarded dialog asks",
    "components/worker_orders.py:forget": "forgets it",
    "components/row_buttons.py:_press": "remembers which row was pressed",
    "components/task_drawer.py:_close": "forgets which drawer is open, and the form in it",
    "components/task_filter.py:ADDRESS.clear": "takes the filters out of the address",
    "components/limit_history.py:_go": "remembers the place in the list",
    "app_pages/audit.py:_go_before": "remembers the place in the list",
}
"""Not made by `@callback`, as they change nothing but what this browser's own session remembers."""


def name_of(file: Path) -> str:
    return str(file.relative_to(DASHBOARD))


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def guarded_in(file: Path) -> set[str]:
    """The functions of this file that the guards make."""
    functions = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.FunctionDef)]
    return {one.name for one in functions if GUARDS & set(map(ast.unparse, one.decorator_list))}


def guarded_names(file: Path) -> set[str]:
    """These, and those that it imports from other files of the dashboard."""
    found = guarded_in(file)
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dashboard."):
            source = ROOT / f"{(node.module or '').replace('.', '/')}.py"
            found |= guarded_in(source) & {one.name for one in node.names} if source.exists() else set()
    return found


def handlers(file: Path) -> Iterator[tuple[int, str]]:
    """Line and source of everything that is called when somebody does something, on any way it may be passed."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.keyword) and node.arg in HANDLERS:
            value = node.value
            if not (isinstance(value, ast.Constant) and value.value in BY_STREAMLIT):
                yield value.lineno, ast.unparse(value)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_what_a_button_does_is_guarded(file: Path) -> None:
    guarded = guarded_names(file)
    found = [(line, name) for line, name in handlers(file) if name not in guarded]
    assert [one for one in found if f"{name_of(file)}:{one[1]}" not in ONLY_REMEMBER] == []


def test_nothing_is_excused_that_is_not_there() -> None:
    there = {f"{name_of(file)}:{name}" for file in FILES for _line, name in handlers(file)}
    assert set(ONLY_REMEMBER) <= there


def test_many_buttons_are_looked_at() -> None:
    assert sum(1 for file in FILES for _handler in handlers(file)) > 50


@pytest.mark.parametrize("name", sorted(ONLY_REMEMBER))
def test_what_only_remembers_asks_no_service(name: str) -> None:
    file, _colon, function = name.partition(":")
    bodies = [
        node
        for node in ast.walk(tree_of(DASHBOARD / file))
        if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    assert all("wiring" not in ast.unparse(body) for body in bodies)


@pytest.mark.parametrize("file", [file for file in FILES if name_of(file) != "visitor.py"], ids=name_of)
def test_only_the_guard_makes_fragments(file: Path) -> None:
    tree = tree_of(file)
    of_streamlit = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    assert [one for one in of_streamlit if one in ("st.fragment", "streamlit.fragment")] == []
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "streamlit"]
    assert "fragment" not in [alias.name for node in imports for alias in node.names]


@pytest.mark.parametrize("file", [file for file in FILES if name_of(file) != "visitor.py"], ids=name_of)
def test_no_note_is_shown_but_by_a_run_of_the_whole_page(file: Path) -> None:
    assert "st.toast" not in [ast.unparse(node) for node in ast.walk(tree_of(file)) if isinstance(node, ast.Attribute)]


@pytest.mark.parametrize("file", sorted((DASHBOARD / "app_pages").glob("[!_]*.py")), ids=name_of)
def test_a_page_does_nothing_but_run_guarded(file: Path) -> None:
    """A file of a page is a script: what stands at its top level runs, whoever looks."""
    done = [node.value for node in tree_of(file).body if isinstance(node, ast.Expr)]
    assert [ast.unparse(one) for one in done if not isinstance(one, ast.Constant)] == ["page(draw)"]


def test_no_folder_has_the_name_that_streamlit_takes_for_pages() -> None:
    """Scripts in `pages/` run by themselves, without the entry script and its guard."""
    assert [folder for folder in DASHBOARD.rglob("pages") if folder.is_dir()] == []


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's settings as the dashboard's own process reads them."""
    monkeypatch.chdir(ROOT)
    load_config_options({})


@pytest.mark.usefixtures("options")
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("runner.postScriptGC", False),
        ("client.disableDataExport", True),
        ("client.showErrorDetails", "none"),
        ("browser.gatherUsageStats", False),
        ("server.enableStaticServing", False),
    ],
)
def test_streamlit_is_set_as_the_pages_rely_on(option: str, value: object) -> None:
    assert config.get_option(option) == value


@pytest.mark.usefixtures("options")
def test_streamlit_believes_the_headers_of_the_gate_and_no_others() -> None:
    trusted = config.get_option("server.trustedUserHeaders")
    headers = json.loads(trusted) if isinstance(trusted, str) else trusted
    assert headers == {USER_HEADER: "user_id", SESSION_HEADER: "session_id"}

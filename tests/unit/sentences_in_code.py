"""Every sentence that core and the workers can show to a person, as it stands in the code.

An f-string stands for all the sentences it can make: its values are numbered, as in the catalogue of the dashboard.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.settings import ROOT

READ_IN_THE_TERMINAL = (
    "core/commands/", "core/__main__.py", "core/settings.py", "core/services/doctor.py", "tasks/supervisor",
    "tasks/consumer.py", "tasks/progress.py", "tasks/failpoints.py", "tasks/maintenance.py", "tasks/terminal_words.py",
    "tasks/database_watch.py", "core/services/restore_manager.py", "core/services/csv_export.py",
)  # fmt: skip
IN_THE_OTHER_CATALOGUE = (
    "core/services/task_words.py",
    "core/services/wait_words.py",
    "core/services/timeline_words.py",
    "core/services/audit_words.py",
    "core/services/fault_words.py",
    "core/services/log_words.py",
)
FOR_MACHINES = (
    "core/store/migrations/", "core/store/task_models.py", "core/store/rule_models.py", "core/queue/broker.py",
    "core/redaction.py", "tasks/log_shipper.py",
)  # fmt: skip
PASSED_BY = READ_IN_THE_TERMINAL + IN_THE_OTHER_CATALOGUE + FOR_MACHINES

LOGGED = frozenset(("debug", "info", "warning", "error", "exception", "critical"))
OF_PROGRAMMERS = frozenset(("ValueError", "RuntimeError", "TypeError", "cast", "compile", "text"))
"""What is raised with these is a fault in the code; what is compiled or asked of a database is no sentence."""

GLUE = frozenset((
    "{1} cannot be used: {2} {3}", "Article {1} {2}. {3}", "{1} article {2}", "The {1}", "One setting is",
    "{1} settings are", "{1} wrong:\n{2}",
))  # fmt: skip
"""What only puts others together: the parts are in the catalogue; a form that fixes so little would fit anything."""
OF_MACHINES = frozenset((
    "dismiss and notify", "tab crashed", "chrome not reachable", "not connected to devtools", "session deleted",
    "unable to connect to renderer", "unable to set cookie", "invalid argument", "attempt to", "not a valid float",
    "not an integer", "out of range", "NaN or Infinity", "end of data", "command line", "and no",
    "both {1} {2}", "name {1}", "address {1}", "own {1}",
))  # fmt: skip
"""What others say, or what names a key; nobody reads it here."""

PROSE = re.compile(r"[A-Za-z]+[,:]? [A-Za-z]|\{\d\}[,:]? [A-Za-z]|[A-Za-z][,:]? [“(]?\{\d\}")
NO_PROSE = re.compile(
    r"[|%\\]|\[[A-Za-z*]|^[A-Z ]+$|SELECT |PRAGMA |SESSION |[A-Z]{4,}\(|IN \(|=\"|<[a-z]|\bh[1-6]|^p div|^id = |> \.|"
    r"^a b |^figure |^area |^table |> button"
)
"""SQL, HTML, selectors and the like."""


def sentences() -> set[str]:
    """Without those that are only read in a terminal."""
    found: set[str] = set()
    for folder in ("core", "tasks"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if not str(file.relative_to(ROOT)).startswith(PASSED_BY):
                found.update(sentences_of(file))
    return found


def sentences_of(file: Path) -> Iterator[str]:
    """Of one module, docstrings and logs left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    passed_by: set[ast.AST] = set()
    for node in ast.walk(tree):
        passed_by.update(_without_a_reader(node))
    for node in ast.walk(tree):
        if node not in passed_by and isinstance(node, ast.Constant | ast.JoinedStr):
            template = template_of(node)
            if PROSE.search(template) and not NO_PROSE.search(template) and template not in GLUE | OF_MACHINES:
                yield template


def names() -> set[str]:
    """The single words that stand in a sentence: of which thing there is none, and what is wrong."""
    found = {"pause", "resume"}
    for file in (ROOT / "core").rglob("*.py"):
        if str(file.relative_to(ROOT)).startswith(READ_IN_THE_TERMINAL):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Fault" | "NotFound"), args=[ast.Constant(value=str(name)), *_]):
                    found.add(name)
                case _:
                    pass
    return found


def template_of(node: ast.Constant | ast.JoinedStr) -> str:
    """`“{name}” is not a file.` → `“{1}” is not a file.`"""
    if isinstance(node, ast.Constant):
        return node.value.strip() if isinstance(node.value, str) else ""
    parts, number = [], 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            number += 1
            parts.append(f"{{{number}}}")
    return "".join(parts).strip()


def _without_a_reader(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant() | ast.JoinedStr()):
            yield node.value
        case ast.Call(func=ast.Attribute(attr=name)) if name in LOGGED:
            yield from ast.walk(node)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in OF_PROGRAMMERS:
            yield from ast.walk(node)
        case ast.AnnAssign(annotation=annotation):
            yield from ast.walk(annotation)
        case ast.JoinedStr(values=values):
            yield from values
        case _:
            pass

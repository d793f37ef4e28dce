"""Every call of the services that names who asks, found by looking at them: nobody can forget to list one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from core import services

INNER = {
    "Access": "the question itself; every service asks it",
    "TaskEditor": "whose article it is was looked at by TaskQueueManager, the only one that has it",
}
"""Classes that no page, command or route can reach."""
WITHOUT_ACTOR = {
    "FormDrafts.new_form": "a name that nobody has used yet",
    "FormDrafts.is_form": "whether a text can be such a name",
    "AlertViewer.health": "counts of the service as a whole; `alerts` makes of it what an actor may know",
    "RestoreManager.plan": "only for the command line, which holds the database anyway",
    "SignIn.make_first_admin": "at the start, before anybody can be signed in",
    "SignIn.sign_in": "tells who it is by name and password",
    "SignIn.visitor": "tells who it is by the token of a cookie",
    "SignIn.session": "tells who a session that the gate let in belongs to",
    "SignIn.living": "the same for several",
    "SignIn.seen": "the same session is in use",
    "TokenManager.actor": "tells who it is by the token of a program",
}
"""What a class with such calls offers beside them, and why it needs no actor."""


def modules() -> list[ModuleType]:
    """All of core/services."""
    found = pkgutil.iter_modules(services.__path__, f"{services.__name__}.")
    return [importlib.import_module(module.name) for module in found]


def _classes() -> Iterator[type]:
    for module in modules():
        for _, one in inspect.getmembers(module, inspect.isclass):
            if one.__module__ == module.__name__ and one.__name__ not in INNER:
                yield one


def _methods(one: type) -> dict[str, bool]:
    """Public method → whether it names its actor."""
    return {
        name: "actor" in inspect.signature(function).parameters
        for name, function in inspect.getmembers(one, inspect.isfunction)
        if not name.startswith("_")
    }


def with_actor() -> set[str]:
    """`Class.method` of each that names its actor."""
    return {f"{one.__name__}.{name}" for one in _classes() for name, names_it in _methods(one).items() if names_it}


def beside_them() -> set[str]:
    """`Class.method` of each that does not, where another one of its class does."""
    services_of_actors = {name.partition(".")[0] for name in with_actor()}
    return {
        f"{one.__name__}.{name}"
        for one in _classes()
        for name, names_it in _methods(one).items()
        if not names_it and one.__name__ in services_of_actors
    }


def functions_with_actor() -> set[str]:
    """Public functions of the modules that name an actor: there should be none that a table would not know."""
    return {
        f"{module.__name__}.{name}"
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "actor" in inspect.signature(function).parameters
    }

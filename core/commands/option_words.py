"""Commands whose faults name what was typed: `--running: …`, not the field that the option is kept in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from core.errors import InvalidInput

OPTIONS = {
    "content": "file",
    "gap_seconds": "gap",
    "max_running": "running",
    "max_starts": "starts",
    "run_at": "at",
    "topics": "topic",
}
"""Field → the command's parameter it is given by, where they have different names."""

WHOLE_SENTENCE = 200
LIBRARY_WORDS = "Value error, "
"""What the library that reads options puts before the sentence of whoever refused a value."""

OF_THE_LIBRARY = (
    (re.compile(r"Input should be greater than or equal to (\S+)"), r"It must be \1 or more."),
    (re.compile(r"Input should be greater than (\S+)"), r"It must be more than \1."),
    (re.compile(r"Input should be less than or equal to (\S+)"), r"It must be \1 or less."),
    (re.compile(r"Input should be less than (\S+)"), r"It must be less than \1."),
    (re.compile(r"Input should be a valid integer.*", re.DOTALL), "It must be a whole number."),
    (re.compile(r"Input should be a valid (number|decimal).*", re.DOTALL), "It must be a number."),
    (re.compile(r"Input should be (.+)", re.DOTALL), r"It must be \1."),
)
"""The library's words for a value that is not allowed, and ours."""

Function = TypeVar("Function", bound=Callable[..., Any])


def in_plain_words(message: str) -> str:
    """What is wrong with a value, without the words of the library that found it."""
    message = message.removeprefix(LIBRARY_WORDS)
    for theirs, ours in OF_THE_LIBRARY:
        if theirs.fullmatch(message):
            return theirs.sub(ours, message)
    return message


class Command(TyperCommand):
    """Catches the faults of what it was given and says by which of its options they came."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        try:
            return super().make_context(*arguments, **more)
        except typer.BadParameter as error:
            error.message = in_plain_words(error.message)
            raise

    def get_short_help_str(self, limit: int = 0) -> str:
        """The whole first sentence, on two lines if need be: half a sentence helps nobody."""
        return super().get_short_help_str(max(limit, WHOLE_SENTENCE))

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            faults = [replace(fault, field=self._typed(fault.field)) for fault in error.faults]
            raise InvalidInput(faults) from error

    def _typed(self, field: str) -> str:
        name = OPTIONS.get(field, field)
        for parameter in self.params:
            if parameter.name == name:
                return str(parameter.opts[0]) if parameter.param_type_name == "option" else name.upper()
        return field


class CommandGroup(typer.Typer):
    """A group of such commands."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Function], Function]:
        return super().command(name, cls=Command, **options)

"""What a page is narrowed to stands in its address: it survives F5, can be sent to somebody, and other pages link to
it. The words there are the same in every language, which Streamlit's own binding of labels would not give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
"""Nothing was handed in before, or will be after."""


TEXT_LENGTH = 200
"""So much of a free text is taken from an address."""


@dataclass(frozen=True, slots=True)
class AddressField:
    """How one parameter becomes the value of its widget, and back. What makes no sense becomes the empty value."""

    read: Callable[[list[str]], Any]
    write: Callable[[Any], list[str]]

    def holds(self, value: Any) -> bool:
        """Whether its widget can have this value. A browser names a choice by its words: those of the language of
        before, while a page is changing its language, arrive as a text that is no choice."""
        try:
            return bool(self.read(self.write(value)) == value)
        except AttributeError:
            return False


class TextField(AddressField):
    """What somebody types is never in the wrong words."""

    def holds(self, value: Any) -> bool:
        return isinstance(value, str)


def text_field() -> AddressField:
    """Free text."""
    return TextField(lambda values: values[0][:TEXT_LENGTH] if values else "", lambda text: [text] if text else [])


def number_field() -> AddressField:
    """The id of something."""
    return AddressField(
        lambda values: int(values[0]) if values and values[0].isdecimal() and len(values[0]) < 16 else None,  # noqa: PLR2004 - as many digits as an id has
        lambda number: [] if number is None else [str(number)],
    )


def word_field(known: Collection[str]) -> AddressField:
    """One of these words."""
    return AddressField(
        lambda values: values[0] if values and values[0] in known else None, lambda word: [word] if word else []
    )


def flag_field() -> AddressField:
    """Whether or not."""
    return AddressField(lambda values: values[:1] == ["true"], lambda is_on: ["true"] if is_on else [])


def page_field() -> AddressField:
    """Which page, from 1."""
    number = number_field()
    return AddressField(
        lambda values: max(number.read(values) or 1, 1), lambda page: number.write(page) if (page or 1) > 1 else []
    )


def date_field() -> AddressField:
    """A day, as `2025-11-24`."""
    return AddressField(
        lambda values: _day(values[0]) if values else None,
        lambda day: [] if day is None else [day.isoformat()],
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def choice_field(choices: type[Any], default: Any = None) -> AddressField:
    """One member of an enum of words."""
    known = {str(one.value): one for one in choices}
    return AddressField(
        lambda values: known.get(values[0], default) if values else default,
        lambda chosen: [] if chosen in (None, default) else [str(chosen.value)],
    )


def choices_field(choices: type[Any]) -> AddressField:
    """Some members of an enum of words."""
    known = {str(one.value): one for one in choices}
    return AddressField(
        lambda values: [known[value] for value in values if value in known],
        lambda chosen: [str(one.value) for one in chosen or ()],
    )


class Address:
    """The parameters of one page, by name. The widget of each has the key `key(name)`."""

    def __init__(self, page: str, fields: Mapping[str, AddressField]) -> None:
        self._page = page
        self._fields = fields

    def key(self, name: str) -> str:
        """Of the widget, and of its value in the session's state."""
        return f"{self._page}_{name}"

    def value(self, name: str) -> Any:
        """What is chosen now; while its widget holds what is no choice, what stands in the address."""
        field, chosen = self._fields[name], st.session_state.get(self.key(name))
        return chosen if field.holds(chosen) else field.read(st.query_params.get_all(name))

    def take_over(self) -> None:
        """Before the widgets are drawn: set them by the address, if it is not the one they wrote themselves."""
        now = self._in_address()
        is_drawn = all(self.key(name) in st.session_state for name in self._fields)
        is_known = is_drawn and st.session_state.get(self._seen) == now
        for name, field in self._fields.items():
            if not is_known or not field.holds(st.session_state[self.key(name)]):
                st.session_state[self.key(name)] = field.read(now[name])
        st.session_state[self._seen] = now

    def write(self) -> None:
        """After the widgets are drawn: write them into the address."""
        for name, field in self._fields.items():
            wanted = field.write(self.value(name))
            if wanted == st.query_params.get_all(name):
                continue
            if wanted:
                st.query_params[name] = wanted
            else:
                del st.query_params[name]
        st.session_state[self._seen] = self._in_address()

    def clear(self) -> None:
        """From a callback: nothing is narrowed any more."""
        for name, field in self._fields.items():
            st.session_state[self.key(name)] = field.read([])

    @property
    def _seen(self) -> str:
        return f"{self._page}_address"

    def _in_address(self) -> dict[str, list[str]]:
        return {name: st.query_params.get_all(name) for name in self._fields}

"""Which forms are open in another tab."""

from __future__ import annotations

from dashboard.open_forms import OpenForms


def test_a_form_is_elsewhere_while_its_tab_is_connected() -> None:
    connected = {"a", "b"}
    forms = OpenForms(connected.__contains__)
    forms.hold("form", "a")
    assert not forms.is_elsewhere("form", "a")
    assert forms.is_elsewhere("form", "b")
    assert not forms.is_elsewhere("another", "b")
    connected.remove("a")
    assert not forms.is_elsewhere("form", "b")


def test_a_tab_holds_the_form_it_shows_now() -> None:
    forms = OpenForms(lambda _tab: True)
    forms.hold("one", "a")
    forms.hold("two", "a")
    assert not forms.is_elsewhere("one", "b")
    assert forms.is_elsewhere("two", "b")


def test_of_two_tabs_with_one_form_the_last_holds_it() -> None:
    forms = OpenForms(lambda _tab: True)
    forms.hold("form", "a")
    forms.hold("form", "b")
    assert forms.is_elsewhere("form", "a")
    assert not forms.is_elsewhere("form", "b")

"""The row of widgets that narrows a list of articles; what is chosen stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

import streamlit as st

from core import wiring
from core.services.fault_words import KINDS, kind_words
from core.services.submission_check import PLATFORMS
from core.services.task_words import SITE_NAMES
from core.store.records import Actor
from core.store.task_filter import TaskFilter
from core.store.task_pages import TaskSort
from core.task_state import TaskStatus
from dashboard.address import (
    FIRST_DAY,
    LAST_DAY,
    Address,
    AddressField,
    choice_field,
    choices_field,
    date_field,
    number_field,
    page_field,
    text_field,
)
from dashboard.components.task_badges import status_label
from dashboard.text import _, clock, mark, zone


class Period(StrEnum):
    """When an article was handed in."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"


PERIODS = {Period.TODAY: mark("Today"), Period.WEEK: mark("Last 7 days"), Period.MONTH: mark("Last 30 days")}
DAYS = {Period.TODAY: 0, Period.WEEK: 7, Period.MONTH: 30}
SORTS = {
    TaskSort.NEWEST: mark("Newest first"),
    TaskSort.OLDEST: mark("Oldest first"),
    TaskSort.DUE: mark("Next by time"),
    TaskSort.PRIORITY: mark("Highest priority"),
    TaskSort.STATUS: mark("By state"),
    TaskSort.PROGRESS: mark("Furthest first"),
    TaskSort.FINISHED: mark("Last ended"),
    TaskSort.TITLE: mark("By title"),
    TaskSort.ACCOUNT: mark("By account"),
    TaskSort.USER: mark("By user"),
}


def _platform_field() -> AddressField:
    return AddressField(
        lambda values: values[0] if values and values[0] in PLATFORMS else None,
        lambda platform: [platform] if platform else [],
    )


def _fault_field() -> AddressField:
    """The short name of a kind of fault, also of one that TOP_N does not foresee."""
    return AddressField(
        lambda values: values[0] if values and _may_be_kind(values[0]) else None,
        lambda fault: [fault] if fault else [],
    )


def _may_be_kind(name: str) -> bool:
    """A label of a kind is none, also where it is one word."""
    is_name = name.isascii() and name.isidentifier() and len(name) <= FAULT_LENGTH
    return name in KINDS or (is_name and name not in KINDS.values())


FAULT_LENGTH = 64
LAST_KEY = "tasks_last_filter"
IN_MORE = ("user", "account", "batch", "platform", "fault", "reason", "period", "from", "to")
"""What stands behind a button, which says how many of them narrow the list."""
ADDRESS = Address(
    "tasks",
    {
        "text": text_field(),
        "status": choices_field(TaskStatus),
        "user": number_field(),
        "account": number_field(),
        "batch": number_field(),
        "platform": _platform_field(),
        "fault": _fault_field(),
        "reason": text_field(),
        "period": choice_field(Period),
        "from": date_field(),
        "to": date_field(),
        "sort": choice_field(TaskSort, TaskSort.NEWEST),
        "page": page_field(),
    },
)


@dataclass(frozen=True, slots=True)
class ChosenTasks:
    """What the widgets say."""

    wanted: TaskFilter
    sort: TaskSort
    is_narrowed: bool


def draw_filter(actor: Actor) -> ChosenTasks:
    """The widgets."""
    ADDRESS.take_over()
    text, status, sort, more = st.columns([3, 4, 2, 1.4], vertical_alignment="bottom")
    text.text_input(_("Title"), key=ADDRESS.key("text"), placeholder=_("Any title"), icon=":material/search:")
    status.multiselect(
        _("State"),
        list(TaskStatus),
        format_func=status_label,
        key=ADDRESS.key("status"),
        placeholder=_("Any state"),
    )
    sort.selectbox(_("Order"), list(SORTS), format_func=lambda one: _(SORTS[one]), key=ADDRESS.key("sort"))
    hidden = sum(bool(ADDRESS.value(name)) for name in IN_MORE)
    with more.popover(f"{_('More')} ({hidden})" if hidden else _("More"), icon=":material/tune:", width="stretch"):
        _draw_more(actor)
    chosen = _chosen()
    if st.session_state.get(LAST_KEY, chosen) != chosen:
        st.session_state[ADDRESS.key("page")] = 1
    st.session_state[LAST_KEY] = chosen
    if chosen.is_narrowed:
        # Not among the hidden ones: a key works only where its button is drawn.
        label, icon = _("Clear all filters"), ":material/filter_alt_off:"
        st.button(label, icon=icon, type="tertiary", shortcut="Alt+X", on_click=ADDRESS.clear)
    ADDRESS.write()
    return chosen


def _draw_more(actor: Actor) -> None:
    if actor.is_admin:
        users = {user.id: user.name for user in wiring.get_user_manager().list(actor=actor)}
        _choose("user", _("User"), _("Any user"), users)
    user_id = ADDRESS.value("user") if actor.is_admin else None
    accounts = wiring.get_account_manager().list(actor=actor, user_id=user_id)
    with_owner = actor.is_admin and user_id is None
    names = {one.id: f"{one.name} · {one.user_name}" if with_owner else one.name for one in accounts}
    _choose("account", _("Account"), _("Any account"), names)
    # With its number: a browser tells by the words what was chosen, and batches may be called alike.
    batches = {
        one.id: f"{one.name} · {clock(one.created_at)} · #{one.id}"
        for one in wiring.get_task_lists().batches(actor=actor)
    }
    _choose("batch", _("Batch"), _("Any batch"), batches)
    _choose("platform", _("Platform"), _("Any platform"), {name: _(SITE_NAMES.get(name, name)) for name in PLATFORMS})
    faults = {name: _(words) for name, words in KINDS.items()}
    fault = ADDRESS.value("fault")
    _choose(
        "fault", _("Kind of fault"), _("Any kind"), faults if fault is None else {fault: _(kind_words(fault)), **faults}
    )
    st.text_input(_("Reason"), key=ADDRESS.key("reason"), placeholder=_("Any reason"))
    _choose("period", _("Handed in at"), _("Any time"), {period: _(words) for period, words in PERIODS.items()})
    since, until = st.columns(2)
    since.date_input(_("From the day"), None, FIRST_DAY, LAST_DAY, ADDRESS.key("from"), format="YYYY-MM-DD")
    until.date_input(_("To the day"), None, FIRST_DAY, LAST_DAY, ADDRESS.key("to"), format="YYYY-MM-DD")


def _choose(name: str, label: str, placeholder: str, choices: Mapping[Any, str]) -> None:
    """One of these or any. What the address names and the list does not hold is kept and shown by its number: an
    older batch, or what belongs to somebody else, of which nothing is then found."""
    chosen = ADDRESS.value(name)
    known: dict[Any, str] = {None: placeholder, **choices}
    if chosen not in known:
        known[chosen] = f"#{chosen}"
    st.selectbox(label, list(known), format_func=partial(_name_of, known), key=ADDRESS.key(name))


def _name_of(known: Mapping[Any, str], choice: object) -> str:
    return known.get(choice, f"#{choice}")


def _chosen() -> ChosenTasks:
    value = ADDRESS.value
    wanted = TaskFilter(
        user_id=value("user"),
        account_id=value("account"),
        batch_id=value("batch"),
        platform=value("platform"),
        statuses=tuple(sorted(value("status"))) or None,
        text=value("text").strip() or None,
        error_class=value("fault"),
        reason=value("reason").strip() or None,
        created_from=max((at for at in (_begin(value("period")), _midnight(value("from"))) if at), default=None),
        created_before=_midnight(value("to"), days_later=1),
    )
    return ChosenTasks(wanted, value("sort") or TaskSort.NEWEST, wanted != TaskFilter())


def _begin(period: Period | None) -> datetime | None:
    """Midnight of the visitor's day: the same at each refresh, so that the answer can be shared."""
    if period is None:
        return None
    today: date = datetime.now(UTC).astimezone(zone()).date()
    return _midnight(today - timedelta(days=DAYS[period]))


def _midnight(day: date | None, *, days_later: int = 0) -> datetime | None:
    """The beginning of the visitor's day."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=days_later), time(), zone()).astimezone(UTC)

"""The form for one article. What is typed is kept as an unfinished article until it is handed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core import wiring
from core.publishing.content import FORMATS, MAX_TITLE_LENGTH, MAX_TOPICS
from core.services.submission import Submission
from core.services.submission_check import MAX_PRIORITY
from core.services.task_words import SITE_NAMES
from core.store.records import AccountState, AccountView, Actor
from core.task_state import Mode
from dashboard.components import cover_field
from dashboard.components.cover_field import draw_cover, read_cover
from dashboard.components.moment_input import draw_moment, read_moment
from dashboard.components.typing_watch import watch_typing
from dashboard.text import _, clock, mark
from dashboard.visitor import hold_typed

FORMAT_NAMES = {"markdown": "Markdown", "html": "HTML", "text": mark("Plain text")}
MODE_NAMES = {Mode.PUBLISH: mark("Publish it"), Mode.DRAFT: mark("Only save it as a draft")}
BLANK: dict[str, Any] = {
    "account": None,
    "title": "",
    "content": "",
    "format": "markdown",
    "topics": [],
    "column": "",
    "mode": Mode.PUBLISH.value,
    "is_later": False,
    "priority": 5,
}
"""What is kept: name → what a blank form holds. The moment and the cover are kept beside it."""
CHOICES = {"format": FORMATS, "mode": tuple(Mode), "priority": range(MAX_PRIORITY + 1)}
KEPT_AT = "publish_kept_at"
MOMENT = "publish_moment"
KEPT_MOMENT = "publish_kept_moment"
"""The time that was chosen before."""


def key(name: str) -> str:
    """Of a field's widget."""
    return f"publish_{name}"


def take_over_draft(actor: Actor) -> None:
    """Before the form is drawn: what was typed before, also in another tab or before a lost connection."""
    if key("title") in st.session_state:
        return
    found = wiring.get_form_drafts().load(actor=actor)
    facts, at = found or ({}, None)
    for name, blank in BLANK.items():
        value = facts.get(name, blank)
        is_known = type(value) is type(blank) and value in CHOICES.get(name, (value,))
        st.session_state[key(name)] = value if blank is None or is_known else blank
    st.session_state[KEPT_AT] = at
    st.session_state[KEPT_MOMENT] = _moment_to_come(facts.get("moment"))


def keep_draft(actor: Actor) -> None:
    """After the form is drawn: keep what has changed."""
    facts = {name: st.session_state.get(key(name), blank) for name, blank in BLANK.items()}
    if facts["is_later"] and f"{MOMENT}_day" in st.session_state:
        facts["moment"] = read_moment(MOMENT).isoformat()
    if st.session_state.get("publish_kept") == facts:
        return
    st.session_state["publish_kept"] = facts
    if facts["title"] or facts["content"]:
        wiring.get_form_drafts().save(facts, actor=actor)


def start_anew(actor: Actor) -> None:
    """From a callback: a blank form. The account stays chosen."""
    wiring.get_form_drafts().forget(actor=actor)
    for name, blank in BLANK.items():
        if name != "account":
            st.session_state[key(name)] = list(blank) if isinstance(blank, list) else blank
    cover_field.start_anew()
    st.session_state[KEPT_AT] = None
    for name in (KEPT_MOMENT, f"{MOMENT}_day", f"{MOMENT}_at"):
        st.session_state.pop(name, None)


def _moment_to_come(kept: object) -> datetime | None:
    """What was kept, unless it has passed or is no moment."""
    try:
        moment = datetime.fromisoformat(str(kept))
        return moment if moment > datetime.now(UTC) else None
    except (ValueError, TypeError):
        return None


def draw_form(accounts: Sequence[AccountView], actor: Actor) -> None:
    """Every field. Keep `accounts` in one order."""
    hold_typed([key(name) for name in BLANK])
    if st.session_state.get(KEPT_AT) is not None:
        st.caption(_("Your unfinished article of {at} is here again.", at=clock(st.session_state[KEPT_AT])))
    _draw_account(accounts, is_admin=actor.is_admin)
    st.text_input(_("Title"), key=key("title"), live=True)
    _count(len(st.session_state[key("title")].strip()))
    st.text_area(
        _("Text"),
        key=key("content"),
        height=380,
        placeholder=_("Write here. The preview follows."),
    )
    watch_typing()
    st.segmented_control(
        _("Written as"), FORMATS, format_func=lambda one: _(FORMAT_NAMES[one]), key=key("format"), required=True
    )
    topics, column = st.columns(2)
    topics.multiselect(
        _("Topics (at most {number})", number=MAX_TOPICS),
        st.session_state[key("topics")],
        key=key("topics"),
        accept_new_options=True,
        max_selections=MAX_TOPICS,
        placeholder=_("Type, then Enter"),
    )
    column.text_input(_("Column"), key=key("column"), placeholder=_("None"))
    draw_cover(actor)
    _draw_when()


def _draw_account(accounts: Sequence[AccountView], *, is_admin: bool) -> None:
    names = {one.id: _name(one, is_admin=is_admin) for one in accounts}
    if st.session_state[key("account")] not in names:
        st.session_state[key("account")] = accounts[0].id
    chosen = st.selectbox(_("Account"), list(names), format_func=names.__getitem__, key=key("account"))
    state = next(one.state for one in accounts if one.id == chosen)
    if state in (AccountState.NEEDS_LOGIN, AccountState.NEEDS_HUMAN):
        st.warning(
            _("This account needs you first: the article waits until it is signed in again."), icon=":material/key:"
        )


def _name(account: AccountView, *, is_admin: bool) -> str:
    name = f"{account.name} ({_(SITE_NAMES.get(account.platform, account.platform))})"
    return f"{account.user_name} · {name}" if is_admin else name


def _count(used: int) -> None:
    words = _("{used} of {most} characters", used=used, most=MAX_TITLE_LENGTH)
    st.caption(f":red[{words}]" if used > MAX_TITLE_LENGTH else words)


def _draw_when() -> None:
    st.segmented_control(
        _("What to do"),
        [one.value for one in MODE_NAMES],
        format_func=lambda one: _(MODE_NAMES[Mode(one)]),
        key=key("mode"),
        required=True,
    )
    st.slider(
        _("Priority"), 0, MAX_PRIORITY, key=key("priority"), help=_("9 goes first among the articles of its account.")
    )
    if st.toggle(_("At a certain time"), key=key("is_later")):
        draw_moment(MOMENT, st.session_state.get(KEPT_MOMENT))


def read_form(accounts: Sequence[AccountView], reference: str, actor: Actor) -> tuple[Submission, int]:
    """The article, and whose it is."""
    facts = {name: st.session_state[key(name)] for name in BLANK}
    account = next(one for one in accounts if one.id == facts["account"])
    submission = Submission(
        account=account.name,
        title=facts["title"],
        content=facts["content"],
        content_format=facts["format"],
        platform=account.platform,
        mode=facts["mode"],
        column=facts["column"].strip() or None,
        topics=tuple(facts["topics"]),
        cover=read_cover(actor),
        run_at=read_moment(MOMENT) if facts["is_later"] else None,
        priority=facts["priority"],
        client_ref=reference,
    )
    return submission, account.user_id

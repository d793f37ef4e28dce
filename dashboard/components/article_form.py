"""The fields for one article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.publishing.content import FORMATS, MAX_TITLE_LENGTH, MAX_TOPICS
from core.services.submission import Submission
from core.services.submission_check import MAX_PRIORITY
from core.services.task_words import SITE_NAMES
from core.store.records import AccountState, AccountView, Actor
from core.task_state import Mode
from dashboard.components.cover_field import draw_cover, read_cover
from dashboard.components.moment_input import draw_moment, read_moment
from dashboard.components.typing_watch import watch_typing
from dashboard.text import _, mark
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
ACCOUNT = "account_of_form"
"""The account that was chosen last."""
INSTEAD = "publish_account_instead"
"""The account that the form took because the chosen one is not there any more: said until another one is chosen."""
GONE_WORDS = mark("The chosen account is not there any more. Look at which one the article goes to.")
MOMENT = "publish_moment"
UNKEPT_WORDS = mark("What you write cannot be kept just now: TOP_N's disk takes nothing. Copy it before you leave.")
KEPT_MOMENT = "publish_kept_moment"
"""The time that was chosen before."""


def account_now() -> int | None:
    """The id of the chosen account. A browser names it by its words: those of the language of before, while the page
    changes its language, are no choice, and the one of before stays."""
    chosen = st.session_state.get(key("account"))
    return chosen if isinstance(chosen, int) else st.session_state.get(ACCOUNT)


def key(name: str) -> str:
    """Of a field's widget."""
    return f"publish_{name}"


def draw_form(accounts: Sequence[AccountView], actor: Actor, form: str) -> None:
    """Every field of the form of this name. Keep `accounts` in one order."""
    hold_typed([key(name) for name in BLANK])
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
    draw_cover(actor, form)
    _draw_when()


def _draw_account(accounts: Sequence[AccountView], *, is_admin: bool) -> None:
    names = {one.id: _name(one, is_admin=is_admin) for one in accounts}
    wanted = account_now()
    if wanted not in names:
        st.session_state[key("account")] = accounts[0].id
        if wanted is not None:
            st.session_state[INSTEAD] = accounts[0].id
    elif st.session_state[key("account")] not in names:
        st.session_state[key("account")] = wanted
    chosen = st.selectbox(_("Account"), list(names), format_func=names.__getitem__, key=key("account"))
    st.session_state[ACCOUNT] = chosen
    if st.session_state.get(INSTEAD) == chosen:
        st.warning(_(GONE_WORDS), icon=":material/key_off:")
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


def chosen_account(accounts: Sequence[AccountView]) -> AccountView | None:
    """None: it is not there any more."""
    return next((one for one in accounts if one.id == account_now()), None)


def read_form(account: AccountView, reference: str, actor: Actor, form: str) -> Submission:
    """The article, for this account."""
    facts = {name: st.session_state[key(name)] for name in BLANK}
    return Submission(
        account=account.name,
        title=facts["title"],
        content=facts["content"],
        content_format=facts["format"],
        platform=account.platform,
        mode=facts["mode"],
        column=facts["column"].strip() or None,
        topics=tuple(facts["topics"]),
        cover=read_cover(actor, form),
        run_at=read_moment(MOMENT) if facts["is_later"] else None,
        priority=facts["priority"],
        client_ref=reference,
    )

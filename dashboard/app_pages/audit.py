"""Who did what, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core import wiring
from core.services.audit_words import ACTIONS, DENIED, action_words, detail_words
from core.store.audit import AuditFilter, AuditView
from core.store.records import Actor
from dashboard.address import Address, flag_field, text_field, word_field
from dashboard.text import _, clock, local, mark, zone
from dashboard.visitor import page

PAGE = 100
PROGRAMS = (mark("command line"), mark("system"))
"""Names that no user can have: told and looked for in the reader's language."""
ADDRESS = Address("audit", {"who": text_field(), "did": word_field(ACTIONS), "refused": flag_field()})


def draw(actor: Actor) -> None:
    st.title(_("Audit"), anchor=False)
    st.caption(_("Everything that people and programs did, refusals too. Nothing here can be changed or deleted."))
    wanted = _filter()
    entries = wiring.get_audit_viewer().entries(wanted, actor=actor, limit=PAGE + 1)
    if not entries:
        st.info(_("Nothing fits. Take a filter away to see more."))
        return
    names = _account_names(actor)
    rows = [
        {
            "at": local(entry.at),
            "actor": _(entry.actor_name) if entry.actor_name in PROGRAMS else entry.actor_name,
            "action": _(action_words(entry.action)),
            "target": _target(entry, names),
            "refused": _("refused") if entry.detail.get(DENIED) else "",
            "detail": detail_words(entry.detail, say=_, clock=clock),
        }
        for entry in entries[:PAGE]
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        column_config={
            "at": st.column_config.DatetimeColumn(
                _("When"), format="YYYY-MM-DD HH:mm:ss", help=_("Times are in {zone}.", zone=zone().key)
            ),
            "actor": st.column_config.TextColumn(_("Who")),
            "action": st.column_config.TextColumn(_("Did")),
            "target": st.column_config.TextColumn(_("To"), width=160),
            "refused": st.column_config.TextColumn(_("Refused")),
            "detail": st.column_config.TextColumn(_("Details"), width="large"),
        },
    )
    _turn_over(entries[PAGE - 1].id if len(entries) > PAGE else None)


def _account_names(actor: Actor) -> dict[str, str]:
    """The log knows accounts by their number, people by their name."""
    accounts = wiring.get_account_manager().list(actor=actor)
    return {str(account.id): f"{account.name} · {account.user_name}" for account in accounts}


def _target(entry: AuditView, names: Mapping[str, str]) -> str:
    name = names.get(entry.target or "", entry.target) if entry.kind == "account" else entry.target
    return " ".join(part for part in (_(entry.kind), name) if part)


def _filter() -> AuditFilter:
    who, did, refused = st.columns([2, 2, 1], vertical_alignment="bottom")
    ADDRESS.take_over()
    actor = who.text_input(_("Who"), key=ADDRESS.key("who"), placeholder=_("Anybody"))
    action = did.selectbox(
        _("Did"),
        list(ACTIONS),
        index=None,
        format_func=lambda one: _(action_words(one)),
        key=ADDRESS.key("did"),
        placeholder=_("Anything"),
    )
    only_refused = refused.toggle(_("Refused only"), key=ADDRESS.key("refused"))
    ADDRESS.write()
    chosen = (actor, action, only_refused)
    if st.session_state.get("audit_chosen") != chosen:
        st.session_state["audit_chosen"] = chosen
        st.session_state["audit_before"] = None
    before = st.session_state.get("audit_before")
    by = next((name for name in PROGRAMS if actor == _(name)), actor)
    return AuditFilter(by or None, action or None, is_denied=True if only_refused else None, before_id=before)


def _turn_over(last_id: int | None) -> None:
    """`last_id`: of the lines shown, when there are older ones."""
    older, newest, _rest = st.columns([1, 1, 4])
    if last_id is not None:
        older.button(_("Older"), icon=":material/arrow_forward:", on_click=_go_before, args=(last_id,))
    if st.session_state.get("audit_before"):
        newest.button(_("Newest"), icon=":material/first_page:", on_click=_go_before, args=(None,))


def _go_before(entry_id: int | None) -> None:
    st.session_state["audit_before"] = entry_id


page(draw)

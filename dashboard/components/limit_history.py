"""Who changed limits and who reset them, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import streamlit as st

from core import wiring
from core.services.audit_words import DENIED
from core.store.audit import AuditFilter, AuditView
from core.store.records import Actor
from dashboard import figures
from dashboard.address import Address, choice_field
from dashboard.text import _, mark, plain
from dashboard.told_times import ToldTimes

SHOWN = 20
RESET = mark("{who} reset the limits of {whose}")
CHANGED = mark("{who} changed the limits of {whose}")


class Deed(StrEnum):
    """What was done, as the address names it."""

    ALL = "all"
    RESETS = "resets"
    CHANGES = "changes"


LABELS = {Deed.ALL: mark("All"), Deed.RESETS: mark("Resets"), Deed.CHANGES: mark("Changes")}
ACTIONS = {Deed.ALL: "limits.", Deed.RESETS: "limits.reset", Deed.CHANGES: "limits.set"}
EMPTY = {
    Deed.ALL: mark("No limit was ever changed or reset. Choose a user above to do so."),
    Deed.RESETS: mark("No limit was ever reset. Choose a user above: “Reset” lets it go on at once."),
    Deed.CHANGES: mark("No limit was ever changed. Choose a user above and save other numbers."),
}
ADDRESS = Address("limits", {"history": choice_field(Deed, Deed.ALL)})
SEEN, BEFORE = "limits_history_seen", "limits_history_before"
"""In the session: what is listed, and before which line."""


def draw_history(actor: Actor) -> None:
    """The newest first."""
    st.subheader(_("History"), anchor=False)
    ADDRESS.take_over()
    st.segmented_control(
        _("History"),
        list(Deed),
        format_func=lambda deed: _(LABELS[deed]),
        key=ADDRESS.key("history"),
        label_visibility="collapsed",
        required=True,
    )
    ADDRESS.write()
    deed = ADDRESS.value("history") or Deed.ALL
    if st.session_state.get(SEEN) != deed:
        st.session_state[SEEN], st.session_state[BEFORE] = deed, None
    wanted = AuditFilter(action=ACTIONS[deed], before_id=st.session_state[BEFORE])
    entries = wiring.get_audit_viewer().entries(wanted, actor=actor, limit=SHOWN + 1)
    if not entries:
        st.info(_(EMPTY[deed]))
    names = {str(one.id): f"{one.name} · {one.user_name}" for one in figures.accounts(figures.reader(actor)).accounts}
    for entry in entries[:SHOWN]:
        _draw_entry(entry, names)
    _turn_over(entries[SHOWN - 1].id if len(entries) > SHOWN else None)


def _draw_entry(entry: AuditView, accounts: Mapping[str, str]) -> None:
    """The log knows accounts by their number, people by their name."""
    times, target = ToldTimes(), entry.target or ""
    whose = accounts.get(target, target) if entry.kind == "account" else target
    did = RESET if entry.action == ACTIONS[Deed.RESETS] else CHANGED
    words = _(did, who=plain(entry.actor_name), whose=plain(whose))
    refused = f" · {_('refused')}" if entry.detail.get(DENIED) else ""
    st.markdown(f"{times.clock(entry.at)} · {words}{refused}", help=times.help)


def _turn_over(last_id: int | None) -> None:
    """`last_id`: of the lines shown, when there are older ones."""
    with st.container(horizontal=True):
        if last_id is not None:
            older = _("Older")
            st.button(older, key="limits_older", icon=":material/arrow_forward:", on_click=_go, args=(last_id,))
        if st.session_state.get(BEFORE):
            newest = _("Newest")
            st.button(newest, key="limits_newest", icon=":material/first_page:", on_click=_go, args=(None,))


def _go(before_id: int | None) -> None:
    st.session_state[BEFORE] = before_id

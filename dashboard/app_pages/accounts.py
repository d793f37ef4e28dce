"""The accounts that articles are published to."""

from __future__ import annotations

from collections.abc import Sequence, Set

import streamlit as st

from core import wiring
from core.lane import PauseScope
from core.services.submission_check import PLATFORMS
from core.services.task_words import SITE_NAMES
from core.store.records import AccountState, AccountView, Actor
from dashboard import figures
from dashboard.address import Address, page_field, text_field
from dashboard.components.account_card import AccountFacts, draw_account
from dashboard.components.account_sign_in import COOKIE_HELP
from dashboard.text import _, plain
from dashboard.visitor import REFRESH_SECONDS, callback, fragment, hold_typed, page, toast

PERSON_FIRST = (AccountState.NEEDS_LOGIN, AccountState.NEEDS_HUMAN)
CARDS = 10
"""On one page: each is a dozen fields and buttons, all drawn anew at each refresh."""
CARDS_REFRESH_SECONDS = 5 * REFRESH_SECONDS
"""Sign-ins change by the day, not by the second; what is done on this page shows at once."""
ADDRESS = Address("accounts", {"find": text_field(), "page": page_field()})


def draw(actor: Actor) -> None:
    st.title(_("Accounts"), anchor=False)
    accounts = figures.accounts(figures.reader(actor)).accounts
    with st.expander(_("Add an account"), icon=":material/person_add:", expanded=not accounts, key="account_add"):
        _draw_form(actor)
    ADDRESS.take_over()
    shown = _narrowed(accounts) if len(accounts) > CARDS else accounts
    # What needs a person stands first when the page is opened. While it is looked at, nothing changes its place.
    order = [one.id for one in sorted(shown, key=lambda one: (one.state not in PERSON_FIRST, one.user_name, one.name))]
    if accounts and not order:
        st.info(_("Nothing fits. Take a filter away to see more."))
    pages = max(-(-len(order) // CARDS), 1)
    number = min(st.session_state.get(ADDRESS.key("page")) or 1, pages)
    _draw_accounts(order[(number - 1) * CARDS : number * CARDS], {account.id for account in accounts})
    if len(accounts) > CARDS:
        st.session_state[ADDRESS.key("page")] = number
        st.pagination(pages, key=ADDRESS.key("page"))
    ADDRESS.write()


def _narrowed(accounts: Sequence[AccountView]) -> list[AccountView]:
    """Those that the field asks for."""
    st.text_input(
        _("Find"),
        key=ADDRESS.key("find"),
        placeholder=_("Name, site or user"),
        icon=":material/search:",
        label_visibility="collapsed",
    )
    words = str(st.session_state.get(ADDRESS.key("find")) or "").casefold().split()
    return [one for one in accounts if all(word in _said_of(one) for word in words)]


def _said_of(account: AccountView) -> str:
    site = _(SITE_NAMES.get(account.platform, account.platform))
    return " ".join((account.name, account.user_name, account.remote_name or "", site)).casefold()


@fragment(run_every=CARDS_REFRESH_SECONDS)
def _draw_accounts(actor: Actor, order: Sequence[int], ids: Set[int]) -> None:
    """These of all `ids`, as they stand now. When one more or one less is there, the whole page begins anew."""
    now, pauses = figures.accounts(figures.reader(actor)), figures.pauses(figures.reader(actor))
    known = {account.id: account for account in now.accounts}
    if known.keys() != ids:
        st.rerun()
    if not known:
        st.info(_("There is no account yet. Add the first one: articles are published to it."))
    for account in [known[account_id] for account_id in order]:
        of_account = [one for one in pauses if one.scope is PauseScope.ACCOUNT and one.key == str(account.id)]
        facts = AccountFacts(of_account, now.tasks.get(account.id, {}), now.ends.get(account.id))
        draw_account(account, facts, actor)


def _draw_form(actor: Actor) -> None:
    st.caption(_(COOKIE_HELP))
    name, platform, owner = st.columns(3)
    hold_typed(["new_account_name", "new_account_cookies"])
    name.text_input(_("Name"), key="new_account_name", max_chars=100, placeholder=_("As articles name it"))
    platform.selectbox(
        _("Platform"), list(PLATFORMS), format_func=lambda one: _(SITE_NAMES[one]), key="new_account_platform"
    )
    if actor.is_admin:
        users = {user.id: user.name for user in wiring.get_user_manager().list(actor=actor)}
        owner.selectbox(_("User"), list(users), format_func=lambda one: users.get(one, one), key="new_account_user")
    st.text_area(_("Cookies"), key="new_account_cookies", max_chars=200_000)
    st.button(_("Add the account"), type="primary", key="add_account", on_click=_add)


@callback
def _add(actor: Actor) -> None:
    chosen = st.session_state
    account = wiring.get_account_manager().add(
        chosen["new_account_name"].strip(),
        chosen["new_account_cookies"],
        actor=actor,
        platform=chosen["new_account_platform"],
        user_id=chosen["new_account_user"] if actor.is_admin else None,
    )
    for key in ("new_account_name", "new_account_cookies"):
        chosen[key] = ""
    toast(
        _("{name} was added. Check it now, to see that its sign-in works.", name=plain(account.name)),
        icon=":material/check_circle:",
    )


page(draw)

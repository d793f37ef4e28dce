"""Many articles as a CSV: looked at as a whole, with every fault, before anything is queued."""

from __future__ import annotations

import time
from hashlib import sha256

import streamlit as st

from core import wiring
from core.errors import InvalidInput
from core.services.csv_export import template
from core.services.csv_import import ParsedCsv, parse_csv
from core.settings import get_settings
from core.store.records import Actor
from dashboard.components.batch_list import PARAMETER, draw_batches, draw_progress
from dashboard.components.bulk_actions import open_dialog
from dashboard.components.csv_check import draw_check
from dashboard.components.file_field import draw_file_field
from dashboard.languages import CHINESE
from dashboard.shared_figures import forget_all
from dashboard.text import _, count, language, one_behind_the_other, plain
from dashboard.visitor import page

CHECKED = "upload_checked"
FILES = "upload_files"
TOLD = "upload_told"
"""What became of a file, to be said by the run that shows its batch."""
RECHECK_SECONDS = 30


def draw(actor: Actor) -> None:
    st.title(_("Bulk upload"), anchor=False)
    if TOLD in st.session_state:
        st.toast(st.session_state.pop(TOLD), icon=":material/check_circle:")
    batch = st.query_params.get(PARAMETER, "")
    if batch.isdecimal() and len(batch) < 16:  # noqa: PLR2004  # as many digits as an id has
        draw_progress(int(batch))
    owner = _choose_owner(actor)
    account = _choose_account(actor, owner)
    field = f"{FILES}_{st.session_state.get(FILES, 0)}"
    draw_file_field(_("CSV file"), ("csv", "txt", "tsv"), key=field, most_mb=20)
    file = st.session_state.get(field)
    st.download_button(
        _("Download a template"),
        template(is_chinese=language() == CHINESE),
        file_name="articles.csv",
        mime="text/csv",
        icon=":material/description:",
        on_click="ignore",
    )
    if file is not None:
        _draw_file(actor, file.getvalue(), file.name, owner, account)
    st.subheader(_("Batches"), anchor=False)
    draw_batches(actor)
    open_dialog()


def _choose_owner(actor: Actor) -> int | None:
    if not actor.is_admin:
        return actor.user_id
    names = {user.id: user.name for user in wiring.get_user_manager().list(actor=actor) if not user.is_disabled}
    chosen: int | None = st.selectbox(_("For the user"), list(names), format_func=names.__getitem__, key="upload_owner")
    return chosen


def _choose_account(actor: Actor, owner: int | None) -> str:
    found = wiring.get_account_manager().list(actor=actor, user_id=owner)
    names = ["", *sorted({account.name for account in found})]
    return str(
        st.selectbox(
            _("Account for rows that name none"),
            names,
            format_func=lambda name: name or _("None: each row names its own"),
            key=f"upload_account_{owner}",
        )
    )


def _draw_file(actor: Actor, data: bytes, name: str, owner: int | None, account: str) -> None:
    is_repeating = st.session_state.get("upload_repeats", False)
    try:
        parsed = _check(actor, data, owner, account, is_repeating=is_repeating)
    except InvalidInput as error:
        for fault in error.faults:
            st.error(plain(_(str(fault))), icon=":material/error:")
        return
    draw_check(parsed, name)
    if is_repeating or any(fault.is_duplicate for fault in parsed.faults):
        st.toggle(_("Take articles that were handed in before all the same"), key="upload_repeats")
    if not parsed.is_readable or not parsed.good_rows:
        st.info(_("Nothing of this file can be queued before it is corrected."), icon=":material/info:")
        return
    good = len(parsed.good_rows)
    words = count("Hand in {number} article", "Hand in {number} articles", good)
    if parsed.bad_rows:
        words = count("Hand in the {number} good row only", "Hand in the {number} good rows only", good)
    if st.button(words, key="upload_send", type="primary", icon=":material/send:"):
        _send(actor, name, owner)


def _check(actor: Actor, data: bytes, owner: int | None, account: str, *, is_repeating: bool) -> ParsedCsv:
    """Not at every click: of ten thousand rows it takes seconds. The database has its say again after half a minute,
    and when the file is handed in."""
    moment = int(time.monotonic() // RECHECK_SECONDS)
    key = (sha256(data).hexdigest(), actor.user_id, owner, account, is_repeating, moment)
    known = st.session_state.get(CHECKED)
    if known is not None and known[0] == key:
        found: ParsedCsv = known[1]
        return found
    with st.spinner(_("Every row is looked at…")):
        parsed = parse_csv(data, zone=get_settings().zone, default_account=account)
        checked = wiring.get_task_manager().check_batch(
            parsed, actor=actor, user_id=owner, allow_duplicates=is_repeating
        )
    st.session_state[CHECKED] = (key, checked, parsed)
    return checked


def _send(actor: Actor, name: str, owner: int | None) -> None:
    """All rows are one transaction: meanwhile the page says how many, and then the batch counts what becomes of
    them."""
    _key, checked, parsed = st.session_state.pop(CHECKED)
    told = count(
        "Handing in {number} article…", "Handing in {number} articles, all of them or none…", len(checked.good_rows)
    )
    with st.spinner(told):
        receipt = wiring.get_task_manager().submit_batch(
            parsed,
            actor=actor,
            user_id=owner,
            name=name,
            skip_bad_rows=bool(checked.faults),
            allow_duplicates=st.session_state.get("upload_repeats", False),
        )
    words = count("{number} article was handed in.", "{number} articles were handed in.", receipt.new)
    before = len(receipt.tasks) - receipt.new
    if before:
        known = count(
            "{number} had been handed in before and stays as it is.",
            "{number} had been handed in before and stay as they are.",
            before,
        )
        words = one_behind_the_other(words, known)
    forget_all()
    st.session_state[TOLD] = words
    st.session_state[FILES] = st.session_state.get(FILES, 0) + 1
    if receipt.batch_id is not None:
        st.query_params[PARAMETER] = str(receipt.batch_id)
    st.rerun()


page(draw)

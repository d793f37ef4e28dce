"""Handing in the file on the upload page: as it was shown when the button was pressed, and once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core import wiring
from core.errors import InvalidInput, TopnError
from core.services.batch_receipt import BatchReceipt
from core.services.csv_import import ParsedCsv
from core.store.records import Actor
from dashboard.components import checked_file
from dashboard.components.batch_list import PARAMETER
from dashboard.components.checked_file import Shown
from dashboard.shared_figures import forget_all
from dashboard.text import count, one_behind_the_other
from dashboard.visitor import callback_here, toast

ORDER = "upload_order"
DONE = "upload_done"
"""What was shown of the file that was handed in last."""
FILES = "upload_files"
"""The number of the field for a file: another one is empty."""


@dataclass(slots=True)
class Order:
    """Another click interrupts the run at the next touch of the page or of the session. The receipt stands here before
    that, so that the run of the other click tells of the same."""

    shown: Shown
    receipt: BatchReceipt | None = None


@callback_here
def order_file(_actor: Actor, shown: Shown) -> None:
    """`shown`: what the button said when it was pressed. The second of two quick clicks orders nothing new."""
    known: Order | None = st.session_state.get(ORDER)
    if shown != st.session_state.get(DONE) and (known is None or known.shown != shown):
        st.session_state[ORDER] = Order(shown)


def is_outdated(shown: Shown) -> bool:
    """Whether something was ordered that is not what the check says now. It is forgotten then."""
    ordered: Order | None = st.session_state.get(ORDER)
    if ordered is None or ordered.shown == shown:
        return False
    forget()
    return True


def carry_out(actor: Actor, name: str, checked: ParsedCsv, shown: Shown) -> bool:
    """What was ordered, if anything was; False: since the check, the database knows of more faults. All rows are one
    transaction: meanwhile the page says how many, and then the batch counts what becomes of them."""
    ordered: Order | None = st.session_state.get(ORDER)
    if ordered is None:
        return True
    told = count("Handing in {number} article…", "Handing in {number} articles, all of them or none…", shown.good)
    with st.spinner(told):
        try:
            ordered.receipt = wiring.get_task_manager().submit_batch(
                checked_file.good_part(checked),
                actor=actor,
                user_id=shown.choice.owner,
                name=name,
                allow_duplicates=shown.choice.is_repeating,
            )
        except InvalidInput:
            forget()
            checked_file.check_anew()
            return False
        except TopnError:
            forget()
            raise
    tell_receipt()
    return True


def tell_receipt() -> None:
    """Of the file that was handed in, if its run was interrupted or has just done so: by its batch."""
    ordered: Order | None = st.session_state.get(ORDER)
    if ordered is None or ordered.receipt is None:
        return
    forget_all()
    toast(_words(ordered.receipt), icon=":material/check_circle:")
    st.session_state[DONE] = ordered.shown
    st.session_state[FILES] = st.session_state.get(FILES, 0) + 1
    if ordered.receipt.batch_id is not None:
        st.query_params[PARAMETER] = str(ordered.receipt.batch_id)
    forget()
    st.rerun()


def forget() -> None:
    """Nothing is ordered any more."""
    st.session_state.pop(ORDER, None)


def _words(receipt: BatchReceipt) -> str:
    words = count("{number} article was handed in.", "{number} articles were handed in.", receipt.new)
    before = len(receipt.tasks) - receipt.new
    if not before:
        return words
    known = count(
        "{number} had been handed in before and stays as it is.",
        "{number} had been handed in before and stay as they are.",
        before,
    )
    return one_behind_the_other(words, known)
